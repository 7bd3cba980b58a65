"""Feature vectors, one per picture: checked, and how far apart they are."""

import numpy as np

# Numbers in work at a time: 16 MB of float32.
_BLOCK = 2**22
# Of a squared distance in float32, as a share of the squared lengths.
_ROUNDING = 2e-6


def check_vectors(vectors, name, least=1):
    """Return feature vectors as a NumPy array of numbers, else raise.

    Args:
        vectors: Array or tensor `[N, D]`, integers or floats.
        name: String, the argument's name.
        least: Integer, how many are needed.

    Returns:
        The array, its type unchanged but for floats of 16 bits, which become
        float32.

    Raises:
        ValueError: If they are of another shape or type, too few, or hold NaN
            or infinity.
    """
    vectors = np.asarray(vectors)
    if vectors.dtype.name in ("float16", "bfloat16"):
        vectors = vectors.astype(np.float32)
    if vectors.ndim != 2 or vectors.dtype.kind not in "iuf":
        raise ValueError(
            "Features are an array of numbers [N, D], a row for each picture; "
            "`progan_keras.metrics.features.get` makes them from pictures. "
            f"Received: {name}.shape={vectors.shape}, dtype={vectors.dtype}"
        )
    if len(vectors) < least or not vectors.shape[1]:
        raise ValueError(
            f"This needs the features of at least {least:,} pictures. "
            f"Received: {name}.shape={vectors.shape}"
        )
    if vectors.dtype.kind == "f":
        check_finite(vectors, name)
    return vectors


def check_pair(real, fake, least=1):
    """Return two sets of feature vectors of one length, else raise.

    Args:
        real: Array `[N, D]`.
        fake: Array `[M, D]`.
        least: Integer, how many are needed of each.

    Raises:
        ValueError: As `check_vectors`, or if their lengths differ.
    """
    real = check_vectors(real, "real", least)
    fake = check_vectors(fake, "fake", least)
    check_same_length(real.shape[1], fake.shape[1])
    return real, fake


def check_same_length(one, other):
    """Raise ValueError if feature vectors of two sets differ in length."""
    if one != other:
        raise ValueError(
            "Only features of one network can be compared; these differ in "
            f"length. Received: {one} and {other} numbers per picture"
        )


def check_finite(values, name):
    """Raise ValueError if there is NaN or infinity in a float array [N, D]."""
    broken = ~np.isfinite(values).all(axis=1)
    if broken.any():
        raise ValueError(
            "Features hold NaN or infinity: look at these pictures, or at the "
            f"network. Received: {name} with {broken.sum():,} of "
            f"{len(values):,} rows broken, the first is row {broken.argmax()}"
        )


def squared_distances(one, other):
    """Squared Euclidean distances of all pairs.

    Vectors that differ by less than the rounding of float32 have exactly 0.

    Args:
        one: Array `[N, D]`.
        other: Array `[M, D]`.

    Returns:
        float32 array `[N, M]`.
    """
    one = one.astype(np.float32, copy=False)
    other = other.astype(np.float32, copy=False)
    # |a - b|^2 = |a|^2 + |b|^2 - 2 a b: one matrix product for all pairs.
    norms = np.einsum("nd,nd->n", one, one)[:, np.newaxis]
    norms = norms + np.einsum("md,md->m", other, other)
    distances = one @ other.T
    distances *= -2
    distances += norms
    norms *= _ROUNDING
    distances[distances < norms] = 0
    return distances


def blocks(total, width):
    """Yield slices of `range(total)` of about 2**22 / `width` rows."""
    rows = max(1, _BLOCK // width)
    for start in range(0, total, rows):
        yield slice(start, start + rows)
