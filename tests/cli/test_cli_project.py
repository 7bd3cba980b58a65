"""`progan project`: given and found, side by side."""

import numpy as np
import pytest
from gan_checks import randomize, tiny
from PIL import Image

import progan_keras as pk
from progan_keras.cli.main import main


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A preset, a picture that it made, and a larger one."""
    folder = tmp_path_factory.mktemp("project")
    gan = randomize(tiny())
    gan.save_preset(folder / "preset")
    own = gan.generate(1, seed=11)[0]
    Image.fromarray(own).save(folder / "own.png")
    Image.fromarray(own.repeat(3, axis=1)).save(folder / "wide.png")
    return folder


def test_given_and_found_stand_side_by_side(
    places, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    own = places / "own.png"
    arguments = [str(places / "preset"), str(own), "--steps=100", "--scale=2"]
    assert main(["project", *arguments, "--save-latents=z.npz"]) == 0
    said = capsys.readouterr().out
    assert f"{own}: " in said
    assert "projected.png" in said
    both = np.asarray(Image.open("projected.png")).astype(int)
    assert both.shape == (16 + 2 * 2, 2 * 16 + 3 * 2, 3)
    given, found = both[2:-2:2, 2:18:2], both[2:-2:2, 20:36:2]
    np.testing.assert_array_equal(given, np.asarray(Image.open(own)))
    assert np.abs(found - given).mean() < 3
    with np.load("z.npz", allow_pickle=False) as saved:
        assert set(saved) == {"latents", "errors"}
        gan = pk.ProGAN.from_preset(places / "preset")
        again = gan.generate(latents=saved["latents"])
        assert f"{saved['errors'][0]:.1f} of 255" in said
    np.testing.assert_array_equal(again[0], found)
    assert {path.name for path in tmp_path.iterdir()} == {
        "projected.png",
        "z.npz",
    }


def test_the_search_is_filmed(places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = [str(places / "preset"), str(places / "own.png"), "--steps=9"]
    assert main(["project", *arguments, "--film=search.gif"]) == 0
    with Image.open("search.gif") as film:
        assert film.size == Image.open("projected.png").size
        assert film.n_frames > 5


def test_pictures_of_any_size_are_made_to_fit(places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = [str(places / name) for name in ("own.png", "wide.png")]
    arguments = [str(places / "preset"), *files, "--steps=2", "--scale=1"]
    assert main(["project", *arguments, "--fit=crop"]) == 0
    assert Image.open("projected.png").size == (2 * 8 + 3, 2 * 8 + 3)


def test_the_class_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    gan = randomize(tiny(num_classes=2))
    gan.class_names = ["cat", "dog"]
    gan.save_preset("preset")
    Image.fromarray(gan.generate(1, labels="dog")[0]).save("dog.png")
    arguments = ["preset", "dog.png", "--steps=2", "--save-latents=z.npz"]
    assert main(["project", *arguments, "--class=dog"]) == 0
    assert "as dog" in capsys.readouterr().out
    with np.load("z.npz", allow_pickle=False) as saved:
        np.testing.assert_array_equal(saved["labels"], [[0, 1]])
