"""Reads single images of one resolution from disk, in any order."""

import math
import os
import weakref

import numpy as np

# Levels up to this size are kept in memory. A level is four times the one
# below, so that all of them are a third more.
_MOST_BYTES_IN_MEMORY = 2**25


class LevelReader:
    """Images of a level's `.npy` file by their numbers.

    Indexing a memory map would be as simple, but pages that were touched
    count as memory of the process until it holds the whole file, and a file
    that becomes shorter meanwhile kills it. Here a small level is read as a
    whole; of a large one, every image is read straight into its place in the
    batch. The file stays open, so that clearing the cache does not disturb a
    run.

    Where the system cannot read at a position (Windows), the memory map is
    indexed after all.

    Args:
        path: path of a `.npy` file, uint8 `[N, ...]`.

    Raises:
        OSError: if the file cannot be opened.
    """

    def __init__(self, path):
        self._path = path
        self._images = np.load(path, mmap_mode="r", allow_pickle=False)
        self._file = None
        if self._images.nbytes <= _MOST_BYTES_IN_MEMORY:
            self._images = np.load(path, allow_pickle=False)
        elif hasattr(os, "preadv"):
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
        indices = np.asarray(indices)
        count = len(self._images)
        if indices.size and not 0 <= indices.min() <= indices.max() < count:
            raise IndexError(
                f"The images are numbered from 0 to {count - 1}. Received: "
                f"indices from {indices.min()} to {indices.max()}"
            )
        if self._file is None:
            return self._images[indices]
        return self._read(indices)

    def _read(self, indices):
        shape = self._images.shape[1:]
        size = math.prod(shape)
        offsets = (self._images.offset + indices * size).tolist()
        descriptor = self._file.fileno()
        if hasattr(os, "posix_fadvise"):
            # The disk may fetch all of them at once, in its own best order.
            for offset in offsets:
                os.posix_fadvise(
                    descriptor, offset, size, os.POSIX_FADV_WILLNEED
                )
        images = np.empty((len(indices), *shape), np.uint8)
        for image, offset in zip(images, offsets, strict=True):
            if os.preadv(descriptor, [image], offset) != size:
                raise OSError(
                    "A file of the prepared data set became shorter while it "
                    "was used. Delete its folder and load the images again. "
                    f"Received: {str(self._path)!r}"
                )
        return images
