"""Laplacian pyramids: images as sums of details of every size.

Burt and Adelson, *The Laplacian Pyramid as a Compact Image Code*, 1983.
"""

import numpy as np


def laplacian_pyramid(images, smallest):
    """Take images apart into details of every size.

    A level is the image minus its upscaled next smaller version; the last one
    is the smallest version itself. Scaling is by the 5x5 binomial kernel
    `[1 4 6 4 1]^T [1 4 6 4 1] / 256` and mirrored edges. Each image is
    treated alone: its levels do not depend on its neighbours in the batch.

    Args:
        images: Array `[N, side, side, channels]`; `side` is `smallest` times
            a power of two.
        smallest: Integer, side of the last level.

    Returns:
        List of float32 arrays `[N, side, side, channels]`, `[N, side / 2,
        side / 2, channels]`, ... in the images' units, the finest first.
    """
    # Operations on planes run over long rows, on pixels over 3 numbers.
    level = np.moveaxis(np.asarray(images), -1, 1).astype(np.float32, "C")
    levels = []
    while level.shape[-1] > smallest:
        lower = _along_both(_halve, level)
        levels.append(level - _along_both(_double, lower))
        level = lower
    levels.append(level)
    return [np.ascontiguousarray(np.moveaxis(x, 1, -1)) for x in levels]


def _along_both(scale, planes):
    """Scale `[..., height, width]` along height, then along width."""
    return scale(scale(planes).swapaxes(-1, -2)).swapaxes(-1, -2)


def _halve(planes):
    """Blur columns by [1 4 6 4 1] / 16 and keep rows 0, 2, 4, ..."""
    # Mirrored about the first and last row, which are not repeated.
    above, below = planes[..., 2:0:-1, :], planes[..., -2:-4:-1, :]
    x = np.concatenate([above, planes, below], axis=-2)
    beside = x[..., 1:-3:2, :] + x[..., 3:-1:2, :]
    outer = x[..., :-4:2, :] + x[..., 4::2, :]
    return (outer + 4 * beside + 6 * x[..., 2:-2:2, :]) / 16


def _double(planes):
    """Put a row of zeros below each, blur columns by [1 4 6 4 1] / 8.

    A row that was there gets [1 6 1] / 8 of itself and its neighbours, one
    that was put in gets [4 4] / 8 of those above and below it. Mirrored about
    the first row, row 1 comes above it; mirrored about the row of zeros at
    the end, the last row comes again.
    """
    above = np.concatenate([planes[..., 1:2, :], planes[..., :-1, :]], -2)
    below = np.concatenate([planes[..., 1:, :], planes[..., -1:, :]], -2)
    *batch, height, width = planes.shape
    doubled = np.empty_like(planes, shape=(*batch, 2 * height, width))
    doubled[..., ::2, :] = (above + 6 * planes + below) / 8
    doubled[..., 1::2, :] = (planes + below) / 2
    return doubled
