"""Reads single images of one resolution from disk, in any order."""

import math
import os
import weakref

import numpy as np


class LevelReader:
    """Images of a level's `.npy` file by their numbers.

    Indexing a memory map would be as simple, but pages that were touched
    count as memory of the process until it holds the whole file, and a file
    that becomes shorter meanwhile kills it. Here every image is read straight
    into its place in the batch. The file stays open, so that clearing the
    cache does not disturb a run.

    Where the system cannot read at a position (Windows), the memory map is
    indexed after all.

    Args:
        path: path of a `.npy` file, uint8 `[N, ...]`.

    Raises:
        OSError: if the file cannot be opened.
    """

    def __init__(self, path):
        self._path = path
        self._map = np.load(path, mmap_mode="r", allow_pickle=False)
        if hasattr(os, "preadv"):
            self._file = open(path, "rb", buffering=0)  # noqa: SIM115
            weakref.finalize(self, self._file.close)

    def __reduce__(self):
        return LevelReader, (self._path,)

    def __call__(self, indices):
        """Returns the images with these numbers.

        Args:
            indices: integer array `[n]`, each in `[0, N)`.

        Returns:
            uint8 array `[n, ...]` of its own memory.

        Raises:
            IndexError: if there is no image of one of these numbers.
            OSError: if the file cannot be read, or was made shorter.
        """
        count, *shape = self._map.shape
        indices = np.asarray(indices)
        if indices.size and not 0 <= indices.min() <= indices.max() < count:
            raise IndexError(
                f"The images are numbered from 0 to {count - 1}. Received: "
                f"indices from {indices.min()} to {indices.max()}"
            )
        if not hasattr(os, "preadv"):
            return np.asarray(self._map)[indices]
        images = np.empty((len(indices), *shape), np.uint8)
        size = math.prod(shape)
        offsets = (self._map.offset + indices * size).tolist()
        self._announce(offsets, size)
        descriptor = self._file.fileno()
        for image, offset in zip(images, offsets, strict=True):
            if os.preadv(descriptor, [image], offset) != size:
                raise OSError(
                    "A file of the prepared data set became shorter while it "
                    "was used. Delete its folder and load the images again. "
                    f"Received: {str(self._path)!r}"
                )
        return images

    def _announce(self, offsets, size):
        """Lets the disk fetch all images at once, in its own best order."""
        if hasattr(os, "posix_fadvise"):
            for offset in offsets:
                os.posix_fadvise(
                    self._file.fileno(), offset, size, os.POSIX_FADV_WILLNEED
                )
