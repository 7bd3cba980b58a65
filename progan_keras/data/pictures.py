"""One picture at a time: from any file to a square uint8 array."""

import struct

import numpy as np
from PIL import Image, ImageOps

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
CHANNELS = tuple(_MODES)

# What Pillow's decoders raise on files that are cut off or made up.
_DECODING_ERRORS = (
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
)


def open_picture(path):
    """Decodes an image file, turned upright as its EXIF data says.

    Args:
        path: path of an image file; of an animation, the first frame is used.

    Returns:
        `PIL.Image.Image`.

    Raises:
        ValueError: with the reason, if the file is empty, not an image or
            cut off.
    """
    try:
        with Image.open(path) as image:
            image.load()
            return ImageOps.exif_transpose(image)
    except _DECODING_ERRORS as error:
        raise ValueError(_why_unreadable(path, error)) from error


def picture_size(path):
    """Returns `(width, height)` from the file's header, without decoding.

    Raises:
        ValueError: with the reason, if the header is not one of an image.
    """
    try:
        with Image.open(path) as image:
            return image.size
    except _DECODING_ERRORS as error:
        raise ValueError(_why_unreadable(path, error)) from error


def fit_picture(image, resolution, num_channels):
    """Converts a picture to `[resolution, resolution, num_channels]`.

    The largest centred square is cut out and reduced by averaging areas (a
    box filter), as in the paper; a smaller one is enlarged with bicubic
    interpolation. Transparent pictures are laid on white, unless
    `num_channels` is 4.

    Args:
        image: `PIL.Image.Image` of any mode and size.
        resolution: int, side of the result.
        num_channels: int, 1 (grey), 3 (RGB) or 4 (RGBA).

    Returns:
        uint8 array `[resolution, resolution, num_channels]`.

    Raises:
        ValueError: if the picture holds floating-point pixels, whose white
            is not defined.
    """
    image = _with_channels(image, num_channels)
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    image = image.crop((left, top, left + side, top + side))
    if side % resolution == 0:
        image = image.reduce(side // resolution)  # exact, rounded once
    elif side > resolution:
        image = image.resize((resolution, resolution), Image.Resampling.BOX)
    else:
        image = image.resize((resolution, resolution), Image.Resampling.BICUBIC)
    return np.asarray(image).reshape(resolution, resolution, num_channels)


def _with_channels(image, num_channels):
    """Converts any mode of Pillow's to grey, RGB or RGBA with 8 bits."""
    if image.mode == "F":
        raise ValueError("floating-point pixels are not supported")
    if image.mode.startswith("I"):  # 16 bits; `convert` would clip them
        pixels = np.asarray(image).clip(0, 65535) >> 8
        image = Image.fromarray(pixels.astype(np.uint8))
    if num_channels != 4 and image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert(_MODES[num_channels])


def _why_unreadable(path, error):
    """Returns a few words that say why Pillow could not read a file."""
    if path.exists() and path.stat().st_size == 0:
        return "the file is empty"
    if isinstance(error, Image.UnidentifiedImageError):
        return "not an image"
    # Pillow's messages repeat the path; the caller names the file anyway.
    return str(error).replace(str(path), path.name) or type(error).__name__
