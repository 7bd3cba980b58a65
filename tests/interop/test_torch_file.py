"""Files of torch.save: what is in them, and nothing that they ask for."""

import collections
import os
import pickle
import zipfile

import numpy as np
import pytest
import torch_writer
from torch_writer import Storage, Tensor

from progan_keras.interop.restricted_pickle import UnsafePickleError
from progan_keras.interop.torch_file import load_torch_file

RANDOM = np.random.default_rng(0)
MATRIX = RANDOM.normal(size=(4, 3)).astype("float32")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.bin"


def saved_and_loaded(contents, path, **kwargs):
    return load_torch_file(torch_writer.save(contents, path, **kwargs))


def assert_refused(path, *words):
    with pytest.raises(ValueError) as caught:
        load_torch_file(path)
    assert_one_sentence(caught.value, *words)


def assert_one_sentence(error, *words):
    message = str(error)
    assert "Received: " in message
    assert "\n" not in message
    assert len(message) < 400
    for word in words:
        assert word in message


def test_what_was_saved_comes_back(path):
    contents = {"a": [1, 2.5, None, True], "b": ("text", {"c": -(2**40)})}
    assert saved_and_loaded(contents, path) == contents


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64"])
def test_a_tensor_has_its_numbers_and_type(path, dtype, order):
    expected = (10 * MATRIX).astype(dtype)
    array = saved_and_loaded([expected], path, order=order)[0].read()
    assert array.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize("order", ["<", ">"])
def test_bfloat16_is_read_as_float32(path, order):
    bits = np.array([[0x3F80, 0xC000], [0x3E20, 0x7F80]], "uint16")
    array = saved_and_loaded(bits, path, order=order).read()
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, [[1.0, -2.0], [0.15625, np.inf]])


def test_a_file_that_does_not_name_its_byte_order_is_little_endian(path):
    data = torch_writer.save(MATRIX, path).read_bytes()
    # As PyTorch before 2.1 wrote it.
    path.write_bytes(data.replace(b"model/byteorder", b"model/somewhere"))
    np.testing.assert_array_equal(load_torch_file(path).read(), MATRIX)


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,)])
def test_scalars_and_empty_tensors_keep_their_shape(path, shape):
    array = saved_and_loaded(np.ones(shape, "float32"), path).read()
    np.testing.assert_array_equal(array, np.ones(shape), strict=False)
    assert array.shape == shape


def test_views_of_one_storage_honour_offset_and_strides(path):
    storage = Storage(MATRIX)
    contents = [
        Tensor(storage, shape=(3, 4), strides=(1, 3)),
        Tensor(storage, shape=(2, 2), strides=(6, 1), offset=4),
    ]
    transposed, part = saved_and_loaded(contents, path)
    np.testing.assert_array_equal(transposed.read(), MATRIX.T)
    np.testing.assert_array_equal(part.read(), MATRIX[1::2, 1:])


def test_numbers_are_read_only_when_asked_for(path):
    wanted, damaged = saved_and_loaded([MATRIX, MATRIX + 1.0], path)
    data = path.read_bytes()
    path.write_bytes(data.replace((MATRIX + 1.0).tobytes(), b"x" * 48))
    np.testing.assert_array_equal(wanted.read(), MATRIX)
    with pytest.raises(ValueError) as caught:
        damaged.read()
    assert_one_sentence(caught.value, "damaged", str(path))


def test_the_attributes_of_a_dict_are_left_aside(path):
    # As PyTorch saves a state_dict, but with what would hide its methods.
    saved = collections.OrderedDict(a=1)
    saved._metadata, saved.get = {"version": 1}, "no method"
    loaded = saved_and_loaded(saved, path)
    assert loaded.get("a") == 1
    assert not hasattr(loaded, "_metadata")


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    missing = tmp_path / "missing.bin"
    for path, kind in (missing, FileNotFoundError), (tmp_path, OSError):
        with pytest.raises(kind) as caught:
            load_torch_file(path)
        assert_one_sentence(caught.value, str(path))


def test_the_format_before_pytorch_1_6_is_told_with_a_way_out(path):
    magic = 0x1950A86A20F9469CFC6C
    path.write_bytes(pickle.dumps(magic, protocol=2) + b"more")
    assert_refused(path, "1.6", "torch.save(torch.load(path), path)")


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"", "not a zip archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "not a zip archive"),
        (pickle.dumps(("G", "D", "Gs")), "load_karras2018"),
    ],
    ids=["nothing", "a picture", "a pickle"],
)
def test_files_of_another_kind_are_told(path, data, hint):
    path.write_bytes(data)
    assert_refused(path, hint, str(path))


