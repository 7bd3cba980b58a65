"""Starting from trained weights, converting, and plans of big recipes."""

from pathlib import Path

import pytest
from PIL import Image

import progan_keras as pk
from progan_keras.cli.main import main

PARITY = Path(__file__).parents[1] / "parity"
SHORT = [
    "--stabilise-kimg=0.032",
    "--fade-kimg=0.032",
    "--tick-kimg=0.032",
    "--batch-size=8",
]


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "small"
    gan = pk.ProGAN(8, latent_dim=8, fmap_base=32, fmap_max=8, seed=3)
    return gan.save_preset(folder)


def train(preset, run_dir, *arguments):
    run = [f"--from={preset}", f"--run-dir={run_dir}", *SHORT, *arguments]
    return main(["train", *run])


def test_training_starts_at_the_resolution_of_the_weights(
    preset, tmp_path, capsys
):
    assert train(preset, tmp_path, "--total-kimg=0.032") == 0
    out = capsys.readouterr().out
    assert "8x8 stabilise" in out
    assert "4x4" not in out
    # The same command finds the run again.
    assert train(preset, tmp_path, "--total-kimg=0.032") == 0
    assert "trained before, to 0.032 kimg" in capsys.readouterr().out


def test_a_finished_gan_grows_on(preset, tmp_path, capsys):
    arguments = ["--resolution=16", "--freeze-below=8", "--total-kimg=0.096"]
    assert train(preset, tmp_path, *arguments) == 0
    out = capsys.readouterr().out
    assert "16x16 fade in" in out
    gan = pk.ProGAN.from_preset(tmp_path)
    assert gan.config.resolution == 16
    assert gan.config.fmap_base == 32
    old = pk.ProGAN.from_preset(preset)
    (frozen,) = (
        v
        for v in gan.generators[-1].straight.variables
        if v.path == "4x4_conv/kernel"
    )
    (before,) = (
        v
        for v in old.ema_generators[-1].straight.variables
        if v.path == "4x4_conv/kernel"
    )
    assert (frozen.numpy() == before.numpy()).all()


def test_the_weights_of_a_run_start_another(preset, tmp_path, capsys):
    assert train(preset, tmp_path / "a", "--total-kimg=0.032") == 0
    capsys.readouterr()
    arguments = ["--total-kimg=0.032", "--seed=5"]
    assert train(tmp_path / "a", tmp_path / "b", *arguments) == 0
    assert "8x8 stabilise" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--channels=1"], "--channels"),
        (["--fmap-max=8"], "--fmap-max"),
        (["--conditional"], "--conditional"),
        (["--attention=8"], "--attention"),
        (["--freeze-below=16"], "frozen_below=16"),
        (["--freeze-below=5"], "resolution=5"),
        (["--from=nowhere"], "nowhere"),
    ],
)
def test_what_contradicts_the_weights_is_refused(
    preset, tmp_path, arguments, words, capsys
):
    assert train(preset, tmp_path / "runs", *arguments) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("resolution", [0, 8])
def test_freezing_without_trained_weights_is_refused(resolution, capsys):
    assert main(["train", f"--freeze-below={resolution}"]) == 2
    assert "--from" in capsys.readouterr().err


def test_a_run_does_not_start_from_the_newest_in_its_own_folder(
    preset, tmp_path, capsys
):
    """The same command would not find the same start again."""
    arguments = ["--total-kimg=0.032", f"--from={tmp_path}"]
    assert train(preset, tmp_path, *arguments) == 2
    assert "name the run to start from" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_frozen_run_goes_on_frozen_from_python(preset, tmp_path):
    arguments = ["--resolution=16", "--freeze-below=8", "--total-kimg=0.096"]
    assert train(preset, tmp_path, *arguments) == 0
    gan = pk.ProGAN.from_preset(tmp_path)
    assert gan.frozen_below == 8
    trained = gan.pair(16, "generator").straight.trainable_variables
    assert not any(variable.path.startswith("4x4_") for variable in trained)


