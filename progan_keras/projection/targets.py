"""Pictures to look for, as the generator would make them."""

import functools
import os
from pathlib import Path

import numpy as np
from PIL import Image

from progan_keras.data.fit import Fit
from progan_keras.data.pictures import decoded, open_encoded

_KINDS = {1: "grey", 3: "RGB", 4: "RGBA"}
_FITS = ("crop", "pad", "stretch")


def read_targets(pictures, resolution, num_channels, fit=None):
    """Return pictures as an array of the generator's size.

    Args:
        pictures: Path of an image file, uint8 array `[H, W, C]`, or a sequence
            of these, such as an array `[N, H, W, C]`.
        resolution: Integer, side of the generator's pictures.
        num_channels: Integer, theirs.
        fit: "crop", "pad" (on white) or "stretch" to resize pictures of other
            sizes and to convert their channels; None to refuse them. Grey is
            made to colours, and opaque to RGBA, in any case: nothing is lost.

    Returns:
        uint8 array `[N, resolution, resolution, num_channels]`.

    Raises:
        ValueError: for what is no picture, or one that does not fit.
        OSError: if a file cannot be opened.
    """
    if fit not in (None, *_FITS):
        raise ValueError(
            f"`fit` is one of {_FITS}, or None for pictures that have the "
            f"generator's size. Received: fit={fit!r}"
        )
    one = isinstance(pictures, (str, os.PathLike))
    if one or getattr(pictures, "ndim", None) == 3:
        pictures = [pictures]
    if not len(pictures):
        raise ValueError(
            "There is nothing to look for: give at least one picture. "
            "Received: no pictures"
        )
    convert = Fit(resolution, num_channels, fit or "stretch")
    return np.stack(
        [
            _converted(picture, number, convert, strict=fit is None)
            for number, picture in enumerate(pictures)
        ]
    )


def _converted(picture, number, convert, strict):
    """Return one picture, uint8 `[R, R, C]`."""
    if isinstance(picture, (str, os.PathLike)):
        name, image = str(picture), _opened(Path(picture).expanduser())
    else:
        name, image = f"picture {number}", _from_array(picture, number)
    if strict:
        _check_fits(image, name, convert)
    try:
        return convert(image)
    except ValueError as error:
        raise ValueError(
            f"This picture cannot be used: {error}. Received: {name!r}"
        ) from error


def _opened(path):
    """Return the upright picture in a file."""
    if not path.is_file():
        raise FileNotFoundError(
            "There is no such picture; expected an image file. "
            f"Received: {str(path)!r}"
        )
    try:
        return decoded(functools.partial(open_encoded, path))
    except ValueError as error:
        raise ValueError(
            f"The picture cannot be read ({error}): save it as PNG or JPEG. "
            f"Received: {str(path)!r}"
        ) from error


def _from_array(pixels, number):
    """Return an array of pixels as a picture."""
    pixels = np.asarray(pixels)
    fits = pixels.ndim == 3 and pixels.shape[-1] in _KINDS and pixels.size
    if pixels.dtype != np.uint8 or not fits:
        raise ValueError(
            "A picture is a path, or a uint8 array [height, width, channels] "
            "with 1, 3 or 4 channels; `pk.images.to_uint8` converts float "
            f"images in [-1, 1]. Received: picture {number} of type "
            f"{pixels.dtype} and shape {list(pixels.shape)}"
        )
    return Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def _check_fits(image, name, convert):
    """Raise ValueError if size or channels are not the generator's."""
    side, channels = convert.resolution, convert.num_channels
    width, height = image.size
    if (width, height) != (side, side):
        raise ValueError(
            f"This generator makes pictures of {side}x{side} pixels: let this "
            "one be made to fit by crop, pad or stretch (`fit`, or --fit). "
            f"Received: {name!r} of {width}x{height}"
        )
    own = 1 if image.mode in ("1", "L") or image.mode.startswith("I") else 3
    own = 4 if image.has_transparency_data else own
    if own > channels:
        raise ValueError(
            f"This generator makes {_KINDS[channels]} pictures: convert this "
            "one, or let it be made to fit by crop, pad or stretch (`fit`, or "
            f"--fit). Received: {name!r} in {_KINDS[own]}"
        )
