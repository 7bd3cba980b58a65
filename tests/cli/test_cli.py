"""The command line: quick help, one sentence for every mistake."""

import importlib.util
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from printed_use import run_use

from progan_keras.cli.main import COMMANDS, main
from progan_keras.export_formats import FORMATS

TRAIN = [
    "--resolution=8",
    "--stabilise-kimg=0.032",
    "--fade-kimg=0.032",
    "--total-kimg=0.096",
]


@pytest.mark.parametrize(
    "command", [[], *([name] for name in COMMANDS), ["data", "inspect"]]
)
def test_help_answers_without_importing_tensorflow_or_keras(command):
    code = (
        "import sys\n"
        "from progan_keras.cli.main import main\n"
        "try:\n"
        f"    main({[*command, '--help']!r})\n"
        "except SystemExit as exit:\n"
        "    assert exit.code == 0\n"
        "print({'tensorflow', 'keras', 'numpy'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout.startswith("usage: progan")
    assert done.stdout.endswith("set()\n")


def test_the_package_is_a_command_too():
    done = subprocess.run(
        [sys.executable, "-m", "progan_keras", "--version"],
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("progan_keras ")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with one run, made by the command line."""
    folder = tmp_path_factory.mktemp("runs")
    assert main(["train", f"--run-dir={folder}", *TRAIN]) == 0
    return folder


def test_a_dry_run_prints_the_plan_and_writes_nothing(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--dry-run", *TRAIN]) == 0
    assert "8x8 fade in" in capsys.readouterr().out
    assert not (tmp_path / "runs").exists()


def test_training_ends_by_saying_what_to_try_next(trained, capsys):
    assert main(["train", f"--run-dir={trained}", *TRAIN]) == 0
    out = capsys.readouterr().out
    assert "trained before, to 0.096 kimg" in out
    assert "Finished at 0.096 kimg." in out
    assert "progan generate" in out


def test_generate_writes_a_grid_that_the_seed_decides(trained, tmp_path):
    grids = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        path = tmp_path / f"{name}.png"
        arguments = ["--count=6", "--columns=3", "--scale=2"]
        arguments += [f"--seed={seed}", f"--output={path}"]
        assert main(["generate", str(trained), *arguments]) == 0
        grids.append(np.asarray(Image.open(path)))
    assert grids[0].shape == (32, 48, 3)
    np.testing.assert_array_equal(grids[0], grids[1])
    assert (grids[0] != grids[2]).any()


def test_generate_writes_single_pictures(trained, tmp_path):
    arguments = ["--count=2", "--separate", f"--output={tmp_path / 'two'}"]
    assert main(["generate", str(trained), *arguments]) == 0
    names = sorted(path.name for path in (tmp_path / "two").iterdir())
    assert names == ["seed0-00000.png", "seed0-00001.png"]
    assert Image.open(tmp_path / "two" / names[0]).size == (8, 8)


def test_timelapse_and_export_write_what_they_say(trained, tmp_path, capsys):
    film, model = tmp_path / "film.gif", tmp_path / "model"
    assert main(["timelapse", str(trained), f"--output={film}"]) == 0
    assert Image.open(film).n_frames >= 2
    assert main(["export", str(trained), f"--output={model}"]) == 0
    assert (model / "saved_model.pb").exists()
    assert main(["export", str(trained), f"--output={model}"]) == 2
    assert "exists already" in capsys.readouterr().err
    arguments = [f"--output={model}", "--overwrite"]
    assert main(["export", str(trained), *arguments]) == 0


def test_a_walk_is_a_film_that_loops_without_a_pause(trained, tmp_path):
    arguments = [f"--output={tmp_path / 'walk.gif'}", "--frames=8"]
    arguments += ["--count=4", "--points=2", "--duration=50"]
    assert main(["walk", str(trained), *arguments]) == 0
    film = Image.open(tmp_path / "walk.gif")
    assert film.info["loop"] == 0
    assert film.size == (2 * 2 * 8, 2 * 2 * 8)
    assert film.n_frames == 8
    film.seek(7)
    assert film.info["duration"] == 50


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"web"}))
def test_exporting_measures_the_result_and_says_how_to_use_it(
    trained, format, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(trained), f"--format={format}"]) == 0
    out = capsys.readouterr().out
    assert (tmp_path / FORMATS[format].default).exists()
    apart = re.search(r"differ from the generator's by (\S+) at most", out)[1]
    assert 0 <= float(apart) < 1e-4
    assert run_use(out).shape == (16, 8, 8, 3)


def test_exporting_a_page_measures_it_and_says_how_to_serve_it(
    trained, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(trained), "--format=web"]) == 0
    out = capsys.readouterr().out
    apart = re.search(r"differ from the generator's by (\S+) at most", out)[1]
    assert 0 <= float(apart) < 1e-4
    assert "http.server --bind 127.0.0.1 --directory 'web'" in out
    assert (tmp_path / "web" / "index.html").is_file()


def test_an_export_without_its_runtime_is_written_and_not_run(
    trained, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["export", str(trained), "--format=litert"]) == 0
    assert "where there is no ai_edge_litert" in capsys.readouterr().out
    assert (tmp_path / "generator.tflite").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "--resolution=33"], ["power of two", "resolution=33"]),
        (["train", "--resolution=2"], ["power of two", "resolution=2"]),
        (["train", "--resolution=2048"], ["1024", "resolution=2048"]),
        (["train", "--recipe=quickstrat"], ["Did you mean 'quickstart'"]),
        (["train", "--loss=wgan"], ["wgan_gp", "loss='wgan'"]),
        (["train", "--update=both"], ["simultaneous", "update='both'"]),
        (["train", "--batch-size=0"], ["batch_size=0"]),
        (["train", "--batch-size=-4"], ["batch_size=-4"]),
        (["train", "--learning-rate=0"], ["learning_rate=0"]),
        (["train", "--learning-rate=nan"], ["learning_rate=nan"]),
        (["train", "--learning-rate=inf"], ["learning_rate=inf"]),
        (["train", "--fade-kimg=-1"], ["images=-1000"]),
        (["train", "--total-kimg=nan"], ["total_images=nan"]),
        (["train", "--total-kimg=9"], ["total_images=9000"]),
        (["train", "--tick-kimg=0"], ["tick_kimg=0"]),
        (["train", "--tick-kimg=inf"], ["tick_kimg=inf"]),
        (["train", "--fmap-max=0"], ["fmap_max=0"]),
        (["train", f"--seed={2**63}"], [f"seed={2**63}"]),
        (["train", "--channels=2"], ["num_channels=2"]),
        (["train", "emoji_portrait"], ["emoji_portraits"]),
        (["train", "--resolution=128"], ["64"]),
        (["train", "--seed=-1"], ["seed=-1"]),
        (["generate", "nowhere"], ["Expected a run folder", "nowhere"]),
        (["timelapse", "nowhere"], ["Expected a run folder", "nowhere"]),
        (["export", "nowhere"], ["Expected a run folder", "nowhere"]),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(
    arguments, words, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"progan {arguments[0]}: ")
    assert error.count("\n") == 1
    for word in words:
        assert word in error
    assert not list(tmp_path.iterdir())


def test_data_that_cannot_be_used_is_named(tmp_path, capsys):
    folder = tmp_path / "pictures"
    folder.mkdir()
    assert main(["train", str(folder), "--dry-run"]) == 2
    assert str(folder) in capsys.readouterr().err
    Image.new("RGB", (40, 40)).save(folder / "good.png")
    (folder / "notes.jpg").write_text("not a picture")
    assert main(["train", str(folder), "--dry-run"]) == 2
    assert "notes.jpg" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--count=0"], "count=0"),
        (["--seed=-1"], "seed=-1"),
        (["--resolution=16"], "resolution=16"),
        (["--scale=0"], "scale"),
        (["--columns=0"], "columns"),
        (["--output=grid.xyz"], "grid.xyz"),
    ],
)
def test_a_mistake_in_generating_gets_one_sentence(
    trained, option, words, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["generate", str(trained), *option]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""  # no claim of what was not done


def test_an_output_that_cannot_be_written_gets_one_sentence(
    trained, tmp_path, capsys
):
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "below.png"
    for arguments in (
        ["generate", str(trained), f"--output={target}"],
        ["timelapse", str(trained), f"--output={target.with_suffix('.gif')}"],
        ["export", str(trained), f"--output={target.with_suffix('')}"],
        ["train", f"--run-dir={tmp_path / 'file'}", *TRAIN],
    ):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert "Cannot write" in error
        assert str(tmp_path / "file") in error


def test_debug_shows_the_traceback(capsys):
    assert main(["train", "--resolution=33", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_an_unknown_command_or_option_ends_with_code_2(capsys):
    for arguments in ([], ["paint"], ["train", "--colour=red"]):
        with pytest.raises(SystemExit) as exit_info:
            main(arguments)
        assert exit_info.value.code == 2


def test_ctrl_c_leaves_with_130(monkeypatch, capsys):
    def interrupt(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(COMMANDS["train"], "run", interrupt)
    assert main(["train"]) == 130
    assert "Stopped." in capsys.readouterr().err
