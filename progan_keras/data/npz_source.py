"""An array in a `.npz` file as a source, never in memory as a whole.

Other arrays in the file may be labels: "labels" with the names of its classes
in "class_names", or any field with its names in "<field>_names".
"""

import math
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from progan_keras.data.array_source import ArraySource
from progan_keras.data.labels import check_label_shape
from progan_keras.data.source import file_key, unknown_field

_UNREADABLE = (EOFError, ValueError, zipfile.BadZipFile, zlib.error)


class NpzSource(ArraySource):
    """The array called "images", or else the only one with 3 or 4 axes.

    Args:
        path: `pathlib.Path` of an existing file.

    Raises:
        ValueError: if the file does not hold such an array of images.
    """

    def __init__(self, path):
        arrays = _list_arrays(path)
        images = _choose(arrays, path)
        super().__init__(images, path.stem, f"file {path}", file_key(path))
        self._others = {
            name: array for name, array in arrays.items() if array is not images
        }

    def labels(self, field=None):
        """Returns the array "labels", or the one that is named.

        Raises:
            ValueError: if there is none of this name, or it cannot be read.
        """
        if field is None and "labels" not in self._others:
            return None
        field = "labels" if field is None else field
        if field not in self._others:
            known = [
                name
                for name, array in sorted(self._others.items())
                if array.shape[:1] == (len(self),) and len(array.shape) <= 2
            ]
            raise unknown_field(self.description, field, known)
        # Known from the header, before an array of any size is read.
        check_label_shape(self._others[field].shape, len(self))
        names = "class_names" if field == "labels" else f"{field}_names"
        class_names = self._load(names) if names in self._others else None
        return self._load(field), class_names

    def _load(self, name):
        """Reads a whole array."""
        path = self._array.path
        if self._others[name].dtype.hasobject:
            raise ValueError(
                f'The array "{name}" holds Python objects, which are not '
                f"read. Save it as `{name}.astype(str)`, or as numbers. "
                f"Received: source={str(path)!r}"
            )
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return arrays[name]
        except _UNREADABLE as error:
            raise _unreadable(path, error) from error

    def _read(self, step):
        try:
            yield from self._array.read(step)
        except _UNREADABLE as error:
            raise _unreadable(self._array.path, error) from error


@dataclass(frozen=True)
class ZippedArray:
    """What the header of an array in a `.npz` file says.

    Attributes:
        path: `pathlib.Path` of the `.npz` file.
        member: str, name of the array's file in it.
        shape: tuple of int.
        dtype: `np.dtype`.
        fortran_order: bool, whether the first axis varies fastest.
    """

    path: Path
    member: str
    shape: tuple
    dtype: np.dtype
    fortran_order: bool

    def read(self, step):
        """Yields the array in pieces of `step` rows.

        Raises:
            EOFError: if the file ends too early.
        """
        if self.fortran_order:  # the rows do not follow each other
            with np.load(self.path, allow_pickle=False) as arrays:
                whole = arrays[self.member.removesuffix(".npy")]
            for first in range(0, len(whole), step):
                yield whole[first : first + step]
            return
        with (
            zipfile.ZipFile(self.path) as archive,
            archive.open(self.member) as stream,
        ):
            _read_header(stream)
            for first in range(0, self.shape[0], step):
                rows = min(step, self.shape[0] - first)
                shape = (rows, *self.shape[1:])
                num_bytes = math.prod(shape) * self.dtype.itemsize
                data = stream.read(num_bytes)
                if len(data) < num_bytes:
                    raise EOFError("the file ends too early")
                yield np.frombuffer(data, self.dtype).reshape(shape)


def _list_arrays(path):
    """Reads the headers of all arrays in a `.npz` file."""
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.namelist() if m.endswith(".npy")]
            for member in members:
                with archive.open(member) as stream:
                    shape, fortran_order, dtype = _read_header(stream)
                arrays[member.removesuffix(".npy")] = ZippedArray(
                    path, member, shape, dtype, fortran_order
                )
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error
    return arrays


def _choose(arrays, path):
    """Picks the array of images."""
    if "images" in arrays:
        return arrays["images"]
    candidates = [a for a in arrays.values() if len(a.shape) in (3, 4)]
    if len(candidates) == 1:
        return candidates[0]
    found = [f"{name} {list(arrays[name].shape)}" for name in sorted(arrays)]
    raise ValueError(
        'This file needs an array "images", or exactly one with 3 or 4 axes. '
        f"It has: {', '.join(found) or 'nothing'}. "
        f"Received: source={str(path)!r}"
    )


def _read_header(stream):
    """Returns `(shape, fortran_order, dtype)` and leaves the data next."""
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    return np.lib.format.read_array_header_2_0(stream)


def _unreadable(path, error):
    return ValueError(
        f"This file cannot be read as a NumPy archive ({error}). Expected "
        "what `numpy.savez` or `numpy.savez_compressed` writes. "
        f"Received: source={str(path)!r}"
    )
