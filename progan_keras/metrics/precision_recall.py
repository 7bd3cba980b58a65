"""Precision and recall: are pictures good, and are they of every kind?

Each picture of a set stands for a ball of features around it that reaches to
its k-th nearest neighbour in the set. Precision is the share of fake pictures
that lie in the ball of any real one; recall is the share of real pictures
that lie in the ball of any fake one. From Kynkäänniemi et al., *Improved
Precision and Recall Metric for Assessing Generative Models* (2019), section
2, with k = 3.

Beside them stand density, how many real balls a fake picture lies in, as a
share of k, and coverage, the share of real balls with a fake picture in it:
Naeem et al., *Reliable Fidelity and Diversity Metrics for Generative Models*
(2020). One stray picture has a large ball; these two mind it less.

What to know about them:

- Balls shrink as pictures grow more: compare only figures of equal counts,
  with as many real as fake pictures. Even two real sets do not reach 1.
- Damaged pictures may have shorter features than others, which puts them into
  the large balls of strays: on EfficientNet-Lite0, blur *raises* precision,
  from 0.70 to 0.95. The angle between features is not fooled: 0.85 to 0.40.
  The paper, on VGG16, has Euclidean distances.
"""

import math

import numpy as np
from tqdm import tqdm

from progan_keras.checks import check_integer
from progan_keras.metrics.vectors import (
    blocks,
    check_pair,
    squared_distances,
)

_DISTANCES = ("euclidean", "angle")


def precision_recall(real, fake, num_neighbours=3, distance="euclidean"):
    """Precision and recall, density and coverage of two sets of features.

    Distances are computed in blocks of 16 MB.

    Args:
        real: Array `[N, D]` of features.
        fake: Array `[M, D]` of other pictures.
        num_neighbours: Integer, the k-th neighbour on whose distance a
            picture's ball ends.
        distance: "euclidean", as in the paper, or "angle", between features:
            the same after these are divided by their lengths.

    Returns:
        Dictionary: "precision", "recall" and "coverage", floats in [0, 1];
        "density", float, at least 0; "precision_error", "recall_error" and
        "coverage_error", floats, standard errors of counting;
        "num_neighbours", "distance", "count_real" and "count_fake".

    Raises:
        ValueError: If a set has no more than k vectors, holds NaN, the sets
            differ in D, or there is no such distance.
    """
    k = check_integer(num_neighbours, "num_neighbours", least=1)
    real, fake = check_pair(real, fake, least=k + 1)
    if distance not in _DISTANCES:
        raise ValueError(
            f"Neighbours are near by one of {_DISTANCES}. "
            f"Received: distance={distance!r}"
        )
    if distance == "angle":
        real, fake = _directions(real), _directions(fake)
    # Distances stay the same, and lose fewer digits near the origin.
    centre = real.mean(axis=0, dtype=np.float64).astype(np.float32)
    real, fake = (
        x.astype(np.float32, copy=False) - centre for x in (real, fake)
    )
    real_radii, fake_radii = _squared_radii(real, k), _squared_radii(fake, k)
    balls_around_fake = np.zeros(len(fake), np.int64)
    covered, recalled = np.zeros((2, len(real)), bool)
    for rows in _progress(len(real), len(fake)):
        distances = squared_distances(real[rows], fake)
        inside = distances <= real_radii[rows, np.newaxis]
        balls_around_fake += inside.sum(axis=0)
        covered[rows] = inside.any(axis=1)
        recalled[rows] = (distances <= fake_radii).any(axis=1)
    shares = {
        "precision": balls_around_fake > 0,
        "recall": recalled,
        "coverage": covered,
    }
    return {
        **{name: float(hits.mean()) for name, hits in shares.items()},
        "density": float(balls_around_fake.mean() / k),
        **{
            f"{name}_error": float(hits.std() / math.sqrt(len(hits)))
            for name, hits in shares.items()
        },
        "num_neighbours": k,
        "distance": distance,
        "count_real": len(real),
        "count_fake": len(fake),
    }


def _directions(features):
    """Divide by lengths; what has none stays in the middle."""
    lengths = np.linalg.norm(features.astype(np.float32), axis=1)
    return features / np.where(lengths > 0, lengths, 1)[:, np.newaxis]


def _squared_radii(features, k):
    """Squared distance of each to its k-th neighbour: float32 `[N]`."""
    radii = np.empty(len(features), np.float32)
    for rows in _progress(len(features), len(features)):
        distances = squared_distances(features[rows], features)
        # The nearest of all is the picture itself, number 0.
        radii[rows] = np.partition(distances, k, axis=1)[:, k]
    return radii


def _progress(total, width):
    parts = list(blocks(total, width))
    return tqdm(parts, "precision and recall", leave=False, disable=None)