@pytest.mark.parametrize("names", [[], ["data.pkl"], ["a/data.pkl"] * 2])
def test_a_zip_archive_of_another_kind_is_told(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for index, name in enumerate(["read.me", *names]):
            archive.writestr(f"{'b' * index}{name}", "hello")
    assert_refused(path, "no data.pkl", str(path))


def test_a_file_that_ends_early_is_told_wherever_it_ends(path):
    data = torch_writer.save({"a": MATRIX}, path).read_bytes()
    for end in range(2, len(data), 7):
        path.write_bytes(data[:end])
        assert_refused(path, "damaged or incomplete", str(path))


def test_damage_anywhere_is_told_or_harmless(path):
    data = torch_writer.save({"a": MATRIX}, path).read_bytes()
    told = 0
    for place in range(4, len(data)):
        damaged = bytearray(data)
        damaged[place] ^= (0x01, 0x80, 0xFF)[place % 3]
        path.write_bytes(damaged)
        try:
            array = load_torch_file(path)["a"].read()
        except ValueError as error:
            assert_one_sentence(error)
            told += 1
        else:
            np.testing.assert_array_equal(array, MATRIX)
    assert told > len(data) // 2


def test_members_that_would_grow_in_memory_are_refused(path):
    zeros = np.zeros(10**6, "float32")
    torch_writer.save(zeros, path, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 10**5
    assert_refused(path, "is compressed")


def test_a_pickle_of_many_megabytes_is_refused(path):
    torch_writer.save({"a": "b" * (2**24 + 1)}, path)
    assert_refused(path, "far too large")


@pytest.mark.parametrize("count", [11, 13, 10**15])
def test_a_storage_of_another_size_than_claimed_is_told(path, count):
    tensor = Tensor(Storage(MATRIX, count), shape=(11,), strides=(1,))
    loaded = saved_and_loaded(tensor, path)
    with pytest.raises(ValueError) as caught:
        loaded.read()
    assert_one_sentence(caught.value, "48 bytes", str(path))


@pytest.mark.parametrize(
    "view",
    [
        {"shape": (12,), "strides": (1,), "offset": 1},
        {"shape": (4, 3), "strides": (4, 1)},
        {"shape": (4, 3), "strides": (2**62, 1)},
        {"shape": (4, 3), "strides": (1,)},
        {"shape": (1,) * 65, "strides": (1,) * 65},
    ],
)
def test_a_view_beyond_its_storage_is_told(path, view):
    loaded = saved_and_loaded(Tensor(Storage(MATRIX), **view), path)
    with pytest.raises(ValueError) as caught:
        loaded.read()
    assert_one_sentence(caught.value, "damaged", str(path))


@pytest.mark.parametrize(
    "view",
    [
        {"shape": (10**6, 10**6), "strides": (0, 0)},
        {"shape": (-1,), "strides": (1,)},
        {"shape": (2,), "strides": (-1,), "offset": 1},
        {"shape": (2.0,), "strides": (1,)},
        {"shape": (2,), "strides": (1,), "offset": True},
    ],
)
def test_a_view_that_is_none_is_told(path, view):
    torch_writer.save(Tensor(Storage(MATRIX), **view), path)
    assert_refused(path)


def test_a_missing_storage_is_told(path):
    torch_writer.save(MATRIX, path)
    data = path.read_bytes().replace(b"model/data/0", b"model/data/1")
    path.write_bytes(data)
    with pytest.raises(ValueError) as caught:
        load_torch_file(path).read()
    assert_one_sentence(caught.value, "model/data/0")


class Command:
    """Runs a command where it is unpickled."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.system, (f"touch {self.file}",)


def test_nothing_that_a_file_asks_for_is_run(path):
    trace = path.with_name("trace")
    torch_writer.save({"a": MATRIX, "b": [Command(trace)]}, path)
    with pytest.raises(UnsafePickleError) as caught:
        load_torch_file(path)
    assert_one_sentence(caught.value, "system")
    assert not trace.exists()


@pytest.mark.parametrize(
    "description",
    [
        # A persistent id of no storage.
        b"\x80\x02X\x04\x00\x00\x00helloQ.",
        b"(X\x06\x00\x00\x00moduleX\x07\x00\x00\x00float32X\x01\x00\x00\x000"
        b"X\x03\x00\x00\x00cpuK\x01tQ.",
        # A tensor of something that is no storage.
        b"ctorch._utils\n_rebuild_tensor_v2\n(K\x01K\x00))tR.",
        # A state for a function that outlives the file.
        b"ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00aK\x01sb.",
    ],
)
def test_a_pickle_that_pytorch_would_not_write_is_told(path, description):
    torch_writer.save(None, path, more=[("data.pkl", description)])
    assert_refused(path)
