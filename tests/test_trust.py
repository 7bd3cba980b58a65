"""Files by anybody: nothing in them is run, and they cannot harm.

Each hostile file is met with a sentence. Nothing of it is executed, nothing is
written outside of where it belongs, and the memory stays small.
"""

import ast
import io
import json
import os
import pickle
import shutil
import struct
import tracemalloc
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from gan_checks import tiny
from PIL import Image

import progan_keras as pk
from progan_keras import recipes
from progan_keras.data import ImagePyramid, load
from progan_keras.training.film import film_run
from progan_keras.training.runs import find_run

PACKAGE = Path(pk.__file__).parent
MEGABYTE = 2**20
MOST_MEMORY = 64 * MEGABYTE  # what Python and NumPy set aside


class Trap:
    """Pickles as a call that makes a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def trap_in(folder):
    """A trap that leaves a mark beside a folder."""
    return Trap(folder / "executed")


def header(shape, dtype="|u1"):
    """The header of a `.npy` file, whatever follows it."""
    file = io.BytesIO()
    description = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, description)
    return file.getvalue()


def zipped(path, **members):
    """A zip of members, lists of equal pieces where they are large."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            with archive.open(name, "w", force_zip64=True) as file:
                pieces = content if isinstance(content, list) else [content]
                for piece in pieces:
                    file.write(piece)
    return path


def objects(folder):
    """An array that is a pickle of a trap, as the bytes of a `.npy` file."""
    file = io.BytesIO()
    traps = np.array([trap_in(folder)] * 2, object)
    np.lib.format.write_array(file, traps, allow_pickle=True)
    return file.getvalue()


