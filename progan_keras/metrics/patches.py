"""Random patches of every level of a set of images, kept on disk."""

import os
import tempfile
import threading
import weakref

import numpy as np

from progan_keras.metrics.laplacian import laplacian_pyramid

SMALLEST_LEVEL = 16
PATCH_SIDE = 7
PATCHES_PER_IMAGE = 128

# Work is cut into pieces that stay in a processor's cache.
_PIXELS_PER_PYRAMID = 2**16
_IMAGES_PER_BLOCK = 32
# Sides of a product. Larger ones BLAS would share out among threads of its
# own, which wait for each other in vain where ours keep the processor busy.
_PATCHES_PER_PRODUCT = 32
_DIRECTIONS_PER_PRODUCT = 32


class PatchSet:
    """128 patches of 7x7 pixels of each image and level of its pyramid.

    Image number `i` of a set has its patches at places that depend on `i`,
    the level and the seed alone, however the images arrive.

    Args:
        shape: Tuple `(side, side, channels)` of the images, `side` a power of
            two of at least 16.
        seed: List of integers that decides the places.

    Attributes:
        levels: Dictionary of `LevelPatches` by side, the finest first.
        num_images: Integer, images so far.
    """

    def __init__(self, shape, seed):
        side, _, num_channels = shape
        self.num_images = 0
        self.levels = {}
        while side >= SMALLEST_LEVEL:
            generator = np.random.default_rng([*seed, side])
            self.levels[side] = LevelPatches(side, num_channels, generator)
            side //= 2

    def append(self, images):
        """Take images, uint8 `[N, side, side, channels]`.

        Raises:
            OSError: If there is no room for temporary files.
        """
        step = max(1, _PIXELS_PER_PYRAMID // max(self.levels) ** 2)
        for start in range(0, len(images), step):
            levels = laplacian_pyramid(
                images[start : start + step], SMALLEST_LEVEL
            )
            for level, patches in zip(
                levels, self.levels.values(), strict=True
            ):
                patches.append(level)
        self.num_images += len(images)


class LevelPatches:
    """The patches of one level of a set of images.

    A temporary file holds the whole level, from which patches are cut each
    time they are read, or the patches themselves where these are smaller: at
    128x128 and above.

    Args:
        side: Integer, height and width of the level.
        num_channels: Integer.
        generator: `numpy.random.Generator` that draws the places.
    """

    def __init__(self, side, num_channels, generator):
        self._side = side
        self._num_channels = num_channels
        self._generator = generator
        self._num_images = 0
        self._keeps_levels = side**2 <= PATCHES_PER_IMAGE * PATCH_SIDE**2
        # What is kept of an image: rows of numbers.
        self._kept_shape = (
            (side, side * num_channels)
            if self._keeps_levels
            else (PATCHES_PER_IMAGE * PATCH_SIDE, PATCH_SIDE * num_channels)
        )
        self._corners = bytearray()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)

    @property
    def count(self):
        """Integer, patches so far."""
        return self._num_images * PATCHES_PER_IMAGE

    def append(self, levels):
        """Take this level of some images: float32 `[N, side, side, C]`."""
        corners = self._generator.integers(
            self._side - PATCH_SIDE + 1,
            size=(len(levels), PATCHES_PER_IMAGE, 2),
        )
        levels = levels.reshape(len(levels), self._side, -1)
        if self._keeps_levels:
            self._corners += corners.astype(np.uint8).tobytes()
        else:
            levels = self._cut(levels, corners)
        self._write(levels)
        self._num_images += len(levels)

    def moments(self, pool):
        """Return mean and standard deviation of each channel.

        Over all patches and their pixels, as the paper normalises them.

        Args:
            pool: `concurrent.futures.Executor` of threads.

        Returns:
            Two float32 arrays `[C]`. For a channel of one value throughout
            the second holds 1, since there is nothing to scale.
        """

        def sums(block):
            values = self._read(block)
            squares = np.einsum("ij,ij->j", values, values, dtype=np.float64)
            return values.sum(0, np.float64), squares

        # [2 sums, 49 pixels, C] once the blocks are added up.
        total = np.sum([*pool.map(sums, self._blocks())], axis=0)
        total = total.reshape(2, -1, self._num_channels).sum(axis=1)
        mean, square = total / (self.count * PATCH_SIDE**2)
        variance = square - mean**2
        # What rounding leaves of a variance of zero is no variation.
        stdev = np.sqrt(np.where(variance > 1e-12 * square, variance, 1))
        return mean.astype(np.float32), stdev.astype(np.float32)

    def project(self, directions, mean, stdev, out, pool):
        """Project all patches, normalised, on some directions.

        Args:
            directions: float32 `[D, 7 * 7 * C]`.
            mean: float32 `[C]`, to subtract from each pixel.
            stdev: float32 `[C]`, to divide it by afterwards.
            out: float32 `[D, count]` to write to.
            pool: `concurrent.futures.Executor` of threads.
        """

        def work(block):
            patches = self._read(block, mean, stdev)
            start = block.start * PATCHES_PER_IMAGE
            columns = out[:, start : start + len(patches)]
            # [groups, 49 C, patches per group] to [groups, D, the same]
            size = _PATCHES_PER_PRODUCT
            groups = patches.reshape(-1, size, patches.shape[1])
            groups = groups.swapaxes(1, 2)
            results = columns.reshape(len(out), -1, size).swapaxes(0, 1)
            for first in range(0, len(directions), _DIRECTIONS_PER_PRODUCT):
                some = slice(first, first + _DIRECTIONS_PER_PRODUCT)
                np.matmul(directions[some], groups, out=results[:, some])

        # A loop, so that what a thread raises is raised here.
        for _ in pool.map(work, self._blocks()):
            pass

    def _blocks(self):
        """Yield slices of images."""
        for start in range(0, self._num_images, _IMAGES_PER_BLOCK):
            stop = min(start + _IMAGES_PER_BLOCK, self._num_images)
            yield slice(start, stop)

    def _write(self, kept):
        """Add what is kept of some images to the file."""
        try:
            self._file.seek(0, os.SEEK_END)
            self._file.write(kept.data)
            self._file.flush()
        except OSError as error:
            raise OSError(
                error.errno,
                f"The temporary files of a metric cannot be written "
                f"({error.strerror}): make room there, name another folder in "
                "the environment variable TMPDIR, or measure fewer images. "
                f"Received: folder={tempfile.gettempdir()!r}",
            ) from error

    def _read(self, block, mean=None, stdev=None):
        """Read the patches of some images: float32 `[patches, 7 * 7 * C]`."""
        count = block.stop - block.start
        kept = np.empty((count, *self._kept_shape), np.float32)
        with self._lock:
            self._file.seek(block.start * kept[0].nbytes)
            self._file.readinto(kept)
        if mean is not None:
            pixels = self._kept_shape[-1] // self._num_channels
            kept -= np.tile(mean, pixels)
            kept /= np.tile(stdev, pixels)
        if self._keeps_levels:
            numbers = PATCHES_PER_IMAGE * 2
            corners = np.frombuffer(
                self._corners, np.uint8, count * numbers, block.start * numbers
            )
            kept = self._cut(kept, corners.reshape(count, -1, 2))
        return kept.reshape(count * PATCHES_PER_IMAGE, -1)

    def _cut(self, levels, corners):
        """Cut 7x7 pixels out of `[N, side, side * C]` at (row, column)."""
        windows = np.lib.stride_tricks.sliding_window_view(
            levels, (PATCH_SIDE, PATCH_SIDE * self._num_channels), axis=(1, 2)
        )[:, :, :: self._num_channels]
        images = np.arange(len(levels))[:, np.newaxis]
        return windows[images, corners[..., 0], corners[..., 1]]
