"""Publishing: a run becomes a preset that others can judge and use."""

import json
import re

import numpy as np
import pytest
from PIL import Image

import progan_keras as pk
from progan_keras import zoo
from progan_keras.cli.main import main
from progan_keras.recipe import Recipe

RECIPE = Recipe(
    loss="non_saturating",
    update="simultaneous",
    stabilise_images=8,
    fade_images=8,
    total_images=48,
    batch_size=8,
    learning_rate=0.001,
)
SIZES = {"resolution": 16, "fmap_base": 32, "fmap_max": 8}
SEEDS = {"runs": 0, "others": 1}
NOTES = "**What the pictures look like.** Like nothing yet."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two runs in folders of their own, and what they were trained on."""
    folder = tmp_path_factory.mktemp("publish")
    numbers = np.random.default_rng(0)
    pictures = numbers.integers(0, 256, (32, 16, 16, 3), np.uint8)
    np.savez(folder / "noise.npz", images=pictures)
    images = pk.data.load(folder / "noise.npz", 16, cache_dir=folder / "cache")
    for name, seed in SEEDS.items():
        pk.train(
            pk.ProGAN(**SIZES, seed=seed),
            images,
            folder / name,
            RECIPE,
            tick_kimg=0.024,
            verbose=False,
        )
    return folder


@pytest.fixture(scope="module")
def published(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROGAN_KERAS_CACHE", str(folder / "cache"))
        patch.setattr(
            "progan_keras.zoo.publish.METRICS", ("swd", "ms_ssim")
        )
        (folder / "notes.md").write_text(NOTES)
        arguments = ["publish", str(folder / "runs"), str(folder / "noise_16")]
        arguments += ["--title=Coloured noise"]
        arguments += [f"--notes={folder / 'notes.md'}"]
        arguments += [f"--beside=another seed={folder / 'others'}"]
        assert main(arguments) == 0
    return folder / "noise_16"


@pytest.fixture(scope="module")
def card(published):
    return json.loads((published / "card.json").read_text())


def test_it_holds_the_run_as_a_preset(folder, published):
    gan = pk.ProGAN.from_preset(published)
    run = pk.ProGAN.from_preset(folder / "runs")
    np.testing.assert_array_equal(gan.generate(4), run.generate(4))


def test_it_holds_exports_pictures_and_a_film(published):
    names = {path.name for path in published.iterdir()}
    assert names == {
        *("README.md", "card.json", "generator.keras", "grid.png"),
        *("options.json", "preset.json", "saved_model", "timelapse.gif"),
        "weights.npz",
    }
    with Image.open(published / "grid.png") as grid:
        assert grid.size[0] > 8 * 2 * 16
    with Image.open(published / "timelapse.gif") as film:
        assert film.n_frames == 3


def test_its_card_measures_it_beside_the_other_run(published, card):
    assert set(card["scores"]) == {"swd", "ms_ssim"}
    other = card["beside"]["another seed"]["scores"]
    assert other["swd"]["value"] != card["scores"]["swd"]["value"]
    text = (published / "README.md").read_text()
    rows = re.findall(r"^\| Sliced.*$", text, re.MULTILINE)
    values = rows[0].split("|")[2:5]
    expected = [
        card["scores"]["swd"]["value"],
        other["swd"]["value"],
        card["scores"]["swd"]["floor"],
    ]
    assert [f"{value:.4g}" for value in expected] == [
        value.strip() for value in values
    ]
    assert "| metric | this | another seed | real images |" in text


def test_its_card_tells_what_it_is(published, card):
    text = (published / "README.md").read_text()
    assert text.startswith("# noise_16\n\nColoured noise.\n")
    assert NOTES in text
    assert "noise, 32 images" in text
    assert "not stated: look it up before you share" in text
    assert "0.048" in text
    assert card["resolution"] == 16
    assert "minutes of training" in text


def test_the_code_in_its_card_runs(published, card, monkeypatch):
    text = (published / "README.md").read_text()
    use, without, again = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(published.parent)
    found = {}
    exec(use.replace('from_preset("', 'from_preset("./'), found)
    assert found["pictures"].shape == (16, 16, 16, 3)
    exec(without.replace("saved_models/", ""), found)
    assert found["pictures"].shape == (16, 16, 16, 3)
    assert again.strip() == card["program"]


def test_what_was_published_is_replaced_when_asked_only(published, tmp_path):
    with pytest.raises(FileExistsError, match="exists already"):
        zoo.publish(published.parent / "runs", published, "Noise")
    (tmp_path / "thesis").mkdir()
    with pytest.raises(FileExistsError, match="if it was published"):
        zoo.publish(
            published.parent / "runs",
            tmp_path / "thesis",
            "Noise",
            overwrite=True,
        )
