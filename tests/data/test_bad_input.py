"""Whatever is wrong is said in one clear message, and nothing is left."""

import re

import numpy as np
import pytest
from PIL import Image

from progan_keras.data import load

PIXELS = np.zeros((2, 8, 8, 3), np.uint8)


def with_value(value):
    images = np.zeros((2, 8, 8, 3), np.float32)
    images[1, 2, 3] = value
    return images


# Description: (arguments of `load`, words of the message).
BAD_ARGUMENTS = {
    "no power of two": ({"resolution": 48}, "power of two.*=48"),
    "too low": ({"resolution": 2}, "from 4 to 1024.*=2"),
    "too high": ({"resolution": 2048}, "from 4 to 1024.*=2048"),
    "no integer": ({"resolution": 8.0}, "power of two.*=8.0"),
    "above the embedded": ({"resolution": 128}, "64 pixels wide.*=128"),
    "channels": ({"num_channels": 2}, "1 .grey., 3 .RGB.*=2"),
    "misspelt name": (
        {"source": "emoji_portrait"},
        "Did you mean 'emoji_portraits'",
    ),
    "unknown name": ({"source": "celeb_x"}, "folder of images.*'celeb_x'"),
    "empty name": ({"source": ""}, "no data set.*source=''"),
    "other type": ({"source": [1, 2]}, "this type.*type list"),
    "NaN": ({"source": with_value(np.nan)}, r"lie in \[-1, 1\].*nan"),
    "infinite": ({"source": with_value(np.inf)}, r"lie in \[-1, 1\].*inf"),
    "0 to 255": ({"source": with_value(255)}, r"images / 127.5 - 1.*255"),
    "int64": ({"source": PIXELS.astype(int)}, "another dtype.*int64"),
    "bool": ({"source": PIXELS > 0}, "another dtype.*bool"),
    "objects": ({"source": PIXELS.astype(object)}, "another dtype.*object"),
    "2 axes": ({"source": PIXELS[0, ..., 0]}, "2 axes, not 3 or 4"),
    "5 axes": ({"source": PIXELS[None]}, "5 axes, not 3 or 4"),
    "one image": ({"source": PIXELS[0]}, "like a single image"),
    "channels first": (
        {"source": np.moveaxis(PIXELS, -1, 1)},
        r"last axis.*moveaxis\(images, 1, -1\)",
    ),
    "2 channels": ({"source": PIXELS[..., :2]}, "C = 1, 3 or 4"),
    "no images": ({"source": PIXELS[:0]}, r"no images.*\[0, 8, 8, 3\]"),
    "tiny": ({"source": PIXELS[:, :3, :, :]}, "is 3 pixels wide or high"),
}


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_bad_arguments_are_refused(case, cache):
    arguments, words = BAD_ARGUMENTS[case]
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        load(**arguments)
    assert_clear(error.value, words)
    assert not cache.exists() or not list(cache.iterdir())


def empty_folder(path):
    path.mkdir()
    (path / "notes.txt").touch()


def folder_with(**files):
    """A folder with a good image and others."""

    def make(path):
        path.mkdir()
        Image.fromarray(PIXELS[0]).save(path / "good.png")
        for name, content in files.items():
            (path / f"{name}.png").write_bytes(content)

    return make


def folder_with_cut_off_image(path):
    folder_with()(path)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path / "cut.jpg", quality=100)
    data = (path / "cut.jpg").read_bytes()
    (path / "cut.jpg").write_bytes(data[: len(data) // 2])


def npz(**arrays):
    return lambda path: np.savez(path, **arrays)


# Description: (file name, how to write it, words of the message).
BAD_FILES = {
    "empty folder": ("photos", empty_folder, "no images in this folder.*png"),
    "zero bytes": (
        "photos",
        folder_with(a=b""),
        r"1 of 2 files.*a.png \(the file is empty\)",
    ),
    "no images": (
        "photos",
        folder_with(a=b"text", b=b"more"),
        r"2 of 3 files.*a.png \(not an image\); b.png \(not an image\)",
    ),
    "many broken": (
        "photos",
        folder_with(**{f"f{i:02}": b"x" for i in range(30)}),
        "30 of 31 files.*f09.png.*and 20 more",
    ),
    "cut off": ("photos", folder_with_cut_off_image, "1 of 2.*cut.jpg.*trunc"),
    "text file": ("a.txt", lambda p: p.write_text("a"), "kind of file.*a.txt"),
    "broken npy": ("a.npy", lambda p: p.write_text("a"), "read as a NumPy arr"),
    "empty npy": ("a.npy", lambda p: p.touch(), "read as a NumPy array"),
    "pickled npy": (
        "a.npy",
        lambda p: np.save(p, np.array([{}]), allow_pickle=True),
        "read as a NumPy array",
    ),
    "broken npz": ("a.npz", lambda p: p.write_text("a"), "NumPy archive"),
    "pickled npz": ("a.npz", npz(images=np.array([{}])), "another dtype.*obj"),
    "nothing in npz": ("a.npz", npz(), "It has: nothing"),
    "only labels": ("a.npz", npz(y=np.zeros(3)), r"It has: y \[3\]"),
    "two arrays": ("a.npz", npz(u=PIXELS, v=PIXELS), r"u \[2, 8, 8, 3\], v"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_refused(case, cache, tmp_path):
    name, write, words = BAD_FILES[case]
    path = tmp_path / name
    write(path)
    with pytest.raises(ValueError) as error:
        load(path)
    assert_clear(error.value, words)
    assert not cache.exists() or not list(cache.iterdir())


def test_a_wrong_path_suggests_its_neighbour(tmp_path):
    (tmp_path / "my_faces").mkdir()
    with pytest.raises(FileNotFoundError, match="Did you mean '.*my_faces'"):
        load(tmp_path / "my_face")


def test_an_unwritable_cache_says_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="PROGAN_KERAS_CACHE.*Received"):
        load(PIXELS, cache_dir=tmp_path / "file" / "cache")


def assert_clear(error, words):
    """The message has the words, says what was received, and is short."""
    assert re.search(words, str(error))
    assert "Received: " in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 600
