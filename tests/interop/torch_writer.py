"""A small `torch.save`, for tests: the same files, without PyTorch."""

import collections
import io
import pickle
import sys
import types
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np

# PyTorch's class of a storage -> the type of its numbers here. There is no
# bfloat16 in NumPy: those are given as their bits.
TYPES = {
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "DoubleStorage": "float64",
    "LongStorage": "int64",
    "BFloat16Storage": "uint16",
}


class Storage:
    """A row of numbers, and how many of them the file says there are."""

    def __init__(self, numbers, count=None):
        self.numbers = np.ravel(numbers)
        self.count = len(self.numbers) if count is None else count

    @property
    def kind(self):
        found = [k for k, v in TYPES.items() if v == self.numbers.dtype.name]
        return found[0]


class Tensor:
    """A view of a storage; of one of its own for an array."""

    def __init__(self, numbers, shape=None, strides=None, offset=0):
        is_storage = isinstance(numbers, Storage)
        self.storage = numbers if is_storage else Storage(numbers)
        self.shape = np.shape(numbers) if shape is None else shape
        if strides is None:
            strides = np.cumprod((1, *self.shape[:0:-1]))[::-1].tolist()
        self.strides = tuple(strides) if self.shape else ()
        self.offset = offset


def save(contents, path, order="<", more=(), compression=zipfile.ZIP_STORED):
    """Write `contents`, with arrays and `Tensor`s as PyTorch's tensors.

    Args:
        contents: What to save.
        path: File to write; its stem becomes the folder in the archive.
        order: "<" or ">", the byte order.
        more: Pairs of further members' names and bytes.
        compression: Of the members.

    Returns:
        `path`.
    """
    description, storages = _pickle(contents)
    members = {
        "data.pkl": description,
        "byteorder": {"<": b"little", ">": b"big"}[order],
        **{
            f"data/{index}": numbers.astype(numbers.dtype.newbyteorder(order))
            for index, numbers in enumerate(storages)
        },
        "version": b"3\n",
        **dict(more),
    }
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(f"{Path(path).stem}/{name}", bytes(data))
    return path


def _pickle(contents):
    """Return the pickle's bytes, and the numbers of its storages."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in TYPES:
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        """Only its name is written."""

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    file, storages = io.BytesIO(), []

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if not isinstance(thing, Storage):
                return None
            if thing not in storages:
                storages.append(thing)
            key, kind = storages.index(thing), getattr(torch, thing.kind)
            return "storage", kind, str(key), "cpu", thing.count

        def reducer_override(self, thing):
            if isinstance(thing, np.ndarray):
                thing = Tensor(thing)
            if not isinstance(thing, Tensor):
                return NotImplemented
            view = thing.offset, thing.shape, thing.strides
            hooks = collections.OrderedDict()
            return _rebuild_tensor_v2, (thing.storage, *view, False, hooks)

    modules = {"torch": torch, "torch._utils": utils}
    with mock.patch.dict(sys.modules, modules):
        Pickler(file, protocol=2).dump(contents)
    return file.getvalue(), [storage.numbers for storage in storages]
