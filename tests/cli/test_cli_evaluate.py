"""`progan evaluate`: a table, JSON, a line in the run's records."""

import json

import numpy as np
import pytest

import progan_keras as pk
from progan_keras.cli.main import main
from progan_keras.training.run_folder import RunFolder

TRAIN = [
    "train",
    "--resolution=16",
    "--fmap-base=64",
    "--fmap-max=8",
    "--stabilise-kimg=0.032",
    "--fade-kimg=0.032",
    "--total-kimg=0.16",
    "--tick-kimg=0.08",
    "--metrics=ms_ssim,swd",
    "--metrics-count=64",
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run at 16x16 that was measured twice."""
    folder = tmp_path_factory.mktemp("runs")
    assert main([*TRAIN, "--metrics-kimg=0.08", f"--run-dir={folder}"]) == 0
    return RunFolder(folder / "00000-emoji_portraits-16")


def scores_in(run):
    return [r["metrics"] for r in run.records() if "metrics" in r]


def test_training_measures_and_keeps_the_best(trained):
    (scores, *_) = scores_in(trained)
    assert list(scores) == ["ms_ssim", "swd"]
    assert scores["swd"]["count"] == 64
    assert (trained.path / "best" / "generator.keras").exists()
    assert "ms_ssim" in (trained.path / "log.txt").read_text()


def test_measuring_changes_nothing_of_the_training(trained, tmp_path):
    plain = [a for a in TRAIN if not a.startswith("--metrics")]
    assert main([*plain, f"--run-dir={tmp_path}"]) == 0
    other = pk.ProGAN.from_preset(tmp_path).generate(4)
    assert (pk.ProGAN.from_preset(trained.path).generate(4) == other).all()


def test_a_run_is_measured_on_what_it_was_trained_on(trained, capsys):
    before = len(scores_in(trained))
    command = ["evaluate", str(trained.path), "--count=100"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["metric", "value", "error", "reals", "images"]
    assert lines[1].startswith("swd")
    assert lines[1].endswith("100")
    assert len(scores_in(trained)) == before + 1
    assert main([*command, "--json", "--seed=3"]) == 0
    assert json.loads(capsys.readouterr().out)["swd"]["seed"] == 3


def test_other_images_can_be_named(trained, capsys, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), np.uint8)
    np.save(tmp_path / "noise.npy", noise)
    data = str(tmp_path / "noise.npy")
    command = ["evaluate", str(trained.path), data, "--metrics=ms_ssim"]
    assert main(command) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith(" 20")
    assert scores_in(trained)[-1]["ms_ssim"]["data"]["name"] == "noise"


BAD = {
    "metric": (["--metrics=sdw"], "Did you mean 'swd'"),
    "count": (["--count=9999"], "2,251 real ones"),
    "features": (["--metrics=kid", "--features=vgg"], "feature network is"),
}


@pytest.mark.parametrize("case", BAD)
def test_mistakes_get_one_sentence(case, trained, capsys):
    arguments, words = BAD[case]
    assert main(["evaluate", str(trained.path), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_preset_needs_images_to_be_measured_against(
    trained, tmp_path, capsys
):
    pk.ProGAN.from_preset(trained.path).save_preset(tmp_path / "preset")
    assert main(["evaluate", str(tmp_path / "preset")]) == 2
    assert "name them after it" in capsys.readouterr().err
    command = ["evaluate", str(tmp_path / "preset"), "emoji_portraits"]
    assert main([*command, "--count=50"]) == 0
