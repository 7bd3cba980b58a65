"""`progan data`: look, prepare, list, clear; and training on what it made."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from progan_keras.cli.main import main
from progan_keras.data import prepared


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder `photos` in the working folder, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROGAN_KERAS_CACHE", str(tmp_path / "cache"))
    noise = np.random.default_rng(0)
    for name in ("cats/1", "cats/2", "dogs/1"):
        path = tmp_path / "photos" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = noise.integers(0, 256, (16, 20, 3), np.uint8)
        Image.fromarray(pixels).save(path)
    return tmp_path


def test_prepare_says_where_and_training_finds_it(folder, capsys):
    options = ["photos", "--resolution=8", "--fit=pad"]
    assert main(["data", "prepare", *options]) == 0
    out = capsys.readouterr().out
    assert "photos: 3 images, 4x4 to 8x8, labels: folder" in out
    (found,) = prepared()
    assert str(found.folder) in out
    assert main(["train", *options, "--dry-run"]) == 0
    assert "3 of photos, fewer than a step of 16" in capsys.readouterr().out
    assert [entry.folder for entry in prepared()] == [found.folder]


def test_broken_files_are_named_or_left_out(folder, capsys):
    (folder / "photos" / "cats" / "1.png").write_text("no image")
    assert main(["data", "prepare", "photos"]) == 2
    assert "cats/1.png (not an image)" in capsys.readouterr().err
    with pytest.warns(UserWarning, match="1 of 3 images"):
        assert main(["data", "prepare", "photos", "--skip-broken"]) == 0
    assert "1 left out, listed in" in capsys.readouterr().out


def test_warnings_are_sentences_without_code(folder):
    (folder / "photos" / "cats" / "1.png").write_text("no image")
    done = subprocess.run(
        [sys.executable, "-m", "progan_keras", "data", "prepare", "photos"]
        + ["--skip-broken"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("progan data: 1 of 3 images cannot be read")


def test_inspect_prints_a_report_and_draws_a_sheet(folder, capsys):
    assert main(["data", "inspect", "photos", "--sheet=sheet.png"]) == 0
    out = capsys.readouterr().out
    assert "cats" in out
    assert "sheet.png" in out
    with Image.open(folder / "sheet.png") as sheet:
        assert min(sheet.size) > 64
    assert not prepared()  # it only looks
    assert main(["data", "inspect", "photos", "--sheet=sheet.txt"]) == 2
    assert "ends in .png" in capsys.readouterr().err


def test_inspect_prints_json_alone(capsys):
    assert main(["data", "inspect", "photos", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_list_shows_what_is_prepared_and_what_has_a_name(capsys):
    main(["data", "prepare", "photos"])
    capsys.readouterr()
    assert main(["data", "list"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"photos-16-3-\w+  0.0 MB\n +3 images, 4x4 to 16x16", out)
    assert re.search(r"celeb_a .*\n +faces.* non-commercial research only", out)
    assert max(map(len, out.splitlines())) <= 80 + len(
        str(prepared()[0].folder)
    )
    assert main(["data", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["prepared"][0]["images"] == 3
    assert "cifar10" in [entry["name"] for entry in listed["known"]]


def test_clear_removes_what_is_named_and_says_so(capsys, folder):
    main(["data", "prepare", "photos"])
    main(["data", "prepare", "emoji_portraits", "--resolution=4"])
    capsys.readouterr()
    assert main(["data", "clear", "photos"]) == 0
    assert "1 removed" in capsys.readouterr().out
    assert [entry.pyramid.name for entry in prepared()] == ["emoji_portraits"]
    assert (folder / "photos" / "cats" / "1.png").exists()
    assert main(["data", "clear", "photo"]) == 2
    assert "It has emoji_portraits" in capsys.readouterr().err
    assert main(["data", "clear"]) == 2
    assert "or --all" in capsys.readouterr().err
    assert main(["data", "clear", "--all"]) == 0
    assert not prepared()


def test_another_cache_can_be_named(folder, capsys):
    other = f"--cache-dir={folder / 'other'}"
    main(["data", "prepare", "photos", other])
    assert len(prepared(folder / "other")) == 1
    assert not prepared()
    capsys.readouterr()
    main(["data", "list", other])
    assert "photos-16-3" in capsys.readouterr().out


BAD = {
    "fit": (["prepare", "photos", "--fit=zoom"], "'crop', 'pad', 'stretch'"),
    "colour": (["prepare", "photos", "--background=x"], "a colour such as"),
    "size": (["inspect", "photos", "--resolution=9"], "power of two"),
    "split": (["prepare", "photos", "--split=all"], "tensorflow-datasets"),
    "no data": (["inspect", "fotos"], "Did you mean 'photos'"),
    "celeba": (
        ["prepare", "photos", "--fit=celeba_128"],
        "20x16, not 178x218",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_mistakes_get_one_sentence_and_no_traceback(case, capsys):
    arguments, words = BAD[case]
    assert main(["data", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.startswith("progan data: ")
    assert "Traceback" not in err
    assert not prepared()