def png_of(width, height):
    """A picture that claims a size, and has no pixels."""
    start = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, content in ((b"IHDR", start), (b"IDAT", zlib.compress(b""))):
        check = struct.pack(">I", zlib.crc32(kind + content))
        data += struct.pack(">I", len(content)) + kind + content + check
    return data


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A preset, a run and prepared images, to be changed."""
    folder = tmp_path_factory.mktemp("good")
    gan = tiny(num_classes=2)
    gan.save_preset(folder / "preset")
    pixels = np.zeros((4, 8, 8, 3), np.uint8)
    np.savez(folder / "x.npz", images=pixels, labels=np.arange(4) % 2)
    images = load(folder / "x.npz", resolution=8, cache_dir=folder / "cache")
    shutil.copytree(images.folder, folder / "pyramid")
    options = {
        "network": json.loads((folder / "preset/preset.json").read_text())[
            "network"
        ],
        "data": {"name": "x"},
        "training": {"stages": []},
    }
    del options["training"]["stages"]
    (folder / "run" / "checkpoints").mkdir(parents=True)
    (folder / "run" / "options.json").write_text(json.dumps(options))
    return folder


def edit(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


# Each takes a folder to write to, and returns what reads it. A copy of `good`
# is there.


def pickled_preset_weights(folder):
    zipped(folder / "preset" / "weights.npz", **{"clock.npy": objects(folder)})
    return lambda: pk.ProGAN.from_preset(folder / "preset")


def pickled_checkpoint(folder):
    zipped(
        folder / "run" / "checkpoints" / "0000000001.npz",
        **{"clock.npy": objects(folder)},
    )
    return lambda: pk.ProGAN.from_preset(folder / "run")


def preset_that_names_other_files(folder):
    edit(folder / "preset" / "preset.json", weights="../../x", network="../x")
    return lambda: pk.ProGAN.from_preset(folder / "preset")


def preset_of_deep_json(folder):
    (folder / "preset" / "preset.json").write_text('{"format":' * 10**5)
    return lambda: pk.ProGAN.from_preset(folder / "preset")


def pickled_level(folder):
    (folder / "pyramid" / "8.npy").write_bytes(objects(folder))
    return lambda: ImagePyramid(folder / "pyramid")


def pickled_labels(folder):
    zipped(folder / "pyramid" / "labels.npz", **{"0.npy": objects(folder)})
    return lambda: ImagePyramid(folder / "pyramid").stored_labels()


def level_of_a_terabyte(folder):
    shape = (4, 8, 8, 3)
    (folder / "pyramid" / "8.npy").write_bytes(header((10**12, *shape[1:])))
    edit(folder / "pyramid" / "pyramid.json", count=10**12)
    return lambda: ImagePyramid(folder / "pyramid")


def labels_of_a_terabyte(folder):
    content = header((10**11,), "<i8") + bytes(1000)
    zipped(folder / "pyramid" / "labels.npz", **{"0.npy": content})
    return lambda: ImagePyramid(folder / "pyramid").stored_labels()


def labels_without_a_class(folder):
    np.savez(folder / "pyramid" / "labels.npz", **{"0": np.array([0, 1, 2, 9])})
    return lambda: ImagePyramid(folder / "pyramid").stored_labels()


def labels_below_zero(folder):
    np.savez(
        folder / "pyramid" / "labels.npz", **{"0": np.array([0, 1, 0, -1])}
    )
    return lambda: ImagePyramid(folder / "pyramid").stored_labels()


def fingerprint_that_is_a_path(folder):
    edit(folder / "pyramid" / "pyramid.json", fingerprint="/../../outside")
    return lambda: load(folder / "pyramid", resolution=8)


def pickled_npy(folder):
    (folder / "x.npy").write_bytes(objects(folder))
    return lambda: load(folder / "x.npy", resolution=8)


def pickled_labels_of_npz(folder):
    pixels = header((2, 8, 8, 3)) + bytes(384)
    members = {"images.npy": pixels, "labels.npy": objects(folder)}
    zipped(folder / "y.npz", **members)
    return lambda: load(folder / "y.npz", resolution=8)


def npy_of_many_terabytes(folder):
    (folder / "x.npy").write_bytes(header((10**12, 8, 8, 3)))
    return lambda: load(folder / "x.npy", resolution=8)


def zip_of_ten_gigabytes(folder):
    zipped(folder / "x.zip", **{"a.png": b"x"})
    data = (folder / "x.zip").read_bytes()
    # What the directory says of the size, in the place where it is read.
    place = data.rindex(b"PK\x01\x02") + 24
    large = struct.pack("<I", 2**32 - 2)
    (folder / "x.zip").write_bytes(data[:place] + large + data[place + 4 :])
    return lambda: load(folder / "x.zip", resolution=8)


def zip_that_leads_outside(folder):
    zipped(folder / "x.zip", **{"../../executed/a.png": b"no picture"})
    return lambda: load(folder / "x.zip", resolution=8)


def picture_of_many_pixels(folder):
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(png_of(60_000, 60_000))
    return lambda: load(folder / "pictures", resolution=8)


def postscript_as_a_picture(folder):
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(POSTSCRIPT)
    return lambda: load(folder / "pictures", resolution=8)


def pickle_of_the_official_code(folder):
    (folder / "x.pkl").write_bytes(pickle.dumps((trap_in(folder),) * 3))
    return lambda: pk.ProGAN.from_preset(folder / "x.pkl")


def pickle_of_a_terabyte(folder):
    announced = pickle.BINBYTES8 + struct.pack("<Q", 10**12)
    (folder / "x.pkl").write_bytes(b"\x80\x04" + announced + b"x.")
    return lambda: pk.ProGAN.from_preset(folder / "x.pkl")


def torch_file(folder):
    with zipfile.ZipFile(folder / "x.bin", "w") as archive:
        archive.writestr("x/data.pkl", pickle.dumps(trap_in(folder), 2))
    return lambda: pk.ProGAN.from_preset(folder / "x.bin")


def torch_file_that_grows(folder):
    zipped(folder / "x.bin", **{"x/data.pkl": [bytes(MEGABYTE)] * 200})
    return lambda: pk.ProGAN.from_preset(folder / "x.bin")


def npz_of_a_long_header(folder):
    start = b"\x93NUMPY\x02\x00" + struct.pack("<I", 200 * MEGABYTE)
    content = [start] + [b" " * MEGABYTE] * 200
    zipped(folder / "x.npz", **{"images.npy": content})
    return lambda: load(folder / "x.npz", resolution=8)


def npz_of_a_large_picture(folder):
    content = [header((1, 20_000, 20_000, 3)), *[bytes(MEGABYTE)] * 200]
    zipped(folder / "x.npz", **{"images.npy": content})
    return lambda: load(folder / "x.npz", resolution=8)


def npy_of_no_number(folder):
    (folder / "x.npy").write_bytes(header((10**400, 8, 8, 3)))
    return lambda: load(folder / "x.npy", resolution=8)


def npy_of_less_than_nothing(folder):
    (folder / "x.npy").write_bytes(header((-5, 8, 8, 3)))
    return lambda: load(folder / "x.npy", resolution=8)


def data_set_that_names_code(folder):
    path = folder / "tfds" / "hostile" / "1.0.0" / "features.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"pythonClassName": "antigravity.Thing"}')
    data_dir = folder / "tfds"
    return lambda: load("hostile", resolution=8, data_dir=data_dir)


def film_of_postscript(folder):
    grid = folder / "run" / "grids" / "fakes-000001.png"
    grid.parent.mkdir()
    grid.write_bytes(POSTSCRIPT)
    return lambda: film_run(folder / "run", folder / "x.gif")


def film_of_many_pixels(folder):
    grid = folder / "run" / "grids" / "fakes-000001.png"
    grid.parent.mkdir()
    grid.write_bytes(png_of(60_000, 60_000))
    return lambda: film_run(folder / "run", folder / "x.gif")


def preset_of_large_networks(folder):
    network = {"resolution": 8, "fmap_base": 10**9, "fmap_max": 10**9}
    edit(folder / "preset" / "preset.json", network=network)
    return lambda: pk.ProGAN.from_preset(folder / "preset")


def recipe_of_deep_json(folder):
    (folder / "x.json").write_text("[" * 10**6)
    return lambda: recipes.get(folder / "x.json")


def recipe_of_many_digits(folder):
    (folder / "x.json").write_text('{"batch_size": 1' + "0" * 10**6 + "}")
    return lambda: recipes.get(folder / "x.json")


POSTSCRIPT = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 80 80
%%EndComments
(/tmp/executed) (w) file closefile showpage
%%EOF
"""

