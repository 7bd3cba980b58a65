"""`progan train --precision`, and how much of a GPU's memory is taken."""

import os

import pytest

import progan_keras as pk
from progan_keras.cli.main import main

SMALL = ["--resolution=8", "--fmap-base=32", "--fmap-max=8", "--dry-run"]


def test_the_plan_tells_the_precision_that_was_asked_for(capsys):
    assert main(["train", *SMALL, "--precision=mixed_bfloat16"]) == 0
    assert "precision='mixed_bfloat16'" in capsys.readouterr().out


@pytest.mark.parametrize("precision", ["float16", "bf16", "", "mixed_float8"])
def test_an_unknown_precision_is_one_sentence(precision, capsys):
    assert main(["train", *SMALL, f"--precision={precision}"]) == 2
    error = capsys.readouterr().err
    assert error == (
        "progan train: precision is float32, mixed_bfloat16 or mixed_float16. "
        f"Received: precision={precision!r}\n"
    )


def test_float16_on_several_devices_is_one_sentence(capsys):
    devices = ["--devices=2", "--batch-size=8", "--precision=mixed_float16"]
    assert main(["train", *SMALL, *devices]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "mixed_bfloat16" in error


def test_trained_weights_go_on_in_their_precision_or_another(tmp_path, capsys):
    gan = pk.ProGAN(
        8, latent_dim=8, fmap_base=32, fmap_max=8, precision="mixed_bfloat16"
    )
    start = [f"--from={gan.save_preset(tmp_path / 'preset')}", "--dry-run"]
    assert main(["train", *start]) == 0
    assert "precision='mixed_bfloat16'" in capsys.readouterr().out
    assert main(["train", *start, "--precision=mixed_float16"]) == 0
    assert "precision='mixed_float16'" in capsys.readouterr().out
    assert main(["train", *start, "--precision=float32"]) == 0
    assert "precision" not in capsys.readouterr().out


@pytest.mark.parametrize("said", [None, "false"])
def test_gpus_give_memory_as_needed_unless_the_user_says_otherwise(
    monkeypatch, said, tmp_path
):
    """Before any command, hence before TensorFlow looks for GPUs."""
    name = "TF_FORCE_GPU_ALLOW_GROWTH"
    monkeypatch.setenv(name, "false")
    if said is None:
        monkeypatch.delenv(name)
    main(["timelapse", str(tmp_path)])
    assert os.environ[name] == (said or "true")
