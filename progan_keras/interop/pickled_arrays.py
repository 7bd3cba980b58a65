"""NumPy's arrays in a pickle, without NumPy's own unpickling.

That sets the inner state of arrays and types as the file says, and trusts it.
Here a name stands for a small function that only accepts plain numbers, and
looks at as many bytes as there are: a shape alone never takes memory.
"""

import numpy as np

_KINDS = "biuf"  # truth values, integers, floats


class PickledType:
    """Stands for `numpy.dtype`: a kind of number and its byte order."""

    def __init__(self, code, *flags):
        del flags  # about alignment and copying
        self._code = code
        self._byte_order = "|"

    def __setstate__(self, state):
        self._byte_order = state[1]

    @property
    def dtype(self):
        """The `numpy.dtype`; ValueError for anything but plain numbers."""
        dtype = np.dtype(str(self._code))
        if dtype.kind not in _KINDS:
            raise ValueError(
                "An array of weights holds numbers. "
                f"Received: dtype={dtype.str!r}"
            )
        return dtype.newbyteorder(self._byte_order)


class PickledArray:
    """Stands for `numpy.ndarray`, which a pickle first makes and then fills.

    Attributes:
        value: NumPy array, read-only; None until it is filled.
    """

    value = None

    def __setstate__(self, state):
        _, shape, kind, fortran, data = state
        order = "F" if fortran else "C"
        self.value = _from_buffer(data, kind, shape, order)


def as_array(value):
    """Return what a pickle holds as an array.

    Args:
        value: A `PickledArray`, a NumPy array, or a number.

    Raises:
        ValueError: for anything else.
    """
    array = value.value if isinstance(value, PickledArray) else value
    if not isinstance(array, (np.ndarray, np.number, int, float)):
        raise ValueError(
            "An array or a number was expected in the pickle. "
            f"Received: {type(value).__name__}"
        )
    return np.asarray(array)


def _empty_array(*args):
    del args  # the class, and the shape and type of the array to be filled
    return PickledArray()


def _from_buffer(data, kind, shape, order, axis_order=None):
    """An array over bytes, in C, Fortran ("F") or permuted ("K") order."""
    dtype = kind.dtype
    if isinstance(data, str):
        data = _bytes(data, "latin1")
    if not isinstance(data, bytes):
        raise ValueError(
            "An array is given by its bytes. "
            f"Received: data={type(data).__name__}"
        )
    array = np.frombuffer(data, dtype)
    if order == "K" and axis_order is not None:
        return array.reshape(shape).transpose(axis_order)
    return array.reshape(shape, order=order)


def _scalar(kind, data):
    """A single number, as Python's own."""
    return _from_buffer(data, kind, (), "C").item()


def _bytes(text, encoding):
    """Bytes, as protocol 2, which has none, writes them: as text."""
    if encoding != "latin1":
        raise ValueError(
            f"Bytes are kept as latin1. Received: encoding={encoding!r}"
        )
    return text.encode("latin1")


def _both(module, name, value):
    """The two spellings of a name: NumPy 2's and that of older ones."""
    return {
        (f"numpy._core.{module}", name): value,
        (f"numpy.core.{module}", name): value,
    }


# What to allow in `restricted_load` for a pickle with arrays.
ARRAY_NAMES = {
    ("numpy", "dtype"): PickledType,
    ("numpy", "ndarray"): PickledArray,
    **_both("multiarray", "_reconstruct", _empty_array),
    **_both("multiarray", "scalar", _scalar),
    **_both("numeric", "_frombuffer", _from_buffer),
    ("_codecs", "encode"): _bytes,
}