# What a file is: (what makes it, words of the sentence).
HOSTILE = {
    "weights with a pickle": (pickled_preset_weights, "damaged"),
    "checkpoint with a pickle": (pickled_checkpoint, "damaged"),
    "preset with paths": (preset_that_names_other_files, "network='../x'"),
    "preset that nests": (preset_of_deep_json, "nests too many"),
    "level with a pickle": (pickled_level, "8.npy"),
    "labels with a pickle": (pickled_labels, "labels.npz"),
    "huge level": (level_of_a_terabyte, "8.npy|4.npy"),
    "huge labels": (labels_of_a_terabyte, "labels.npz: it holds int64"),
    "labels beyond": (labels_without_a_class, "classes without a name"),
    "labels below": (labels_below_zero, "classes without a name"),
    "fingerprint": (fingerprint_that_is_a_path, "hexadecimal digits"),
    "array with a pickle": (pickled_npy, "object"),
    "npz labels with a pickle": (pickled_labels_of_npz, "Python objects"),
    "huge array": (npy_of_many_terabytes, "are needed"),
    "zip of 10 GB": (zip_of_ten_gigabytes, "1 GiB"),
    "zip with paths": (zip_that_leads_outside, "not an image"),
    "picture of 10 GB": (picture_of_many_pixels, "meant to fill the memory"),
    "program as a picture": (postscript_as_a_picture, "not an image"),
    "official pickle": (pickle_of_the_official_code, "was not run"),
    "pickle of 1 TB": (pickle_of_a_terabyte, "pickle"),
    "torch file": (torch_file, "was not run"),
    "torch file that grows": (torch_file_that_grows, "is compressed"),
    "npz of a long header": (npz_of_a_long_header, "its header has"),
    "npz of a large picture": (npz_of_a_large_picture, "to fill the memory"),
    "array of no number": (npy_of_no_number, "impossible shape"),
    "array below nothing": (npy_of_less_than_nothing, "impossible shape"),
    "data set with code": (data_set_that_names_code, "other code"),
    "film of a program": (film_of_postscript, "grid cannot be read"),
    "film of a bomb": (film_of_many_pixels, "grid cannot be read"),
    "huge networks": (preset_of_large_networks, "million parameters"),
    "recipe that nests": (recipe_of_deep_json, "nests too many"),
    "recipe of digits": (recipe_of_many_digits, "not JSON"),
}