def test_the_plan_tells_what_it_starts_from(preset, capsys):
    arguments = [f"--from={preset}", "--freeze-below=8", "--dry-run"]
    assert main(["train", *arguments]) == 0
    out = capsys.readouterr().out
    assert "trained up to 8x8; layers below 8x8 frozen" in out


def test_no_two_ablations_have_the_same_plan(capsys):
    plans = set()
    names = [n for n in pk.recipes.RECIPES if n.startswith("ablation")]
    for name in names:
        small = ["--fmap-base=64", "--fmap-max=16", "--resolution=8"]
        assert main(["train", f"--recipe={name}", "--dry-run", *small]) == 0
        lines = capsys.readouterr().out.splitlines()
        # The minutes are measured anew every time.
        stages = [line.rsplit(maxsplit=1)[0] for line in lines if "x" in line]
        plans.add("\n".join(lines[:6] + stages))
    # Row h is row g with more feature maps, which are given here, for longer.
    assert len(plans) == len(names)


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("official_rgb32.pkl", "CC BY-NC"),
        ("pro_gan_pth_rgb16.bin", "licence"),
    ],
)
def test_convert_writes_a_preset_that_generates(
    name, licence, tmp_path, capsys, caplog
):
    folder, grid = tmp_path / "preset", tmp_path / "grid.png"
    assert main(["convert", str(PARITY / name), str(folder)]) == 0
    assert "progan generate" in capsys.readouterr().out
    assert licence in caplog.text
    caplog.clear()
    assert main(["generate", str(folder), f"--output={grid}"]) == 0
    assert licence in caplog.text
    assert Image.open(grid).size[0] >= 8 * 16
    assert main(["convert", str(PARITY / name), str(folder)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_convert_refuses_other_files_in_one_sentence(tmp_path, capsys):
    other = tmp_path / "notes.txt"
    other.write_text("nothing")
    for path in (other, tmp_path / "missing.pkl", tmp_path):
        assert main(["convert", str(path), str(tmp_path / "out")]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert path.name in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("recipe", pk.recipes.RECIPES)
def test_every_recipe_tells_its_plan_without_data(recipe, capsys):
    small = ["--fmap-base=64", "--fmap-max=16", "--latent-dim=16"]
    arguments = [f"--recipe={recipe}", "--dry-run", "--devices=4", *small]
    assert main(["train", *arguments]) == 0
    out = capsys.readouterr().out
    resolution = pk.recipes.get(recipe).resolution or 32
    assert f"{resolution}x{resolution} stabilise" in out
    assert "memory" in out


def test_options_of_a_loss_reach_the_plan(capsys):
    options = ["--loss-option=gamma=75", "--loss-option=penalty_interval=4"]
    arguments = ["--loss=wgan_gp", *options, "--dry-run"]
    assert main(["train", *arguments]) == 0
    out = capsys.readouterr().out
    assert "gamma=75" in out
    assert "penalty_interval=4" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--loss-option=gamma"], "gamma=750"),
        (["--loss-option=gamma=big"], "gamma=big"),
        (["--loss=hinge", "--loss-option=gamma=1"], "gamma"),
        (["--attention=64"], "attention_resolution=64"),
        (["--attention=5"], "resolution=5"),
        (["--devices=0"], "devices=0"),
        (["--devices=0", "--dry-run"], "devices=0"),
        (["--resolution=0"], "resolution=0"),
        (["--labels=style"], "add --conditional"),
        (["--devices=-2", "--dry-run"], "devices=-2"),
        (["--devices=3"], "3"),
    ],
)
def test_a_bad_option_gets_one_sentence(options, words, capsys, tmp_path):
    assert main(["train", f"--run-dir={tmp_path / 'runs'}", *options]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not (tmp_path / "runs").exists()
