"""Kernel distance (KID): how far two sets of features are, without bias.

The squared maximum mean discrepancy between two sets, by the kernel
`k(x, y) = (x . y / D + 1)^3`, D being the length of a feature vector:

    mean k(x, x') + mean k(y, y') - 2 mean k(x, y)

with x and x' two different vectors of a set. From Bińkowski et al.,
*Demystifying MMD GANs* (2018); there, as here, the value is the mean over
random subsets. What to know about it:

- Unlike a Fréchet distance it does not depend on how many pictures there
  are: it is right on average for hundreds already, and about 0, often a
  little below, for pictures of the same kind. It must not meet the same
  picture in both sets, which makes it less than 0.
- Figures on different feature networks have nothing to do with each other.
- Some print it times 1,000.
"""

import math

import numpy as np
from tqdm import tqdm

from progan_keras.checks import check_integer
from progan_keras.metrics.vectors import check_pair


def kernel_distance(real, fake, num_subsets=100, subset_size=1000, seed=0):
    """Squared maximum mean discrepancy of two sets of features.

    Subset number i is drawn by (seed, i), without replacement.

    Args:
        real: Array `[N, D]` of features.
        fake: Array `[M, D]` of other pictures.
        num_subsets: Integer, at least 2.
        subset_size: Integer, at least 2. Subsets are smaller where this is
            more than half of a set: they must differ to tell the error.
        seed: Integer, at least 0.

    Returns:
        Dictionary: "value", float, mean over the subsets; "error", float, its
        standard error as an estimate for all pictures of such kinds; "std",
        float, the standard deviation over subsets, which papers print;
        "num_subsets", "subset_size", "count_real", "count_fake" and "seed".

    Raises:
        ValueError: If a set has fewer than 4 vectors, holds NaN, or the sets
            differ in D.
    """
    num_subsets = check_integer(num_subsets, "num_subsets", least=2)
    subset_size = check_integer(subset_size, "subset_size", least=2)
    seed = check_integer(seed, "seed", least=0)
    real, fake = check_pair(real, fake, least=4)
    count = min(len(real), len(fake))
    size = min(subset_size, count // 2)
    values = []
    # Integers would overflow.
    dtype = np.result_type(real, fake, np.float32)
    for index in tqdm(
        range(num_subsets), "kernel distance", leave=False, disable=None
    ):
        bits = np.random.Philox(np.random.SeedSequence([seed, index]))
        generator = np.random.Generator(bits)
        subsets = (
            features[
                generator.choice(len(features), size, replace=False)
            ].astype(dtype)
            for features in (real, fake)
        )
        values.append(_squared_mmd(*subsets))
    deviation = float(np.std(values, ddof=1))
    # Subsets of one set overlap. Their mean is that of the whole set, which
    # is an estimate itself: with a variance of at most size / count times
    # that of a subset, of which the deviation shows 1 - size / count.
    whole = size / (count - size)
    return {
        "value": float(np.mean(values)),
        "error": deviation * math.sqrt(1 / num_subsets + whole),
        "std": deviation,
        "num_subsets": num_subsets,
        "subset_size": size,
        "count_real": len(real),
        "count_fake": len(fake),
        "seed": seed,
    }


def _squared_mmd(real, fake):
    """Unbiased estimate from two sets of M features each."""
    count = len(real)
    # A vector with itself does not count.
    within = sum(
        _sum_of_cubes(_products(one, one)) - _sum_of_cubes(_norms(one))
        for one in (real, fake)
    )
    across = _sum_of_cubes(_products(real, fake))
    return within / (count * (count - 1)) - 2 * across / count**2


def _products(one, other):
    """All x . y / D + 1: float64 `[M, M]`."""
    # The products themselves may be float32, twice as fast: what is lost is
    # some 1e-10 of the result.
    products = (one @ other.T).astype(np.float64)
    products /= one.shape[1]
    products += 1
    return products


def _norms(one):
    return np.einsum("nd,nd->n", one, one, dtype=np.float64) / one.shape[1] + 1


def _sum_of_cubes(values):
    # Much faster than `values**3`.
    return np.vdot(values * values, values)