def everything_in(folder):
    return set(folder.rglob("*"))


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_nothing_else(what, good, tmp_path):
    make, words = HOSTILE[what]
    folder = tmp_path / "a" / "b"
    shutil.copytree(good, folder)
    read = make(folder)
    before = everything_in(tmp_path)
    tracemalloc.start()
    try:
        with (
            warnings.catch_warnings(),
            pytest.raises((ValueError, OSError), match=words) as error,
        ):
            warnings.simplefilter("ignore")
            read()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 700
    assert most < MOST_MEMORY
    assert everything_in(tmp_path) == before
    assert not os.path.exists("/tmp/executed")


@pytest.mark.parametrize("path", [None, 3, b"preset", ["a"]])
def test_what_is_no_path_is_told(path):
    with pytest.raises(ValueError, match="Received: path="):
        pk.ProGAN.from_preset(path)


def test_the_files_that_were_changed_are_good_before(good):
    pk.ProGAN.from_preset(good / "preset")
    labels = ImagePyramid(good / "pyramid").stored_labels()
    assert labels.indices.tolist() == [0, 1, 0, 1]
    assert find_run(good / "run").checkpoints == []


# Calls by which a file could be executed, or written to where it likes.
FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "__import__",
    "Lambda",
    "load_model",
    "TFSMLayer",
    "extractall",
    "unpack_archive",
    "system",
    "popen",
    "Popen",
    "Unpickler",
    "enable_unsafe_deserialization",
}
FORBIDDEN_OF_MODULES = {
    ("pickle", "load"),
    ("pickle", "loads"),
    ("torch", "load"),
    ("saved_model", "load"),
    ("yaml", "load"),
    ("marshal", "loads"),
}
FORBIDDEN_ARGUMENTS = {
    ("allow_pickle", True),
    ("safe_mode", False),
    ("shell", True),
}


def suspicious(call):
    """What is wrong with a call, or None."""
    function = call.func
    name = getattr(function, "attr", getattr(function, "id", None))
    owner = getattr(function, "value", None)
    owner = getattr(owner, "attr", getattr(owner, "id", None))
    given = {
        (keyword.arg, getattr(keyword.value, "value", None))
        for keyword in call.keywords
    }
    if name in FORBIDDEN_CALLS or (owner, name) in FORBIDDEN_OF_MODULES:
        return f"{owner}.{name}"
    if given & FORBIDDEN_ARGUMENTS:
        return str(given & FORBIDDEN_ARGUMENTS)
    if (owner, name) == ("np", "load") and ("allow_pickle", False) not in given:
        return "np.load without allow_pickle=False"
    return None


# They run what was exported a moment before, in a process of their own.
LOADS_OF_RUNNERS = {
    ("run_keras.py", "models.load_model"),
    ("run_saved_model.py", "saved_model.load"),
}


def test_nothing_in_the_package_runs_what_it_reads():
    found = {
        (path.name, suspicious(node))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and suspicious(node)
    }
    assert found == LOADS_OF_RUNNERS


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "pickle.load(file)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "keras.models.load_model(path)",
        "keras.layers.Lambda(f)",
        "tf.saved_model.load(path)",
        "archive.extractall(folder)",
    ],
)
def test_such_calls_would_be_found(source):
    assert suspicious(ast.parse(source).body[0].value)


def test_a_picture_of_a_bomb_is_one_for_pillow_too():
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(png_of(60_000, 60_000)))
