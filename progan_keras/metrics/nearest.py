"""Memorisation: are samples copies of training images?

Samples are shown beside their nearest training images, in pixels or in
features, and counted as duplicates by how near these are. Distances alone
would not do: pale or smooth pictures are near everything. So the measure is a
ratio,

    distance to the nearest training image
    / mean distance to the 2nd, 3rd, 4th and 5th nearest

close to 1 for a picture that is new and to 0 for a copy. A sample counts as a
duplicate if its ratio is below that of all but 1 % of real pictures that were
not trained on. So `duplicate_rate` is about 0.01 for a generator that copies
nothing, and 1 for one that copies all. What to know about it:

- A threshold from few real images is rough: have 1,000 or more.
- Copies of one image within the training set hide copies among the samples.
  Exact copies always count; for others, clean the training set first.
- Pixels do not see copies that are mirrored or moved by several pixels;
  features do, but not copies that are noisy or compressed. Look at both.

Samples beside nearest neighbours are in Karras et al. (2018), appendix F. A
ratio in place of a distance, of the nearest to the 2nd nearest, is in Yoon et
al., *Diffusion Probabilistic Models Generalize when They Fail to Memorize*
(workshop on structured probabilistic inference, ICML 2023).
"""

import math
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from progan_keras.checks import check_integer
from progan_keras.images import image_grid
from progan_keras.metrics.pictures import check_pictures
from progan_keras.metrics.vectors import (
    blocks,
    check_same_length,
    check_vectors,
    squared_distances,
)

# Neighbours of a picture: the nearest, and those it is compared with.
_NEIGHBOURS = 5
# Training images that stand in for held-out ones.
_MOST_REFERENCES = 2000


class Neighbours(NamedTuple):
    """The nearest of many pictures, nearest first.

    Attributes:
        indices: int64 array `[N, k]`.
        distances: float64 array `[N, k]`, Euclidean.
    """

    indices: np.ndarray
    distances: np.ndarray


def nearest_neighbours(samples, training, num_neighbours=_NEIGHBOURS):
    """Find the training images whose vectors are nearest.

    Args:
        samples: Array `[N, D]`: features, or `pixel_vectors`.
        training: Array `[M, D]` of the training images, M at least k; only
            parts of it are copied, so that a memory map stays on disk.
        num_neighbours: Integer k.

    Returns:
        `Neighbours`.

    Raises:
        ValueError: If there are fewer training images, lengths differ, or
            there is NaN.
    """
    k = check_integer(num_neighbours, "num_neighbours", least=1)
    samples = check_vectors(samples, "samples", least=1)
    training = check_vectors(training, "training", least=k)
    check_same_length(samples.shape[1], training.shape[1])
    # Distances stay the same, and lose fewer digits near the origin.
    centre = training[:1000].mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = samples.astype(np.float32) - centre
    nearest = np.full((len(samples), k), np.inf, np.float32)
    indices = np.zeros((len(samples), k), np.int64)
    for rows in tqdm(
        list(blocks(len(training), max(samples.shape))),
        "nearest neighbours",
        leave=False,
        disable=None,
    ):
        part = training[rows].astype(np.float32) - centre
        found = rows.start + np.arange(len(part))
        candidates = np.hstack(
            [indices, np.broadcast_to(found, (len(samples), len(part)))]
        )
        distances = np.hstack([nearest, squared_distances(centred, part)])
        best = np.argpartition(distances, k - 1, axis=1)[:, :k]
        indices = np.take_along_axis(candidates, best, axis=1)
        nearest = np.take_along_axis(distances, best, axis=1)
    return _measured(samples, training, indices)


