"""The presets that come with the project are what their cards say."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import progan_keras as pk
from progan_keras.zoo import publish

ROOT = Path(__file__).resolve().parents[2]
PRESETS = pk.zoo.presets()
MOST_BYTES = 12e6

presets = pytest.mark.parametrize("name", PRESETS)


def test_there_are_presets_and_their_list_is_of_now():
    assert PRESETS
    done = subprocess.run(
        [sys.executable, ROOT / "saved_models" / "build.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@presets
def test_a_preset_is_found_by_its_name_and_makes_its_grid(name):
    gan = pk.ProGAN.from_preset(name)
    preset = PRESETS[name]
    assert gan.config.resolution == preset.resolution
    assert gan.config.num_classes == preset.num_classes
    with Image.open(preset.folder / "grid.png") as grid:
        shown = np.asarray(grid).astype(int)
    made = np.asarray(publish.grid(gan)).astype(int)
    # Other processors round otherwise.
    assert np.abs(made - shown).max() <= 2


@presets
def test_a_preset_is_small_and_whole(name):
    folder = PRESETS[name].folder
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "What the pictures look like" in text
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["scores"]["swd"]["floor"]
    assert "not stated" not in card["licence"]
    for place in ("/tmp", "/home", "/root", "/work"):
        assert place not in text
        assert place not in (folder / "options.json").read_text()
