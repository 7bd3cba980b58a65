"""Files of torch.save before PyTorch 1.6, without PyTorch."""

import collections
import io
import pickle
import struct
import sys
import types
from unittest import mock

import numpy as np
import pytest

from progan_keras.metrics.features.old_torch_file import load_old_torch_file

KINDS = {"float32": "FloatStorage", "int64": "LongStorage"}
MAGIC = 0x1950A86A20F9469CFC6C
VALUES = {
    "kernel": np.arange(24, dtype="float32").reshape(2, 3, 4),
    "count": np.array(7, dtype="int64"),
    "bias": np.array([0.5, -1], dtype="float32"),
}


class Tensor:
    def __init__(self, key, shape, strides, count):
        self.storage, self.shape, self.strides = (key, count), shape, strides


def old_file(tensors, order, magic=MAGIC):
    """The bytes of a file: pickles, then the storages in that order."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in KINDS.values():
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        """Only its name is written."""

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if not isinstance(thing, tuple) or thing[:1] not in keys:
                return None
            kind = KINDS[VALUES[thing[0]].dtype.name]
            return (
                "storage",
                getattr(torch, kind),
                *thing[:1],
                "cpu",
                thing[1],
                None,
            )

        def reducer_override(self, thing):
            if not isinstance(thing, Tensor):
                return NotImplemented
            rest = (thing.shape, thing.strides, False, None)
            return _rebuild_tensor_v2, (thing.storage, 0, *rest)

    keys = {(key,) for key in order}
    file = io.BytesIO()
    for facts in (magic, 1001, {"little_endian": True}):
        pickle.dump(facts, file, protocol=2)
    with mock.patch.dict(sys.modules, {"torch": torch, "torch._utils": utils}):
        Pickler(file, protocol=2).dump(collections.OrderedDict(tensors))
    pickle.dump(order, file, protocol=2)
    for key in order:
        file.write(struct.pack("<q", VALUES[key].size) + VALUES[key].tobytes())
    return file.getvalue()


def whole(name):
    """The tensor that is all of a storage, row by row."""
    value = VALUES[name]
    strides = tuple(step // value.itemsize for step in value.strides)
    return Tensor(name, value.shape, strides, value.size)


TENSORS = {name: whole(name) for name in VALUES}
FILE = old_file(TENSORS, ["bias", "count", "kernel"])


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "model.pth"
    path.write_bytes(FILE)
    return path


def test_what_was_saved_comes_back(path):
    loaded = load_old_torch_file(path)
    assert list(loaded) == list(VALUES)
    for name, value in VALUES.items():
        found = loaded[name].read()
        assert found.dtype == value.dtype
        np.testing.assert_array_equal(found, value)


def test_strides_are_honoured(path):
    transposed = Tensor("kernel", (4, 6), (1, 4), 24)
    path.write_bytes(old_file({"kernel": transposed}, ["kernel"]))
    np.testing.assert_array_equal(
        load_old_torch_file(path)["kernel"].read(),
        VALUES["kernel"].reshape(6, 4).T,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        FILE[:-1],
        FILE + b"x",
        FILE[:500],
        b"PK\x03\x04" + bytes(99),
        old_file(TENSORS, ["bias", "count", "kernel"], magic=1),
        old_file({"a": Tensor("bias", (9, 9), (0, 0), 2)}, ["bias"]),
        old_file({"bias": TENSORS["bias"]}, ["bias", "count"]),
    ],
)
def test_a_damaged_file_and_one_of_another_kind_are_told(path, data):
    path.write_bytes(data)
    with pytest.raises(ValueError) as caught:
        load_old_torch_file(path)
    assert "Received: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_in_a_file_is_run(path):
    class Attack:
        def __reduce__(self):
            return eval, ("1/0",)

    path.write_bytes(FILE[:0] + pickle.dumps(Attack(), protocol=2))
    with pytest.raises(ValueError, match="eval"):
        load_old_torch_file(path)
