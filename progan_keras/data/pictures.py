"""One picture at a time: from a file to an upright image, or the reason not."""

import textwrap
import warnings

from PIL import ExifTags, Image

# Pillow refuses pictures above 179 megapixels, as files that mean to fill the
# memory, and warns of those above half of that: the panoramas that a phone
# writes. Neither is a reason to touch its limit, which all of a process
# shares. `warnings.catch_warnings` is no way either: it swaps the filters of
# all threads at once. So one filter for this warning alone; whoever wants to
# see it sets another after importing this package.
warnings.filterwarnings(
    "ignore", category=Image.DecompressionBombWarning, module=r"PIL\.Image$"
)

# How to undo what the camera says of itself in EXIF data.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LONGEST_REASON = 100


# Nothing else is tried, whatever a file is called: of PostScript, Pillow would
# have another program executed.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")


def open_encoded(file):
    """Opens an image file, whatever it is called.

    Args:
        file: path or binary stream.

    Returns:
        `PIL.Image.Image`, not decoded yet.

    Raises:
        PIL.UnidentifiedImageError: if it is none of the usual formats; other
            errors of Pillow's if it is damaged.
    """
    return Image.open(file, formats=_FORMATS)


def decoded(open_image):
    """Decodes a picture, turned upright as its EXIF data says.

    Args:
        open_image: `Record.open`; of an animation, the first frame is used.

    Returns:
        `PIL.Image.Image`.

    Raises:
        ValueError: with the reason, in a few words, if the file is empty, not
            an image, cut off, or would fill the memory.
    """
    # Pillow does not say what its decoders raise when fed with anything, and
    # a single file must not end the work on all others.
    try:
        with open_image() as image:
            image.load()
            turn = _TURNS.get(_orientation(image))
            return image if turn is None else image.transpose(turn)
    except Exception as error:
        raise ValueError(_why_unreadable(error)) from error


def picture_size(open_image):
    """Returns `(width, height)` from a picture's header, without decoding.

    They are those of the stored pixels: EXIF data may swap them.

    Args:
        open_image: `Record.open`.

    Raises:
        ValueError: with the reason, if the header is not one of an image.
    """
    try:
        with open_image() as image:
            return image.size
    except Exception as error:
        raise ValueError(_why_unreadable(error)) from error


def _orientation(image):
    """Returns the EXIF orientation, 1 to 8, or anything if that is broken."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # the picture itself has been decoded all the same
        return None


def _why_unreadable(error):
    """Returns a few words that say why Pillow could not read a picture."""
    if isinstance(error, Image.UnidentifiedImageError):
        return "not an image"
    if isinstance(error, Image.DecompressionBombError):
        return (
            f"more than {2 * Image.MAX_IMAGE_PIXELS:,} pixels, which may be "
            "meant to fill the memory"
        )
    if isinstance(error, MemoryError):
        return "needs more memory than there is"
    # The message of an OSError repeats the path, which the caller names.
    reason = str(getattr(error, "strerror", None) or error)
    return textwrap.shorten(reason, _LONGEST_REASON) or type(error).__name__
