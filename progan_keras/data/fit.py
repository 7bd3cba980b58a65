"""From a picture of any size and mode to a square uint8 array."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor

from progan_keras.checks import check_resolution

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
CHANNELS = tuple(_MODES)

# The aligned photographs of CelebA, and the square that the paper's authors
# cut out of them for their runs at 128x128: its centre is at (89, 121).
_CELEBA_SIZE = (178, 218)
_CELEBA_BOX = (89 - 64, 121 - 64, 89 + 64, 121 + 64)


@dataclass(frozen=True)
class Fit:
    """How pictures become squares of one size.

    Args:
        resolution: int, side of the result, a power of two from 4 to 1024.
        num_channels: int, 1 (grey), 3 (RGB) or 4 (RGBA).
        shape: str, what happens to a picture that is no square. One of
            `SHAPES`: "crop" cuts the largest centred square, "pad" puts the
            whole picture on a square of the background, "stretch" changes
            its proportions, "celeba_128" cuts the square of 128 pixels that
            the paper's authors took from the aligned 178x218 photographs of
            CelebA.
        background: str, an opaque colour by name or as "#rrggbb", behind
            padding and transparent pixels. With 4 channels padding is
            transparent and transparency stays.

    Raises:
        ValueError: if one of them is not as described.
    """

    resolution: int
    num_channels: int = 3
    shape: str = "crop"
    background: str = "white"

    def __post_init__(self):
        check_resolution(self.resolution)
        if self.num_channels not in _MODES:
            raise ValueError(
                "`num_channels` must be 1 (grey), 3 (RGB), 4 (RGBA) or None. "
                f"Received: num_channels={self.num_channels!r}"
            )
        if self.shape not in SHAPES:
            raise ValueError(
                f"`fit` must be one of {', '.join(map(repr, SHAPES))}. "
                f"Received: fit={self.shape!r}"
            )
        _read_colour(self.background)

    def __call__(self, image):
        """Converts one picture.

        Pictures are reduced by averaging areas (a box filter), as in the
        paper, and enlarged by bicubic interpolation.

        Args:
            image: upright `PIL.Image.Image` of any mode and size.

        Returns:
            uint8 array `[resolution, resolution, num_channels]`.

        Raises:
            ValueError: if the picture holds floating-point pixels, whose
                white is not defined, or does not suit the shape.
        """
        box, size = SHAPES[self.shape](*image.size, self.resolution)
        if box != (0, 0, *image.size):
            # Before all else: what is cut away needs no conversion.
            image = image.crop(box)
        image = _resize(self._with_channels(image), size)
        square = (self.resolution, self.resolution)
        if size != square:
            image = self._padded(image, square)
        return np.asarray(image).reshape(*square, self.num_channels)

    def _with_channels(self, image):
        """Converts any mode of Pillow's to grey, RGB or RGBA with 8 bits."""
        if image.mode == "F":
            raise ValueError("floating-point pixels are not supported")
        if image.mode.startswith("I"):
            # `convert` would clip 16 bits. The upper 8 are exact for what was
            # written with 8, times 256 or 257; Pillow takes them of colours.
            pixels = np.asarray(image).clip(0, 65535) >> 8
            image = Image.fromarray(pixels.astype(np.uint8))
        if image.mode == "LAB":  # to RGBA, it would become transparent
            image = image.convert("RGB")
        if self.num_channels != 4 and image.has_transparency_data:
            image = _convert(image, "RGBA")
            behind = Image.new("RGB", image.size, _read_colour(self.background))
            behind.paste(image, mask=image)
            image = behind
        return _convert(image, _MODES[self.num_channels])

    def _padded(self, image, size):
        """Puts a picture on the middle of the background."""
        if self.num_channels == 4:
            square = Image.new("RGBA", size)
        else:
            colour = _read_colour(self.background)
            square = Image.new("RGB", size, colour).convert(image.mode)
        place = (size[0] - image.width) // 2, (size[1] - image.height) // 2
        square.paste(image, place)
        return square


def _convert(image, mode):
    # Pillow would copy a picture that has the mode already.
    return image if image.mode == mode else image.convert(mode)


def _read_colour(background):
    """Returns red, green and blue, 0 to 255."""
    try:
        red, green, blue = ImageColor.getrgb(background)
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            '`background` must be a colour such as "white" or "#336699". '
            f"Received: background={background!r}"
        ) from None
    return red, green, blue


# Each takes the width and height of a picture and the side of the result, and
# returns the box (left, top, right, bottom) to cut out of the picture and the
# (width, height) to resize it to.


def _crop(width, height, side):
    cut = min(width, height)
    left, top = (width - cut) // 2, (height - cut) // 2
    return (left, top, left + cut, top + cut), (side, side)


def _pad(width, height, side):
    longest = max(width, height)
    size = (
        max(1, round(width * side / longest)),
        max(1, round(height * side / longest)),
    )
    return (0, 0, width, height), size


def _stretch(width, height, side):
    return (0, 0, width, height), (side, side)


def _crop_celeba(width, height, side):
    if (width, height) != _CELEBA_SIZE:
        raise ValueError(
            f"{width}x{height}, not {_CELEBA_SIZE[0]}x{_CELEBA_SIZE[1]} as "
            "the aligned photographs of CelebA"
        )
    return _CELEBA_BOX, (side, side)


SHAPES = {
    "crop": _crop,
    "pad": _pad,
    "stretch": _stretch,
    "celeba_128": _crop_celeba,
}


def _resize(image, size):
    """Averages areas along a side that shrinks, interpolates one that grows."""
    (across, rest_across), (down, rest_down) = (
        divmod(old, new) for old, new in zip(image.size, size, strict=True)
    )
    if across and down and not (rest_across or rest_down):
        return image.reduce((across, down))  # rounded once, `resize` twice
    # A long strip that grew before it shrinks could fill the memory.
    smaller = tuple(map(min, image.size, size))
    image = image.resize(smaller, Image.Resampling.BOX)
    return image.resize(size, Image.Resampling.BICUBIC)
