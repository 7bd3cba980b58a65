"""Reading what `torch.save` wrote, without PyTorch.

Since PyTorch 1.6 such a file is a zip archive that compresses nothing:

    model/data.pkl     a pickle of everything but the numbers
    model/data/0       the numbers of one storage, 1, 2, ... those of others
    model/byteorder    "little" or "big"; little where it is missing

The pickle names a storage by its member, and a tensor is a view of one. Only
what is asked for is read.
"""

import contextlib
import io
import math
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from progan_keras.interop.restricted_pickle import restricted_load

# Storage in the pickle -> type of its numbers.
_STORAGES = {
    "BFloat16Storage": "bfloat16",
    "HalfStorage": "float16",
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "LongStorage": "int64",
    "IntStorage": "int32",
}
_LARGEST_PICKLE = 2**24  # bytes; thousands of tensors take less than one MB
_OLD_FORMAT = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
# What the zip reader raises for a damaged archive, besides OSError.
_DAMAGE = (
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def load_torch_file(path):
    """Read a file of `torch.save`, its numbers only when asked for.

    Args:
        path: File that PyTorch 1.6 or newer wrote.

    Returns:
        What was saved: dicts (also for OrderedDicts), lists, numbers and
        strings, with a `StoredTensor` for every tensor.

    Raises:
        OSError: if the file cannot be read.
        UnsafePickleError: if it holds anything else. Nothing of it is run.
        ValueError: if it is damaged, or of another kind.
    """
    path = Path(path).expanduser()
    _check_kind(path)
    with _open_archive(path) as archive:
        folder = _find_folder(archive, path)
        description = archive.read(f"{folder}/data.pkl")
        order = "<"
        if f"{folder}/byteorder" in archive.namelist():
            big = archive.read(f"{folder}/byteorder") == b"big"
            order = ">" if big else "<"

    def find_storage(persistent_id):
        kind, dtype, key, _, count = persistent_id
        if kind != "storage" or dtype not in _STORAGES.values():
            raise ValueError("something is referred to that is no storage")
        member = f"{folder}/data/{_text(key)}"
        return _Storage(path, member, order, dtype, _whole(count))

    allowed = {("torch", name): dtype for name, dtype in _STORAGES.items()}
    allowed["collections", "OrderedDict"] = _PlainDict
    allowed["torch._utils", "_rebuild_tensor_v2"] = _rebuild_tensor
    return restricted_load(io.BytesIO(description), allowed, find_storage)


class StoredTensor(NamedTuple):
    """A tensor whose numbers are still in the file.

    Attributes:
        storage: Where they are.
        offset: Integer, the first of them.
        shape: Tuple of integers.
        strides: Tuple of integers, numbers from one entry of an axis to the
            next.
    """

    storage: "_Storage"
    offset: int
    shape: tuple
    strides: tuple

    def read(self):
        """Return the numbers, an array of `shape`; bfloat16 as float32.

        Raises:
            ValueError: if the file is damaged there.
            OSError: if it cannot be read.
        """
        data, dtype = self.storage.read()
        size = dtype.itemsize
        try:
            # NumPy checks that no entry lies outside of the buffer.
            view = np.ndarray(
                self.shape,
                dtype,
                buffer=data,
                offset=self.offset * size,
                strides=[stride * size for stride in self.strides],
            )
        except (OverflowError, TypeError, ValueError) as error:
            raise _damaged(self.storage.path, error) from error
        if self.storage.dtype == "bfloat16":
            # The upper half of a float32.
            return (view.astype(np.uint32) << 16).view(np.float32)
        return view.astype(dtype.newbyteorder("="))


class _Storage(NamedTuple):
    """A member of the archive that holds `count` numbers."""

    path: Path
    member: str
    order: str
    dtype: str
    count: int

    def read(self):
        """Return its bytes and the `np.dtype` to see them as."""
        kind = "uint16" if self.dtype == "bfloat16" else self.dtype
        dtype = np.dtype(kind).newbyteorder(self.order)
        expected = self.count * dtype.itemsize
        with _open_archive(self.path) as archive:
            size = archive.getinfo(self.member).file_size
            if size != expected:
                raise zipfile.BadZipFile(
                    f"{self.member} has {size} bytes in place of {expected}"
                )
            return archive.read(self.member), dtype


class _PlainDict(dict):
    """A dict that stands for an OrderedDict, without its attributes."""

    def __setstate__(self, state):
        """Leave out what PyTorch notes down about its modules' versions."""


def _rebuild_tensor(storage, offset, shape, strides, *_):
    """Stand for the function of this purpose in PyTorch."""
    if not isinstance(storage, _Storage):
        raise TypeError("a tensor without a storage")
    shape = tuple(_whole(size) for size in shape)
    strides = tuple(_whole(stride) for stride in strides)
    # A stride of 0 could make a terabyte out of one number.
    if math.prod(shape) > storage.count:
        raise ValueError(f"a tensor larger than {storage.member}")
    return StoredTensor(storage, _whole(offset), shape, strides)


def _whole(value):
    if type(value) is not int or value < 0:
        raise TypeError("a size that is not a whole number")
    return value


def _text(value):
    if type(value) is not str:
        raise TypeError("a name that is not a string")
    return value


def _check_kind(path):
    """Tell what is no such file by its first bytes."""
    received = f"Received: path={str(path)!r}"
    if path.is_dir():
        raise IsADirectoryError(
            f"This is a folder; give the file of weights in it. {received}"
        )
    if not path.exists():
        raise FileNotFoundError(
            f"There is no such file; check its name and folder. {received}"
        )
    with open(path, "rb") as file:
        start = file.read(len(_OLD_FORMAT))
    if start == _OLD_FORMAT:
        raise ValueError(
            "This file is in the format of PyTorch before 1.6; save it again "
            f"with a newer one, torch.save(torch.load(path), path). {received}"
        )
    if not start.startswith(b"PK"):
        is_pickle = start.startswith(b"\x80")
        hint = " but a pickle: try load_karras2018" if is_pickle else ""
        raise ValueError(
            "This is not a zip archive, which torch.save writes"
            f"{hint}. {received}"
        )


@contextlib.contextmanager
def _open_archive(path):
    """Open a zip archive of which every member is as large as it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            file_size = path.stat().st_size
            for member in archive.infolist():
                _check_member(member, file_size)
            yield archive
    except _DAMAGE as error:
        raise _damaged(path, error) from error


def _check_member(member, file_size):
    """Refuse what would take more memory than the file takes on disk."""
    if member.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(f"{member.filename} is compressed")
    room = file_size - member.header_offset
    if not member.file_size == member.compress_size <= room <= file_size:
        raise zipfile.BadZipFile(f"{member.filename} is beyond the end")
    if member.filename.endswith(".pkl") and member.file_size > _LARGEST_PICKLE:
        raise zipfile.BadZipFile(f"{member.filename} is far too large")


def _find_folder(archive, path):
    """The folder that all members are in: torch.save's name for the file."""
    pickles = [
        name
        for name in archive.namelist()
        if re.fullmatch(r"[^/]+/data\.pkl", name)
    ]
    if len(pickles) != 1:
        raise ValueError(
            "This zip archive has no data.pkl where torch.save puts it. "
            f"Received: path={str(path)!r}"
        )
    return pickles[0].removesuffix("/data.pkl")


def _damaged(path, error):
    # The zip reader may quote a large part of the file.
    reason = str(error).strip("'\"")[:100] or type(error).__name__
    return ValueError(
        f"This file of torch.save is damaged or incomplete ({reason}); fetch "
        f"or save it again. Received: path={str(path)!r}"
    )
