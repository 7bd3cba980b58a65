"""Arrays as a source: in memory, or in a `.npy` file."""

import functools
import math
import warnings

import numpy as np
from PIL import Image

from progan_keras.data.array_file import UNREADABLE, ArrayFile, open_npy
from progan_keras.data.fit import CHANNELS
from progan_keras.data.sources.source import Record, Source, file_key, hash_key

# Read at a time.
_SLICE_BYTES = 2**25


class ArraySource(Source):
    """Images in an array: uint8 of 0 to 255, or float of -1 to 1.

    Args:
        array: array or `ArrayFile` `[N, H, W, C]` with 1, 3 or 4 channels, or
            `[N, H, W]` (grey). Only slices of it are read, in order.
        name: str.
        description: str, where the array comes from.
        key: str that stands for the contents; `None` hashes all bytes.

    Raises:
        ValueError: if rank, shape or dtype are not those of images.
    """

    def __init__(
        self, array, name="array", description="array in memory", key=None
    ):
        _check_shape_and_dtype(array.shape, array.dtype, description)
        channels = array.shape[3] if len(array.shape) == 4 else 1
        super().__init__(name, description, channels)
        self._array = array
        self._key = key

    def count(self):
        """Returns the length of the array."""
        return self._array.shape[0]

    def key(self):
        """Returns a hash of the contents."""
        if self._key is None:
            parts = (np.ascontiguousarray(part) for part in self._slices())
            header = f"{self._array.dtype.str} {self._array.shape}"
            self._key = hash_key(header, *parts)
        return self._key

    def smallest_side(self):
        """Returns the smaller of the images' height and width."""
        return min(self._array.shape[1:3])

    def records(self):
        """Yields the images, named by their number.

        Raises:
            ValueError: if a float value is not in [-1, 1].
        """
        lowest, number = 0.0, 0
        for part in self._slices():
            if part.dtype != np.uint8:
                lowest = min(lowest, float(part.min()))
                part = float_to_uint8(part)
            if part.ndim == 4 and part.shape[3] == 1:
                part = part[..., 0]  # Pillow knows grey as [H, W]
            for image in part:
                opened = functools.partial(Image.fromarray, image)
                yield Record(str(number), opened)
                number += 1
        if self._array.dtype != np.uint8 and lowest >= 0:
            warnings.warn(
                "No value is below 0. Float images are read as -1 (black) to "
                "1 (white): if these are 0 to 1, pass `2 * images - 1`.",
                stacklevel=2,
            )

    def _slices(self):
        """Yields the array, from first to last, in pieces of bounded size."""
        size = math.prod(self._array.shape[1:]) * self._array.dtype.itemsize
        return self._read(max(16, _SLICE_BYTES // size))

    def _read(self, step):
        if isinstance(self._array, ArrayFile):
            yield from self._array.read(step)
            return
        for first in range(0, self.count(), step):
            yield np.asarray(self._array[first : first + step])


class NpySource(ArraySource):
    """A `.npy` file, which stays on disk.

    Args:
        path: `pathlib.Path` of an existing file.

    Raises:
        ValueError: if the file does not hold an array of images.
    """

    def __init__(self, path):
        try:
            array = open_npy(path)
        except UNREADABLE as error:
            raise _unreadable(path, error) from error
        super().__init__(array, path.stem, f"file {path}", file_key(path))
        self._path = path

    def _read(self, step):
        try:
            yield from super()._read(step)
        except UNREADABLE as error:
            raise _unreadable(self._path, error) from error


def _unreadable(path, error):
    return ValueError(
        f"This file cannot be read as a NumPy array ({error}). Expected what "
        "`numpy.save` writes from an array of numbers. "
        f"Received: source={str(path)!r}"
    )


def _check_shape_and_dtype(shape, dtype, description):
    most = 2 * Image.MAX_IMAGE_PIXELS  # as Pillow refuses picture files
    if math.prod(shape[1:3]) > most:
        raise ValueError(
            f"Images have at most {most:,} pixels; more may be meant to fill "
            f"the memory. Received: {list(shape)} ({description})"
        )
    expected = (
        "Expected uint8 (0 to 255) or float (-1 to 1) of shape [N, H, W, C] "
        "with C = 1, 3 or 4, or [N, H, W] for grey."
    )
    received = f"Received: {dtype} {list(shape)} ({description})"
    if dtype != np.uint8 and dtype.kind != "f":
        raise ValueError(f"Images have another dtype. {expected} {received}")
    if len(shape) == 4 and shape[3] not in CHANNELS:
        hint = ""
        if shape[1] in CHANNELS:
            hint = " Move the channels: `numpy.moveaxis(images, 1, -1)`."
        raise ValueError(
            f"Channels must be the last axis. {expected}{hint} {received}"
        )
    if len(shape) == 3 and shape[2] in CHANNELS:
        raise ValueError(
            f"This looks like a single image. {expected} {received}"
        )
    if len(shape) not in (3, 4):
        raise ValueError(
            f"Images have {len(shape)} axes, not 3 or 4. {expected} {received}"
        )
    if 0 in shape:
        raise ValueError(f"There are no images. {expected} {received}")


def float_to_uint8(images):
    """Maps [-1, 1] to 0..255, rounded.

    Args:
        images: float array of any shape.

    Returns:
        uint8 array of the same shape.

    Raises:
        ValueError: if a value is NaN or outside.
    """
    # NaN compares false with everything, so it is outside too.
    outside = ~(np.abs(images) <= 1)
    if outside.any():
        raise ValueError(
            "Float images must lie in [-1, 1]. Scale them, for instance by "
            "`images / 127.5 - 1`, or pass uint8. "
            f"Received: a value of {images[outside][0]}"
        )
    scaled = (images.astype(np.float32) + 1) * 127.5
    return np.rint(scaled).astype(np.uint8)