def pixel_vectors(images, side=16):
    """Turn pictures into vectors of their pixels, averaged to a small size.

    Args:
        images: uint8 array `[N, height, width, C]`.
        side: Integer; pictures become as small as a whole factor allows
            without falling below this height or width.

    Returns:
        uint8 array `[N, D]`.

    Raises:
        ValueError: If these are no pictures.
    """
    images = check_pictures(images)
    side = check_integer(side, "side", least=1)
    count, height, width, channels = images.shape
    factor = max(
        factor
        for factor in range(1, max(1, min(height, width) // side) + 1)
        if height % factor == 0 and width % factor == 0
    )
    small = (height // factor, width // factor, channels)
    vectors = np.empty((count, math.prod(small)), np.uint8)
    for rows in blocks(count, math.prod(images.shape[1:])):
        part = images[rows].reshape(
            -1, small[0], factor, small[1], factor, channels
        )
        means = part.mean(axis=(2, 4), dtype=np.float32)
        vectors[rows] = np.rint(means).reshape(len(part), -1)
    return vectors


def duplicate_rate(samples, training, held_out=None, percentile=1.0, seed=0):
    """Share of samples that are nearer to a training image than new ones are.

    Args:
        samples: Array `[N, D]`: features, or `pixel_vectors`.
        training: Array `[M, D]` of the training images.
        held_out: Array `[K, D]` of real images that were not trained on.
            Without them up to 2,000 training images, drawn by `seed`, are
            compared with the others.
        percentile: Float, percentage of real images that are as near.
        seed: Integer, at least 0.

    Returns:
        Dictionary: "value", float, the share of samples; "error", its
        standard error; "expected", float, the share of real images;
        "threshold", float, the ratio below which a sample is a duplicate;
        "ratios", float64 array `[N]`, one per sample; "reference",
        "held_out" or "training"; "count", "count_training",
        "count_reference" and "seed".

    Raises:
        ValueError: If there are too few training or held-out images for such
            a percentile, lengths differ, or there is NaN.
    """
    seed = check_integer(seed, "seed", least=0)
    training = check_vectors(training, "training", least=_NEIGHBOURS + 1)
    if held_out is None:
        generator = np.random.default_rng(seed)
        count = min(len(training), _MOST_REFERENCES)
        own = generator.choice(len(training), count, replace=False)
        references = _ratios_to_others(training, own)
    else:
        references = _ratios(nearest_neighbours(held_out, training).distances)
    _check_percentile(percentile, len(references))
    threshold = np.percentile(references, percentile)
    ratios = _ratios(nearest_neighbours(samples, training).distances)
    # A training set full of copies has a threshold of 0, and exact copies of
    # its images are still copies.
    copies = ratios <= threshold
    return {
        "value": float(copies.mean()),
        "error": float(copies.std() / math.sqrt(len(copies))),
        "expected": percentile / 100,
        "threshold": float(threshold),
        "ratios": ratios,
        "reference": "training" if held_out is None else "held_out",
        "count": len(ratios),
        "count_training": len(training),
        "count_reference": len(references),
        "seed": seed,
    }


def neighbour_grid(samples, training, indices, scale=1):
    """Picture of samples, each at the left of its nearest neighbours.

    Args:
        samples: uint8 array `[N, height, width, C]`.
        training: uint8 array `[M, height, width, C]`.
        indices: Integer array `[N, k]`, as in `Neighbours`.
        scale: Integer, how many times pictures are enlarged.

    Returns:
        A `PIL.Image.Image`: a row per sample, an empty column, and k
        neighbours, the nearest first.

    Raises:
        ValueError: If sizes differ.
    """
    samples = check_pictures(samples, "samples")
    training = check_pictures(training, "training")
    indices = np.asarray(indices)
    if samples.shape[1:] != training.shape[1:] or len(indices) != len(samples):
        raise ValueError(
            "Samples are shown beside training images of their size, with "
            "the indices of each one's neighbours. Received: "
            f"samples.shape={samples.shape}, training.shape={training.shape}, "
            f"indices.shape={indices.shape}"
        )
    gap = np.full_like(samples[0], 255)
    rows = [
        [sample, gap, *training[neighbours]]
        for sample, neighbours in zip(samples, indices, strict=True)
    ]
    pictures = np.concatenate(rows)
    return image_grid(pictures, columns=len(rows[0]), scale=scale, padding=1)


def _measured(samples, training, indices):
    """Sort neighbours by distances without the rounding of the search."""
    distances = np.empty(indices.shape)
    for column, found in enumerate(indices.T):
        for rows in blocks(*samples.shape):
            shift = samples[rows].astype(np.float64) - training[found[rows]]
            distances[rows, column] = np.sqrt((shift**2).sum(axis=1))
    order = np.argsort(distances, axis=1, kind="stable")
    return Neighbours(
        np.take_along_axis(indices, order, axis=1),
        np.take_along_axis(distances, order, axis=1),
    )


def _ratios_to_others(training, own):
    """Ratios of some training images among all others: float64 `[N]`."""
    found = nearest_neighbours(training[own], training, _NEIGHBOURS + 1)
    is_other = found.indices != own[:, np.newaxis]
    # Where copies crowd an image out of its neighbours, the last one goes.
    is_other[is_other.all(axis=1), -1] = False
    return _ratios(found.distances[is_other].reshape(len(own), _NEIGHBOURS))


def _ratios(distances):
    """Nearest distance over the mean of the next: float64 `[N]`."""
    nearest, others = distances[:, 0], distances[:, 1:].mean(axis=1)
    # A picture that is there many times is a copy as well: 0 / 0 is 0.
    return nearest / np.where(others > 0, others, 1)


def _check_percentile(percentile, count):
    if not 0 < percentile < 100 or count * percentile < 100:
        raise ValueError(
            "The percentile of real images that count as near must be above "
            "0 and hold at least one of them: choose a larger one, or give "
            f"more images. Received: percentile={percentile}, {count:,} real "
            "images to compare with"
        )
