"""Multi-scale structural similarity: how alike the images of one set are.

    import progan_keras as pk

    pk.metrics.ms_ssim(fakes)  # 0.26

The paper's measure of variety (Karras et al., 2018, section 5), after Wang et
al., *Multi-Scale Structural Similarity for Image Quality Assessment*, 2003,
and Odena et al., 2017, who compared random pairs of generated images. Images
0 and 1 are a pair, 2 and 3, and so on. At 5 scales, each half as large as the
one before, means, variances and covariances are taken under a Gaussian window
of 11x11 pixels, and from them

    contrast and structure = (2 cov + c2) / (var_x + var_y + c2)
    similarity = that * (2 mean_x mean_y + c1) / (mean_x^2 + mean_y^2 + c1)

with c1 = (0.01 * 255)^2 and c2 = (0.03 * 255)^2. The first, of scales 1 to 4,
and the second, of scale 5, are averaged over pixels and channels and limited
to [0, 1], and multiplied with one another to the powers of their weights.

Caveats:

- 1 is a set of one image over and over, a low value one of much variety: it
  says nothing of quality, noise has the lowest value of all. Compare it with
  that of the training images.
- Pairs must be of random images. Where neighbours belong together, as in a
  set sorted by class, shuffle it first.
- On images below 176x176 the window shrinks with the smaller scales (down to
  one pixel at 16x16), as in the paper's experiments; values of different
  resolutions do not compare.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from progan_keras.metrics.pictures import batches, check_pictures

# Published weights, the finest scale first.
_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_WINDOW, _SIGMA = 11, 1.5

# Work is cut into pieces that stay in a processor's cache.
_NUMBERS_PER_CHUNK = 2**16
_ROWS_PER_PRODUCT = 16


def ms_ssim(images):
    """Compare images 0 and 1, 2 and 3, ... with one another.

    Args:
        images: uint8 `[N, height, width, C]`, at least 16x16, `C` 1 (grey) or
            3 (RGB), in random order. If `N` is odd, the last is left out.

    Returns:
        Float in [0, 1], the mean over pairs.

    Raises:
        ValueError: If images are not as described, or there are fewer than 2.
    """
    metric = MSSSIM()
    for batch in batches(check_pictures(images), "MS-SSIM"):
        metric.update(batch)
    return metric.result()["value"]


class MSSSIM:
    """The same for images that arrive in batches.

        metric = MSSSIM()
        for images in batches:
            metric.update(images)
        metric.result()["value"]

    Pairs go on from batch to batch; the result does not depend on the sizes
    of the batches, to the last bit.
    """

    def __init__(self):
        self._values = []
        self._left_over = None

    def update(self, images):
        """Take images, as `ms_ssim` does."""
        images = check_pictures(images)
        if self._left_over is None:
            self._left_over = images[:0]
        if images.shape[1:] != self._left_over.shape[1:]:
            raise ValueError(
                "Images must have one size and one number of channels, here "
                f"{self._left_over.shape[1:]}: scale or convert them. "
                f"Received: images.shape={images.shape}"
            )
        images = np.concatenate([self._left_over, images])
        paired = len(images) // 2 * 2
        # Of a view the whole batch would stay in memory.
        self._left_over = images[paired:].copy()
        self._values += _similarities(images[:paired:2], images[1:paired:2])

    def result(self):
        """Average over the pairs so far; more may follow.

        Returns:
            Dictionary: "value", float, the mean; "error", float, its standard
            error for pairs drawn independently, None for a single pair;
            "num_pairs", integer.

        Raises:
            ValueError: If there is no pair yet.
        """
        count = len(self._values)
        if not count:
            raise ValueError(
                "Images are compared in pairs: expected at least 2. Received: "
                f"{0 if self._left_over is None else len(self._left_over)}"
            )
        error = None
        if count > 1:
            error = float(np.std(self._values, ddof=1) / np.sqrt(count))
        return {
            "value": float(np.mean(self._values)),
            "error": error,
            "num_pairs": count,
        }


def _similarities(one, other):
    """Compare each image of `one` with the same image of `other`.

    Args:
        one: uint8 `[N, height, width, C]`.
        other: The same.

    Returns:
        List of `N` floats in [0, 1].
    """
    step = max(1, _NUMBERS_PER_CHUNK // np.prod(one.shape[1:]))
    starts = range(0, len(one), step)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        chunks = pool.map(
            _chunk_similarities,
            [one[start : start + step] for start in starts],
            [other[start : start + step] for start in starts],
        )
        return [value for values in chunks for value in values.tolist()]


def _chunk_similarities(one, other):
    """Do the work of `_similarities`: float64 `[N]`."""
    x, y = (np.moveaxis(z, -1, 1).astype(np.float64) for z in (one, other))
    result = np.ones(len(x))
    for scale, weight in enumerate(_WEIGHTS, start=1):
        # A sum of variances is all that is needed of them.
        moments = np.stack([x, y, x * x + y * y, x * y])
        mean_x, mean_y, squares, products = _smooth(moments)
        mean_xy, mean_squares = mean_x * mean_y, mean_x**2 + mean_y**2
        covariance, variances = products - mean_xy, squares - mean_squares
        term = (2 * covariance + _C2) / (variances + _C2)
        if scale == len(_WEIGHTS):
            term *= (2 * mean_xy + _C1) / (mean_squares + _C1)
        else:
            x, y = _halve(x), _halve(y)
        # Over channels and pixels.
        term = term.reshape(len(term), -1).mean(axis=1)
        result *= np.clip(term, 0, 1) ** weight
    return result


def _smooth(planes):
    """Weight by a Gaussian window wherever it fits entirely.

    Args:
        planes: float64 `[..., height, width]`.

    Returns:
        float64 `[..., width - size + 1, height - size + 1]`: transposed, what
        a mean over all pixels does not see.
    """
    size = min(_WINDOW, *planes.shape[-2:])
    # Of even size it is centred between pixels.
    offsets = np.arange(size) - (size - 1) / 2
    sigma = size * _SIGMA / _WINDOW
    window = np.exp(-(offsets**2) / (2 * sigma**2))
    window /= window.sum()
    columns = _smooth_columns(planes, window)
    return _smooth_columns(columns.swapaxes(-1, -2), window)


def _smooth_columns(planes, window):
    """Weight the rows that a window covers, for every place along a column.

    A band matrix does this for some rows at a time. Most of its entries are
    zeros, yet matrix products are the faster way.
    """
    *batch, height, width = planes.shape
    size, height = len(window), height - len(window) + 1
    most = min(_ROWS_PER_PRODUCT, height)
    padded = np.pad(window, (0, most - 1))
    band = np.stack([np.roll(padded, row) for row in range(most)])
    smooth = np.empty((*batch, height, width))
    for start in range(0, height, most):
        stop = min(start + most, height)
        taken = stop - start + size - 1
        np.matmul(
            band[: stop - start, :taken],
            planes[..., start : start + taken, :],
            out=smooth[..., start:stop, :],
        )
    return smooth


def _halve(planes):
    """Average 2x2 pixels; an odd last row or column counts twice."""
    odd = [(0, side % 2) for side in planes.shape[-2:]]
    x = np.pad(planes, [(0, 0), (0, 0), *odd], mode="edge")
    rows = x[..., ::2, :] + x[..., 1::2, :]
    return (rows[..., ::2] + rows[..., 1::2]) / 4
