"""Reading what `torch.save` wrote before PyTorch 1.6, without PyTorch.

Such a file is several pickles, and numbers behind them:

    a magic number; the version of the format; facts about the machine
    everything but the numbers, as in newer files
    the keys of all storages, in the order in which they follow
    for each storage how many numbers it has (int64), and these
"""

import math
from pathlib import Path

import numpy as np

from progan_keras.interop.restricted_pickle import restricted_load
from progan_keras.interop.torch_file import StoredTensor

_MAGIC = 0x1950A86A20F9469CFC6C
_STORAGES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


def load_old_torch_file(path):
    """Read tensors by name, their numbers only when asked for.

    Args:
        path: File that PyTorch before 1.6 wrote on a little-endian machine:
            a dictionary of float32 and int64 tensors.

    Returns:
        Dictionary of `StoredTensor` by name.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is damaged, or of another kind. Nothing of it is
            run.
    """
    path, storages = Path(path), {}

    def find_storage(persistent_id):
        _, dtype, key, _, count, _ = persistent_id
        return storages.setdefault(key, _Storage(path, dtype, count))

    allowed = {("torch", name): dtype for name, dtype in _STORAGES.items()}
    allowed["collections", "OrderedDict"] = _PlainDict
    allowed["torch._utils", "_rebuild_tensor_v2"] = _rebuild_tensor
    with open(path, "rb") as file:
        if restricted_load(file, {}) != _MAGIC:
            raise _damaged(path)
        for _ in ("version", "machine"):
            restricted_load(file, {})
        tensors = restricted_load(file, allowed, find_storage)
        keys = restricted_load(file, {})
        place = file.tell()
    if not isinstance(tensors, dict) or sorted(keys) != sorted(storages):
        raise _damaged(path)
    for key in keys:
        storages[key].place = place + 8
        place += 8 + storages[key].size
    if place != path.stat().st_size:
        raise _damaged(path)
    return tensors


class _Storage:
    """Numbers in the file, of which a tensor is a view."""

    def __init__(self, path, dtype, count):
        self.path = path
        self.dtype = np.dtype(dtype)
        self.count = count
        self.size = count * self.dtype.itemsize
        self.place = None

    def read(self):
        """Return its bytes and the `np.dtype` to see them as."""
        with open(self.path, "rb") as file:
            file.seek(self.place)
            return file.read(self.size), self.dtype


class _PlainDict(dict):
    """A dict that stands for an OrderedDict, without its attributes."""

    def __setstate__(self, state):
        """Leave out what PyTorch notes down about its modules' versions."""


def _rebuild_tensor(storage, offset, shape, strides, *_):
    """Stand for the function of this purpose in PyTorch."""
    # A stride of 0 could make a terabyte out of one number.
    if math.prod(shape) > storage.count:
        raise ValueError("a tensor larger than its storage")
    return StoredTensor(storage, offset, shape, strides)


def _damaged(path):
    return ValueError(
        "This file of torch.save is damaged, or newer than PyTorch 1.5; "
        f"fetch it again. Received: path={str(path)!r}"
    )
