"""Arrays of images as pictures for people: bytes, grids and files.

    import progan_keras as pk

    pk.image_grid(pictures, scale=4).save("grid.png")

Networks speak float images in [-1, 1]; people look at uint8. This module needs
NumPy and Pillow only, so that looking at pictures never waits for TensorFlow.
"""

import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from progan_keras.files import write_atomically

# Channels -> Pillow's name for such pixels.
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def to_uint8(images):
    """Turn float images into the bytes that screens and files use.

    -1 becomes 0 and 1 becomes 255; what lies outside is clipped. uint8 images
    are returned as they are.

    Args:
        images: Array or tensor `[..., height, width, channels]`, float in
            [-1, 1] or uint8.

    Returns:
        uint8 NumPy array of the same shape.

    Raises:
        ValueError: If the images are neither float nor uint8, or hold NaN.
    """
    images = np.asarray(images)
    if images.dtype == np.uint8:
        return images
    # NumPy does not count bfloat16, an extension type, among its floats.
    if images.dtype.kind != "f" and images.dtype.name != "bfloat16":
        raise ValueError(
            "These numbers cannot be read as images: expected float images in "
            "[-1, 1] or uint8 images in [0, 255]. Convert them to one of "
            f"these. Received: images.dtype={images.dtype}"
        )
    images = images.astype(np.float32)
    missing = int(np.isnan(images).sum())
    if missing:
        raise ValueError(
            "The images hold NaN, which has no colour: usually the network "
            "that made them has diverged. Go back to an earlier checkpoint or "
            "lower the learning rate. "
            f"Received: {missing} NaN of {images.size} values"
        )
    # [-1, 1] has length 2, hence 255 / 2 steps per unit.
    return np.rint(np.clip((images + 1) * 127.5, 0, 255)).astype(np.uint8)


def image_grid(
    images,
    columns=None,
    scale=1,
    padding=0,
    background=255,
    row_names=None,
):
    """Lay images out in rows, left to right and top to bottom.

        image_grid(images, columns=8, scale=2).save("grid.png")

    Args:
        images: Array or tensor `[N, height, width, channels]` with 1 channel
            (grey), 3 (RGB) or 4 (RGBA), float in [-1, 1] or uint8.
        columns: Images per row. By default the grid is about square.
        scale: Whole number of times that each image is enlarged, keeping its
            pixels visible as squares.
        padding: Pixels of background between the images and around the grid.
        background: Value in [0, 255] of padding and empty cells, or one value
            per channel.
        row_names: Strings, one per row, to write to the left of them.

    Returns:
        A `PIL.Image.Image` of mode `L`, `RGB` or `RGBA`.

    Raises:
        ValueError: If the images have another shape or type, or an option is
            out of its range.
    """
    images = to_uint8(images)
    if images.ndim != 4 or images.shape[-1] not in _MODES or 0 in images.shape:
        raise ValueError(
            "A grid needs at least one image in an array "
            "[N, height, width, channels] with 1, 3 or 4 channels. Add the "
            "missing axes, or move the channels last. "
            f"Received: images.shape={images.shape}"
        )
    count, height, width, channels = images.shape
    if columns is None:
        columns = math.ceil(math.sqrt(count))
    _check_whole("columns", columns, minimum=1)
    _check_whole("scale", scale, minimum=1)
    _check_whole("padding", padding, minimum=0)
    rows = math.ceil(count / columns)
    height, width = height * scale, width * scale
    step_down, step_right = height + padding, width + padding
    canvas = _canvas(
        rows * step_down + padding,
        columns * step_right + padding,
        channels,
        background,
    )
    for index, image in enumerate(_enlarge(images, scale)):
        row, column = divmod(index, columns)
        top, left = padding + row * step_down, padding + column * step_right
        canvas[top : top + height, left : left + width] = image
    # Pillow wants grey pictures without their channel axis.
    grid = Image.fromarray(canvas[..., 0] if channels == 1 else canvas)
    if row_names is None:
        return grid
    if len(row_names) != rows:
        raise ValueError(
            f"The grid has {rows} rows and needs a name for each. "
            f"Received: row_names={list(row_names)}"
        )
    return _write_names(grid, [*map(str, row_names)], padding, step_down)


