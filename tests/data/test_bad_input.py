"""Whatever is wrong is said in one clear message, and nothing is left."""

import io
import os
import re
import struct
import warnings
import zipfile
from zlib import crc32

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from progan_keras.data import load

PIXELS = np.zeros((2, 8, 8, 3), np.uint8)


def with_value(value):
    images = np.zeros((2, 8, 8, 3), np.float32)
    images[1, 2, 3] = value
    return images


def dataset(array):
    return tf.data.Dataset.from_tensor_slices(array)


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
    "unknown path": ({"source": "./celeb_x"}, "folder of images.*celeb_x'"),
    "unknown tfds name": ({"source": "celeb_x"}, "'celeb_a'.*'celeb_x'"),
    "tfds without images": ({"source": "imdb_reviews"}, "imdb_reviews"),
    "fit": ({"fit": "zoom"}, "'crop', 'pad', 'stretch'.*='zoom'"),
    "background": ({"background": "blau"}, "such as \"white\".*='blau'"),
    "not of CelebA": (
        {"source": PIXELS, "fit": "celeba_128"},
        r"2 of 2 images.*0 \(8x8, not 178x218",
    ),
    "split of an array": (
        {"source": PIXELS, "split": "test"},
        "for data sets of tensorflow-datasets, and this is array.*='test'",
    ),
    "data_dir of an array": (
        {"source": PIXELS, "data_dir": "x"},
        "for data sets of tensorflow-datasets.*data_dir='x'",
    ),
    "too few labels": (
        {"source": PIXELS, "labels": [1]},
        "1 labels for 2 images",
    ),
    "NaN as label": (
        {"source": PIXELS, "labels": [0.0, np.nan]},
        "Received: NaN as 1 of 2 labels",
    ),
    "negative label": ({"source": PIXELS, "labels": [0, -1]}, "label of -1"),
    "mixed labels": ({"source": PIXELS, "labels": [0, "a"]}, "int, str"),
    "endless dataset": (
        {"source": dataset(PIXELS).repeat()},
        "never ends.*repeat.*Received",
    ),
    "dataset of words": (
        {"source": dataset(np.array(["a.png"]))},
        "decode_image.*Received: string",
    ),
    "dataset of vectors": ({"source": dataset(np.zeros((2, 5)))}, "Received"),
    "empty dataset": ({"source": dataset(PIXELS).take(0)}, "no images"),
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


