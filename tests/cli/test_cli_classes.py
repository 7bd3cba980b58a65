"""Conditional GANs on the command line."""

import numpy as np
import pytest
from PIL import Image
from printed_use import run_use

from progan_keras.cli.main import main
from progan_keras.export_formats import FORMATS

TRAIN = [
    "train",
    "--conditional",
    "--labels=category",
    "--resolution=8",
    "--stabilise-kimg=0.032",
    "--fade-kimg=0.032",
    "--total-kimg=0.096",
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with one run on faces and persons."""
    folder = tmp_path_factory.mktemp("runs")
    assert main([*TRAIN, f"--run-dir={folder}"]) == 0
    return folder


def generate(trained, path, *arguments):
    assert main(["generate", str(trained), f"--output={path}", *arguments]) == 0
    return np.asarray(Image.open(path))


def test_the_run_shows_one_row_per_class_with_its_name(trained):
    grids = [Image.open(path) for path in trained.glob("*/grids/*.png")]
    assert len(grids) > 2
    for grid in grids:
        assert grid.height == 2 * 8
        assert grid.width > 10 * 8  # the names stand to the left
        names = np.asarray(grid.convert("L"))[:, : grid.width - 10 * 8]
        assert names.min() < 128 < names.max()
        assert (names[:8] != names[8:]).any()


def test_a_class_is_asked_for_by_name_or_number(trained, tmp_path):
    arguments = ("--count=4", "--scale=1", "--columns=4")
    by_name, by_number, other = (
        generate(trained, tmp_path / f"{i}.png", *arguments, f"--class={name}")
        for i, name in enumerate(("person", "1", "face"))
    )
    np.testing.assert_array_equal(by_name, by_number)
    assert (by_name != other).any()


def test_rows_by_class_hold_what_each_class_gives(trained, tmp_path):
    both = generate(
        trained, tmp_path / "both.png", "--by-class", "--count=3", "--scale=1"
    )
    assert both.shape[0] == 2 * 8
    assert both.shape[1] > 3 * 8  # the names stand to the left
    arguments = ("--by-class", "--count=3", "--scale=1", "--class=person")
    person = generate(trained, tmp_path / "person.png", *arguments)
    np.testing.assert_array_equal(both[8:, -24:], person[:, -24:])


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"web"}))
def test_exporting_says_how_to_ask_for_classes(
    trained, format, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(trained), f"--format={format}"]) == 0
    assert run_use(capsys.readouterr().out).shape == (16, 8, 8, 3)


def test_the_same_command_resumes_and_another_choice_of_labels_does_not(
    trained, capsys
):
    run_dir = f"--run-dir={trained}"
    assert main([*TRAIN, run_dir]) == 0
    assert "trained before, to 0.096 kimg" in capsys.readouterr().out
    assert main([*TRAIN, "--labels=style", run_dir]) == 0
    assert "going on" not in capsys.readouterr().out
    assert len(list(trained.iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--class=persn"], ["Did you mean 'person'?", "'persn'"]),
        (["--class=2"], ["face, person", "'2'"]),
    ],
)
def test_an_unknown_class_is_refused(trained, arguments, words, capsys):
    # The newest run is that of the styles, where it was made before.
    run = sorted(trained.iterdir())[0]
    assert main(["generate", str(run), *arguments]) == 2
    error = capsys.readouterr().err
    for word in words:
        assert word in error


def test_rows_by_class_have_count_columns(trained, capsys):
    run = sorted(trained.iterdir())[0]
    assert main(["generate", str(run), "--by-class", "--columns=3"]) == 2
    assert "--count" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["--class=face", "--by-class"])
def test_classes_of_a_gan_without_any_are_refused(
    argument, tmp_path, capsys, monkeypatch
):
    import progan_keras as pk

    monkeypatch.chdir(tmp_path)
    pk.ProGAN(4, latent_dim=4, fmap_max=4).save_preset("plain")
    assert main(["generate", "plain", argument]) == 2
    assert "without classes" in capsys.readouterr().err
    assert not (tmp_path / "generated.png").exists()


def test_conditional_training_needs_labels(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        pixels = rng.integers(0, 256, (8, 8, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    assert main(["train", str(tmp_path), *TRAIN[1:2], *TRAIN[3:]]) == 2
    assert "label" in capsys.readouterr().err
