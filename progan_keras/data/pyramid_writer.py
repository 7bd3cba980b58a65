"""Writes the pyramid of a data set: every resolution, from the top down."""

import contextlib
import hashlib
import json

import numpy as np

from progan_keras.checks import resolutions_up_to
from progan_keras.data.pyramid_folder import (
    DESCRIPTION_FILE,
    FORMAT_VERSION,
    LABELS_FILE,
)


class PyramidWriter:
    """Writes `4.npy`, `8.npy`, ..., `R.npy`, chunk by chunk.

    Every lower level is the repeated 2x2 box average, in float, of the top
    level; only what is stored is rounded, so that errors do not add up. How
    many images there are need not be known before the last.

    Args:
        folder: `pathlib.Path` of an empty folder. It holds a pyramid once
            `describe` has returned.
        resolution: int, power of two from 4 to 1024.
        num_channels: int, 1, 3 or 4.

    Attributes:
        count: int, images written so far.

    Raises:
        OSError: if a file cannot be written.

    Example:
    >>> with PyramidWriter(folder, resolution=8, num_channels=3) as writer:
    ...     writer.append(np.zeros((2, 8, 8, 3), np.uint8))
    >>> writer.describe(name="black", source="two black squares")
    """

    def __init__(self, folder, resolution, num_channels):
        self.count = 0
        self._folder = folder
        self._shape = (resolution, resolution, num_channels)
        self._pixels = hashlib.sha256()
        self._files = {}
        self._open = contextlib.ExitStack()

    def __enter__(self):
        # Plain files rather than writable memory maps: a full disk is then
        # an error that can be reported, not a crash of the process.
        with self._open:
            for r in resolutions_up_to(self._shape[0]):
                path = self._folder / f"{r}.npy"
                file = self._open.enter_context(open(path, "wb"))
                self._files[r] = file
                self._write_header(r)
            self._open = self._open.pop_all()
        return self

    def __exit__(self, kind, error, traceback):
        with self._open:
            if error is None:
                for r, file in self._files.items():
                    file.seek(0)
                    self._write_header(r)

    def append(self, images):
        """Writes some more images.

        Args:
            images: uint8 array `[n, resolution, resolution, num_channels]`.

        Raises:
            ValueError: if shape or dtype are others.
        """
        if images.shape[1:] != self._shape or images.dtype != np.uint8:
            raise ValueError(
                "Every chunk must be uint8 "
                f"[n, {', '.join(map(str, self._shape))}]. "
                f"Received: {images.dtype} {list(images.shape)}"
            )
        self._pixels.update(np.ascontiguousarray(images))
        self.count += len(images)
        average = images
        for r, file in sorted(self._files.items(), reverse=True):
            if average.shape[1] != r:
                average = halve(average.astype(np.float32, copy=False))
            file.write(np.rint(average).astype(np.uint8).tobytes())

    def describe(self, labels=None, **description):
        """Writes what is known of the images; the pyramid is then complete.

        Args:
            labels: dict from the name of a label to `Labels`.
            **description: entries of `pyramid.json`, beside those that the
                writer knows itself.
        """
        labels = labels or {}
        fields = list(labels)
        # An array per number, since a label may be called anything.
        np.savez_compressed(
            self._folder / LABELS_FILE,
            **{str(n): labels[f].indices for n, f in enumerate(fields)},
        )
        text = json.dumps(
            {
                "format_version": FORMAT_VERSION,
                **description,
                "count": self.count,
                "resolution": self._shape[0],
                "num_channels": self._shape[2],
                "fingerprint": self._fingerprint(),
                "class_names": {f: labels[f].class_names for f in fields},
            },
            indent=2,
            ensure_ascii=False,
        )
        path = self._folder / DESCRIPTION_FILE
        path.write_text(text + "\n", "utf-8", "surrogateescape")

    def _fingerprint(self):
        shape = repr((self.count, *self._shape)).encode()
        return hashlib.sha256(shape + self._pixels.digest()).hexdigest()[:16]

    def _write_header(self, r):
        """Writes a header; NumPy leaves room in it for any first axis."""
        header = np.lib.format.header_data_from_array_1_0(
            np.empty((0, r, r, self._shape[2]), np.uint8)
        )
        header["shape"] = (self.count, *header["shape"][1:])
        np.lib.format.write_array_header_1_0(self._files[r], header)


def halve(images):
    """Averages blocks of 2x2 pixels.

    In float32 this is exact for uint8 pixels over all levels: a sum of
    256 x 256 of them still fits the 24 bits of the mantissa.

    Args:
        images: float array `[N, H, W, C]` with even `H` and `W`.

    Returns:
        Float array `[N, H/2, W/2, C]`.
    """
    rows = images[:, 0::2] + images[:, 1::2]
    return (rows[:, :, 0::2] + rows[:, :, 1::2]) * 0.25
