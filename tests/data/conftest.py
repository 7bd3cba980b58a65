"""Every test prepares its data in a cache of its own."""

import numpy as np
import pytest
from PIL import Image

from progan_keras.data import load


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("PROGAN_KERAS_CACHE", str(folder))
    return folder


@pytest.fixture
def noise():
    """uint8 images without any structure: `noise(count, *shape)`."""
    generator = np.random.default_rng(0)
    return lambda *shape: generator.integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def numbered():
    """A pyramid whose image `i` shows its number, brighter on the left."""

    def make(count, **options):
        images = np.zeros((count, 4, 4, 1), np.uint8)
        images[:, :, :2] = np.arange(count).reshape(-1, 1, 1, 1)
        images[:, :, 2:] = 255
        return load(images, **options)

    return make


@pytest.fixture
def photos(tmp_path, noise):
    """A folder with three images in subfolders, and other things."""
    folder = tmp_path / "my photös 2024"
    (folder / "b c").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for name in ("z.png", "b c/é.PNG", "b c/a.png", ".hidden/x.png", ".y.png"):
        Image.fromarray(noise(16, 16, 3)).save(folder / name)
    (folder / "notes.txt").write_text("not an image")
    return folder
