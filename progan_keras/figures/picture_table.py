"""Pictures in rows and columns, with white between them."""

import numpy as np

from progan_keras.figures.style import inches
from progan_keras.images import upscale_nearest

# Pixels that a picture is drawn with: more would not be seen.
_MOST_SIDE = 160
_FONT = 10
_LONGEST = 16  # letters of a name


class PictureTable:
    """Pictures laid out as one.

    Args:
        pictures: uint8 array `[rows, columns, side, side, channels]`. What is
            transparent becomes white.

    Attributes:
        pixels: uint8 array `[height, width, 3]`.
        row_middles: Float array `[rows]`, in pixels from the top.
        column_middles: Float array `[columns]`, in pixels from the left.
    """

    def __init__(self, pictures):
        rows, columns, side = pictures.shape[:3]
        gap = max(1, side // 16)
        step = side + gap
        cells = np.full((rows, columns, step, step, 3), 255, np.uint8)
        cells[:, :, :side, :side] = _on_white(pictures)
        pixels = cells.transpose(0, 2, 1, 3, 4)
        pixels = pixels.reshape(rows * step, columns * step, 3)
        self.pixels = pixels[:-gap, :-gap]
        self.row_middles = (side - 1) / 2 + step * np.arange(rows)
        self.column_middles = (side - 1) / 2 + step * np.arange(columns)

    def height(self, width):
        """Return how high it is when it is so wide."""
        return self.pixels.shape[0] / self.pixels.shape[1] * width

    def draw(self, axes, captions=(), names=()):
        """Draw the pictures.

        Args:
            axes: Matplotlib axes.
            captions: Strings to stand above the columns, or none.
            names: Strings to stand beside the rows, or none.
        """
        axes.imshow(self.pixels)
        axes.set_anchor("NW")
        axes.spines[:].set_visible(False)
        axes.grid(False)
        axes.tick_params(length=0, labelsize=_FONT)
        axes.xaxis.tick_top()
        axes.set_xticks(self.column_middles[: len(captions)], captions)
        names = [shortened(name) for name in names]
        axes.set_yticks(self.row_middles[: len(names)], names)


def same_side(arrays):
    """Bring pictures to one size, small enough to be drawn.

    Args:
        arrays: List of uint8 arrays `[N, side, side, channels]`.

    Returns:
        List of such arrays, all with the side of the largest.
    """
    arrays = [shrink(array, _MOST_SIDE) for array in arrays]
    side = max(array.shape[1] for array in arrays)
    return [upscale_nearest(array, side) for array in arrays]


def shrink(pictures, most):
    """Average pictures down by halves until no side is above `most`.

    Args:
        pictures: uint8 array `[..., side, side, channels]`.
        most: Integer.

    Returns:
        uint8 array of the same shape but for the sides.
    """
    *others, side, _, channels = pictures.shape
    if side <= most or side % 2:
        return pictures
    parts = pictures.reshape(*others, side // 2, 2, side // 2, 2, channels)
    halves = np.rint(parts.mean(axis=(-4, -2))).astype(np.uint8)
    return shrink(halves, most)


def names_width(names):
    """Return about how many inches names beside the rows take."""
    return max((inches(shortened(n), _FONT) + 0.1 for n in names), default=0.0)


def shortened(name):
    """Return a name that leaves room for pictures."""
    name = " ".join(str(name).split())
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _on_white(pictures):
    """Grey, RGB or RGBA as RGB."""
    if pictures.shape[-1] < 4:
        return pictures  # one channel is broadcast to three
    alpha = pictures[..., 3:] / np.float32(255)
    mixed = pictures[..., :3] * alpha + 255 * (1 - alpha)
    return np.rint(mixed).astype(np.uint8)