def upscale_nearest(images, resolution):
    """Enlarge square images by repeating their pixels.

    Args:
        images: Array `[N, height, width, channels]`, height equal to width.
        resolution: Height and width wanted, a multiple of the present ones.

    Returns:
        NumPy array `[N, resolution, resolution, channels]`, dtype unchanged.

    Raises:
        ValueError: If the images are not square, or `resolution` is not a
            multiple of theirs.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] != images.shape[2]:
        raise ValueError(
            "Only square images in an array [N, height, width, channels] are "
            "enlarged. Crop them, or add the missing axes. "
            f"Received: images.shape={images.shape}"
        )
    _check_whole("resolution", resolution, minimum=1)
    present = images.shape[1]
    if present == 0 or resolution % present:
        raise ValueError(
            "Repeating pixels reaches whole multiples only: expected a "
            f"resolution that is a multiple of {present}. Received: "
            f"resolution={resolution}, images.shape={images.shape}"
        )
    return _enlarge(images, resolution // present)


def save_image(image, path):
    """Save a picture, whole or not at all.

    Args:
        image: A `PIL.Image.Image`.
        path: File to write; its suffix (`.png`, `.jpg`, `.webp`, ...) chooses
            the format. Missing folders are made, an existing file is replaced.

    Returns:
        The `pathlib.Path` written.

    Raises:
        ValueError: If the suffix names no picture format, or one that cannot
            hold this picture.
        OSError: If the file cannot be written; permission and folder problems
            keep their own subclass.
    """
    path = Path(path)
    kind = picture_format(path)
    encoded = io.BytesIO()
    try:
        image.save(encoded, format=kind)
    except OSError as error:
        raise ValueError(
            f"{kind} cannot hold this picture. Save it as .png, or "
            "convert it first. Received: "
            f"path={str(path)!r}, image.mode={image.mode!r}"
        ) from error
    return write_atomically(encoded.getvalue(), path)


def picture_format(path):
    """Return the format that a file's suffix chooses, by Pillow's name.

    Args:
        path: File to write.

    Raises:
        ValueError: If the suffix names no picture format.
    """
    kind = Image.registered_extensions().get(Path(path).suffix.lower())
    if kind not in Image.SAVE:
        raise ValueError(
            "The file name does not end in a picture format that can be "
            "written. Give it a suffix such as .png, .jpg or .webp. "
            f"Received: path={str(path)!r}"
        )
    return kind


def _enlarge(images, factor):
    """Repeat each pixel of `[N, height, width, channels]` in both axes."""
    return images.repeat(factor, axis=1).repeat(factor, axis=2)


def _canvas(height, width, channels, background):
    """Return uint8 `[height, width, channels]` full of the background."""
    values = np.asarray(background)
    if values.shape not in ((), (channels,)) or not np.all(
        (values >= 0) & (values <= 255)
    ):
        raise ValueError(
            "The background must be one value in [0, 255], or one for each of "
            f"the {channels} channels. Received: background={background!r}"
        )
    most = 2 * Image.MAX_IMAGE_PIXELS  # that Pillow would read again
    if height * width > most:
        raise ValueError(
            f"A picture has at most {most:,} pixels: take a smaller scale, or "
            f"fewer columns. Received: {width}x{height} pixels"
        )
    return np.full((height, width, channels), values, dtype=np.uint8)


def _write_names(grid, names, top, step_down):
    """Put a column of names to the left of a grid."""
    font = ImageFont.load_default(size=max(10, min(20, step_down // 3)))
    margin = font.size // 2
    width = max(math.ceil(font.getlength(name)) for name in names) + 2 * margin
    white, black = ("white", "black")
    whole = Image.new(grid.mode, (width + grid.width, grid.height), white)
    whole.paste(grid, (width, 0))
    draw = ImageDraw.Draw(whole)
    for row, name in enumerate(names):
        middle = top + row * step_down + (step_down - top) // 2
        draw.text((margin, middle), name, fill=black, font=font, anchor="lm")
    return whole


def _check_whole(name, value, minimum):
    """Refuse anything but a whole number of at least `minimum`."""
    if not isinstance(value, (int, np.integer)) or value < minimum:
        raise ValueError(
            f"`{name}` must be a whole number of at least {minimum}. "
            f"Received: {name}={value!r}"
        )
