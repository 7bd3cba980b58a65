"""Sliced Wasserstein distance: how far apart two sets of patches lie.

    import progan_keras as pk

    pk.metrics.sliced_wasserstein(reals, fakes)
    # {"32": 5.9, "16": 7.4, "mean": 6.65}

The paper's measure of a GAN (Karras et al., 2018, section 5 and appendix),
after Rabin et al., *Wasserstein Barycenter and its Application to Texture
Mixing*, 2011. Each image is taken apart into a Laplacian pyramid from its own
resolution down to 16x16, and 128 patches of 7x7 pixels are cut out of each
level at random. Per level, the two sets of patches are compared as sets: mean
and standard deviation of each colour channel are removed from each set, all
patches are projected on 4 x 128 random directions, and the mean distance of
the sorted projections, times 1000, is the level's score. Small is good: fine
levels speak of sharpness and noise, 16x16 of shapes and colours.

Caveats:

- The paper used 16,384 images of each kind. With fewer, the score of sets
  that are equally good grows (about as one over the root of their number):
  compare scores of equal numbers only, and beside the score of real against
  other real images, which is above 0.
- Brightness and contrast of a whole set are normalised away.
- Patches do not see how the parts of an image fit together, nor whether it
  was copied from the training set.

Memory holds at most 512 MB of projections, some megabytes per processor and
256 bytes per image and level. Temporary files hold 15 KB per RGB image of
32x32, 64 KB of 64x64 and another 75 KB for each level above.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from tqdm import tqdm

from progan_keras.checks import check_integer
from progan_keras.metrics.patches import (
    PATCH_SIDE,
    SMALLEST_LEVEL,
    PatchSet,
)
from progan_keras.metrics.pictures import batches, check_pictures

_REPEATS = 4
_DIRECTIONS = 128
_PROJECTION_BYTES = 2**29
# The streams of random numbers: places in the two sets, and directions.
_STREAMS = {"real": 0, "fake": 1, "directions": 2}


def sliced_wasserstein(real, fake, seed=0):
    """Compare two sets of images by their patches.

    Args:
        real: uint8 `[N, side, side, C]`, `side` a power of two of at least
            16, `C` 1 (grey) or 3 (RGB).
        fake: The same number of other images, of the same shape.
        seed: Integer of at least 0, chooses patches and directions.

    Returns:
        Dictionary of floats, times 1000: one per level by its side, the
        finest first, as in `{"32": ..., "16": ..., "mean": ...}`.

    Raises:
        ValueError: If images or seed are not as described, or there are none.
        OSError: If there is no room for temporary files.
    """
    metric = SlicedWasserstein(seed)
    for batch in batches(check_pictures(real, "real"), "real images"):
        metric.update_real(batch)
    for batch in batches(check_pictures(fake, "fake"), "fake images"):
        metric.update_fake(batch)
    return metric.result()["value"]


class SlicedWasserstein:
    """The same for sets that arrive in batches.

        metric = SlicedWasserstein(seed=0)
        for reals, fakes in batches:
            metric.update_real(reals)
            metric.update_fake(fakes)
        metric.result()["value"]["mean"]

    The result depends on the order of the images, as a seed does, but not on
    the sizes of the batches, to the last bit.

    Args:
        seed: Integer of at least 0, chooses patches and directions.
    """

    def __init__(self, seed=0):
        self.seed = check_integer(seed, "seed", least=0)
        self._shape = None
        self._sets = {}

    def update_real(self, real):
        """Take real images, as `sliced_wasserstein` does."""
        self._update("real", real)

    def update_fake(self, fake):
        """Take images to compare them with."""
        self._update("fake", fake)

    def result(self):
        """Compare the images so far; more may follow.

        Returns:
            Dictionary: "value", what `sliced_wasserstein` returns;
            "std_over_directions", for the same keys, the standard deviation
            of the 4 repeats with other directions, whose mean is the value
            (what other images or patches would change, it does not tell);
            "count_real", "count_fake" and "seed", integers.

        Raises:
            ValueError: If there are no images, or more of one kind.
        """
        counts = [
            self._sets[name].num_images if name in self._sets else 0
            for name in ("real", "fake")
        ]
        if counts[0] != counts[1] or not counts[0]:
            raise ValueError(
                "Patches are compared one to one: expected as many fake as "
                "real images, and at least one. "
                f"Received: {counts[0]} real, {counts[1]} fake"
            )
        real, fake = (self._sets[name].levels for name in ("real", "fake"))
        levels = []
        with (
            ThreadPoolExecutor(os.cpu_count()) as pool,
            tqdm(
                total=len(real) * _REPEATS * _DIRECTIONS,
                desc="sliced Wasserstein distance",
                unit="direction",
                leave=False,
                disable=None,
            ) as bar,
        ):
            for side in real:
                directions = self._directions(side)
                distances = _distances(
                    real[side], fake[side], directions, pool, bar
                )
                levels.append(distances.reshape(_REPEATS, -1).mean(axis=1))
        # A row for each level and for their mean, a column for each repeat.
        table = 1000 * np.array([*levels, np.mean(levels, axis=0)])
        names = [*map(str, real), "mean"]
        std = table.std(axis=1, ddof=1)
        return {
            "value": dict(zip(names, table.mean(1).tolist(), strict=True)),
            "std_over_directions": dict(zip(names, std.tolist(), strict=True)),
            "count_real": counts[0],
            "count_fake": counts[1],
            "seed": self.seed,
        }

    def _update(self, name, images):
        images = check_pictures(images, name)
        shape = images.shape[1:]
        side = shape[0]
        if side != shape[1] or side & (side - 1) or side < SMALLEST_LEVEL:
            raise ValueError(
                "Pyramids need square images whose side is a power of two, "
                "16, 32, 64, ...: crop or scale them. "
                f"Received: {name}.shape={images.shape}"
            )
        if self._shape is None:
            self._shape = shape
        if shape != self._shape:
            raise ValueError(
                "Real and fake images must have one size and one number of "
                f"channels, here {self._shape}: scale or convert them. "
                f"Received: {name}.shape={images.shape}"
            )
        if name not in self._sets:
            self._sets[name] = PatchSet(shape, [self.seed, _STREAMS[name]])
        self._sets[name].append(images)

    def _directions(self, side):
        """Draw points of the unit sphere: float32 `[4 * 128, 7 * 7 * C]`."""
        generator = np.random.default_rng(
            [self.seed, _STREAMS["directions"], side]
        )
        directions = generator.standard_normal(
            (_REPEATS * _DIRECTIONS, PATCH_SIDE**2 * self._shape[-1])
        )
        lengths = np.linalg.norm(directions, axis=1, keepdims=True)
        return (directions / lengths).astype(np.float32)


def _distances(real, fake, directions, pool, bar):
    """Distance of two sets of patches along each direction.

    Args:
        real: `LevelPatches`.
        fake: `LevelPatches`, as many.
        directions: float32 `[D, 7 * 7 * C]`.
        pool: `concurrent.futures.Executor` of threads.
        bar: `tqdm.tqdm`, told how many directions are done.

    Returns:
        float64 `[D]`.
    """
    bytes_per_direction = 2 * real.count * np.dtype(np.float32).itemsize
    most = _PROJECTION_BYTES // bytes_per_direction
    most = min(max(1, most), len(directions))
    sets = [(patches, *patches.moments(pool)) for patches in (real, fake)]
    projections = np.empty((2, most, real.count), np.float32)
    distances = []
    for start in range(0, len(directions), most):
        some = directions[start : start + most]
        rows = projections[:, : len(some)]
        for (patches, mean, stdev), out in zip(sets, rows, strict=True):
            patches.project(some, mean, stdev, out, pool)
        distances += pool.map(_distance, *rows)
        bar.update(len(some))
    return np.array(distances)


def _distance(one, other):
    """Wasserstein distance of two equally many numbers, which it overwrites.

    On a line the cheapest transport keeps the order.
    """
    one.sort()
    other.sort()
    np.subtract(one, other, out=one)
    np.abs(one, out=one)
    return one.mean(dtype=np.float64)
