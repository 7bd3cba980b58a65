"""Arrays in `.npy` and `.npz` files, read slice by slice.

A memory map would count every page that was read as memory of the process;
reading from the file does not.
"""

import contextlib
import math
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# What broken files raise.
UNREADABLE = (EOFError, ValueError, zipfile.BadZipFile, zlib.error)
_LONGEST_HEADER = 2**16  # bytes; NumPy's own stay far below
_MOST_BYTES = 2**60


@dataclass(frozen=True)
class ArrayFile:
    """What the header of an array in a file says.

    Attributes:
        open: callable without arguments, gives a context manager of a binary
            stream that starts with the header.
        shape: tuple of int.
        dtype: `np.dtype`.
        fortran_order: bool, whether the first axis varies fastest.
    """

    open: Callable
    shape: tuple
    dtype: np.dtype
    fortran_order: bool

    def read(self, step):
        """Yields the array in pieces of `step` rows.

        Raises:
            EOFError: if the file ends too early.
        """
        if self.fortran_order:  # the rows do not follow each other
            whole = self.load()
            for first in range(0, len(whole), step):
                yield whole[first : first + step]
            return
        with self.open() as stream:
            _read_header(stream)
            for first in range(0, self.shape[0], step):
                rows = min(step, self.shape[0] - first)
                shape = (rows, *self.shape[1:])
                num_bytes = math.prod(shape) * self.dtype.itemsize
                data = stream.read(num_bytes)
                if len(data) < num_bytes:
                    raise EOFError("the file ends too early")
                yield np.frombuffer(data, self.dtype).reshape(shape)

    def load(self):
        """Returns the whole array."""
        with self.open() as stream:
            return np.lib.format.read_array(stream, allow_pickle=False)


def open_npy(path):
    """Reads the header of a `.npy` file.

    Raises:
        EOFError, ValueError: if it is none.
    """
    return _array_file(lambda: open(path, "rb"))


def open_npz(path):
    """Reads the headers of a `.npz` file.

    Returns:
        Dict from names to `ArrayFile`.

    Raises:
        EOFError, ValueError, zipfile.BadZipFile, zlib.error: if it is none.
    """
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.namelist() if m.endswith(".npy")]
    return {
        member.removesuffix(".npy"): _array_file(_opener(path, member))
        for member in members
    }


def _opener(path, member):
    @contextlib.contextmanager
    def open_member():
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            yield stream

    return open_member


def _array_file(open_stream):
    with open_stream() as stream:
        shape, fortran_order, dtype = _read_header(_Start(stream))
    if min(shape, default=0) < 0 or (
        math.prod(shape) * dtype.itemsize > _MOST_BYTES
    ):
        raise ValueError("it announces an impossible shape")
    return ArrayFile(open_stream, shape, dtype, fortran_order)


class _Start:
    """A stream that gives no more at once than a header takes.

    Otherwise a few compressed bytes could announce gigabytes of header.
    """

    def __init__(self, stream):
        self._stream = stream

    def read(self, size):
        if size > _LONGEST_HEADER:
            raise ValueError(f"its header has {size:,} bytes")
        return self._stream.read(size)


def _read_header(stream):
    """Returns `(shape, fortran_order, dtype)` and leaves the data next."""
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    return np.lib.format.read_array_header_2_0(stream)