def folder_with_bomb(path):
    """A PNG of 100 bytes that would be 7.5 GB in memory."""
    folder_with()(path)
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", b""))
    )
    (path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def folder_with_link_to_nothing(path):
    folder_with()(path)
    (path / "gone.png").symlink_to(path / "nowhere.png")


def folder_with_pipe(path):
    folder_with()(path)
    os.mkfifo(path / "pipe.png")


def folder_of_floats(path):
    path.mkdir()
    Image.fromarray(np.ones((8, 8), np.float32)).save(path / "depth.tif")


def folder_with_dot(path):
    path.mkdir()
    Image.new("RGB", (1, 1)).save(path / "dot.png")


def folder_of_telephone(path):
    path.mkdir()
    (path / "IMG_1.HEIC").touch()


def damaged_pyramid(path):
    path.mkdir()
    (path / "pyramid.json").write_text("{}")


def zipped(**files):
    """A zip of a good image and others."""

    def make(path):
        good = io.BytesIO()
        Image.fromarray(PIXELS[0]).save(good, "png")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("good.png", good.getvalue())
            for name, content in files.items():
                archive.writestr(f"{name}.png", content)

    return make


def zip_with_twins(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"1")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr("a.png", b"2")


def cut_zip(path):
    zipped()(path)
    path.write_bytes(path.read_bytes()[:-30])


def flipped_zip(path):
    """The image's bytes no longer fit its checksum."""
    zipped()(path)
    data = bytearray(path.read_bytes())
    data[60] ^= 255
    path.write_bytes(data)


def npz(**arrays):
    return lambda path: np.savez(path, **arrays)


# Description: (file name, how to write it, words of the message).
BAD_FILES = {
    "empty folder": ("photos", empty_folder, "no images in this folder.*png"),
    "zero bytes": (
        "photos",
        folder_with(a=b""),
        r"1 of 2 images.*a.png \(the file is empty\)",
    ),
    "no images": (
        "photos",
        folder_with(a=b"text", b=b"more"),
        r"2 of 3 images.*a.png \(not an image\); b.png \(not an image\)",
    ),
    "many broken": (
        "photos",
        folder_with(**{f"f{i:02}": b"x" for i in range(30)}),
        "30 of 31 images.*f09.png.*and 20 more",
    ),
    "cut off": ("photos", folder_with_cut_off_image, "1 of 2.*cut.jpg.*trunc"),
    "bomb": ("photos", folder_with_bomb, r"bomb.png \(.*pixels"),
    "link to nothing": (
        "photos",
        folder_with_link_to_nothing,
        r"gone.png \(a link to nothing\)",
    ),
    "pipe": ("photos", folder_with_pipe, r"pipe.png \(not a regular file\)"),
    "floats": ("photos", folder_of_floats, r"depth.tif \(floating-point"),
    "one pixel": ("photos", folder_with_dot, "smallest image is 1 pixels wide"),
    "HEIC": ("photos", folder_of_telephone, "1 .heic file.*JPEG"),
    "damaged pyramid": ("shared", damaged_pyramid, "its format is None"),
    "no zip": ("a.zip", lambda p: p.write_text("a"), "as a zip archive"),
    "cut off zip": ("a.zip", cut_zip, "as a zip archive.*cut off"),
    "empty zip": (
        "a.zip",
        lambda p: zipfile.ZipFile(p, "w").close(),
        "no images in this archive",
    ),
    "zip with twins": ("a.zip", zip_with_twins, "more than once 'a.png'"),
    "zip of text": (
        "a.zip",
        zipped(b=b"text"),
        r"1 of 2 images.*b.png \(not an image\)",
    ),
    "zip with a wrong bit": ("a.zip", flipped_zip, r"good.png \(Bad CRC"),
    "cut off npz": (
        "a.npz",
        lambda p: (
            np.savez(p, images=PIXELS),
            p.write_bytes(p.read_bytes()[:-40]),
        ),
        "NumPy archive",
    ),
    "cut off npy": (
        "a.npy",
        lambda p: (np.save(p, PIXELS), p.write_bytes(p.read_bytes()[:-40])),
        "file ends too early",
    ),
    "text file": ("a.txt", lambda p: p.write_text("a"), "kind of file.*a.txt"),
    "broken npy": ("a.npy", lambda p: p.write_text("a"), "read as a NumPy arr"),
    "empty npy": ("a.npy", lambda p: p.touch(), "read as a NumPy array"),
    "pickled npy": (
        "a.npy",
        lambda p: np.save(p, np.array([{}]), allow_pickle=True),
        "another dtype.*object",
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


@pytest.mark.filterwarnings("ignore:.*cannot be read and are left out")
@pytest.mark.parametrize(
    "case",
    [
        c
        for c in BAD_FILES
        if BAD_FILES[c][2].startswith(("bomb", "gone", "pipe"))
    ],
)
def test_broken_images_among_good_ones_can_be_left_out(case, tmp_path):
    name, write, _ = BAD_FILES[case]
    write(tmp_path / name)
    images = load(tmp_path / name, skip_broken=True)
    assert len(images) == len(images.skipped) == 1


def test_a_wrong_path_suggests_its_neighbour(tmp_path):
    (tmp_path / "my_faces").mkdir()
    with pytest.raises(FileNotFoundError, match="Did you mean '.*my_faces'"):
        load(tmp_path / "my_face")


def test_an_unwritable_cache_says_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="PROGAN_KERAS_CACHE.*Received"):
        load(PIXELS, cache_dir=tmp_path / "file" / "cache")


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    folder_with()(tmp_path / "photos")
    (tmp_path / "photos" / "private").mkdir()

    scandir = os.scandir

    def refuse(path):
        if os.fspath(path).endswith("private"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    # Whoever runs the tests may be allowed to read everything.
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ValueError) as error:
        load(tmp_path / "photos")
    assert_clear(error.value, "cannot be read .Permission denied.*private")


def test_a_circle_of_links_is_left_out_with_a_warning(tmp_path):
    folder_with()(tmp_path / "photos")
    (tmp_path / "photos" / "again").symlink_to(tmp_path / "photos")
    with pytest.warns(UserWarning, match="lead back.*'again'"):
        assert len(load(tmp_path / "photos")) == 1


UNUSUAL = {
    "animated GIF": "a.gif",
    "CMYK": "a.jpg",
    "Unicode and spaces": "Ünïcode 写真 📷.png",
    "line break": "a\nb.png",
    "no UTF-8": os.fsdecode(b"a\xff.png"),
    "capitals": "A.PNG",
    "wrong suffix": "really_a_png.jpg",
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_unusual_pictures_are_read_all_the_same(case, tmp_path):
    mode = "CMYK" if case == "CMYK" else "RGB"
    picture = Image.new(mode, (8, 8))
    kind = {"animated GIF": "gif", "CMYK": "jpeg"}.get(case, "png")
    more = {}
    if kind == "gif":
        more = {"save_all": True, "append_images": [picture.copy()]}
    (tmp_path / "photos").mkdir()
    picture.save(tmp_path / "photos" / UNUSUAL[case], kind, **more)
    assert load(tmp_path / "photos").at(8).shape == (1, 8, 8, 3)


def assert_clear(error, words):
    """The message has the words, says what was received, and is short."""
    assert re.search(words, str(error))
    assert "Received: " in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 600
