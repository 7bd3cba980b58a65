"""Mistakes that a student of lesson 7 may make."""

BROKEN = [
    (
        "the edges of the pyramid are repeated, not mirrored",
        'mode="reflect"',
        'mode="edge"',
    ),
    (
        "an enlarged level is four times too dark",
        "spread[:, ::2, ::2] = 4.0 * pictures",
        "spread[:, ::2, ::2] = pictures",
    ),
    (
        "patches lie on the diagonal only",
        "windows[numbers, rows, columns]",
        "windows[numbers, rows, rows]",
    ),
    (
        "the last row and column of places is left out",
        "random.integers(places, size",
        "random.integers(places - 1, size",
    ),
    (
        "each patch is normalised by itself",
        "patches.mean(axis=(0, 1), dtype=np.float64)",
        "patches.mean(axis=1, keepdims=True, dtype=np.float64)",
    ),
    (
        "projections are not sorted",
        "np.sort(directions.astype(np.float32) @ heap.T, axis=1)",
        "directions.astype(np.float32) @ heap.T",
    ),
    (
        "directions have any length",
        "directions /= np.linalg.norm(directions, axis=1, keepdims=True)",
        "pass",
    ),
    (
        "the luminance joins in at every scale",
        "if scale == len(WEIGHTS):",
        "if True:",
    ),
    (
        "the first half of the set is compared with the second",
        "x, y = pictures[::2].astype(np.float64), "
        "pictures[1::2].astype(np.float64)",
        "x, y = np.split(pictures.astype(np.float64), 2)",
    ),
    (
        "the means do not count",
        "shift @ shift + np.sum(a**2)",
        "np.sum(a**2)",
    ),
    (
        "the covariance is divided by n",
        "np.sqrt(len(x) - 1)",
        "np.sqrt(len(x))",
    ),
    (
        "a picture is its own first neighbour",
        "radii = within[:, k]",
        "radii = within[:, k - 2]",
    ),
    (
        "precision and recall are exchanged",
        "return share_inside(fake, real), share_inside(real, fake)",
        "return share_inside(real, fake), share_inside(fake, real)",
    ),
    (
        "distances are squared",
        "distances = np.sqrt(np.take_along_axis(squares, indices, 1).clip(0))",
        "distances = np.take_along_axis(squares, indices, 1).clip(0)",
    ),
    (
        "the farthest are taken for the nearest",
        "np.argsort(squares, axis=1)[:, :k]",
        "np.argsort(-squares, axis=1)[:, :k]",
    ),
]
