"""`load`: from whatever the user has to a prepared data set."""

import json
import logging
import os
import re
import time
from pathlib import Path

from progan_keras.checks import RESOLUTIONS, check_resolution
from progan_keras.data.build_pyramid import build_pyramid
from progan_keras.data.labels import encode_labels
from progan_keras.data.pictures import CHANNELS
from progan_keras.data.pyramid import (
    DESCRIPTION_FILE,
    ImagePyramid,
)
from progan_keras.data.sources import open_source

# A laptop trains this; larger images are asked for by name.
DEFAULT_MAX_RESOLUTION = 128

_logger = logging.getLogger("progan_keras")


def load(
    source="emoji_portraits",
    resolution=None,
    num_channels=None,
    cache_dir=None,
    mirror=None,
    labels=None,
):
    """Prepares a data set once, and opens it at once from then on.

    Images are cut to their largest centred square, reduced by box averaging
    and stored at every resolution of growing in the cache folder. What they
    are loaded from is only read. A changed folder or file is noticed (by
    names, sizes and modification times) and prepared anew.

    Args:
        source: one of

            - `"emoji_portraits"`, 2,251 images that come with the package;
            - the path of a folder with images (also in subfolders);
            - the path of a `.npz` file (its array "images", or the only one
              with 3 or 4 axes) or of a `.npy` file;
            - an array `[N, H, W, C]`, or `[N, H, W]` for grey. uint8 means 0
              to 255, float means -1 to 1.
        resolution: int, power of two from 4 to 1024. `None` takes the largest
            not above the smallest side of the images, at most 128. Smaller
            images are enlarged, with a warning.
        num_channels: int, 1 (grey), 3 (RGB) or 4 (RGBA). `None` takes 3 for
            folders and an array's own. Transparency is laid on white, except
            with 4.
        cache_dir: path of the folder for prepared data sets. `None` takes
            the environment variable `PROGAN_KERAS_CACHE`, else
            `progan_keras` in the user's cache folder.
        mirror: bool, whether horizontal flips suit the images. `None` takes
            True for the embedded set and False for the user's own, which may
            hold text.
        labels: the class of every image. They are no part of what is stored,
            so that the same prepared images serve any of them. One of

            - `None`, those of the source, if it has some: whether an emoji is
              a face or a person; the subfolder (of the first level) if every
              image of a folder lies in one and there are at least two; the
              array "labels" of a `.npz` file, with the names of the classes
              in "class_names" if there are any;
            - a name, if there are several: "category", "style" or
              "subcategory" of emoji; any array of a `.npz` file, with the
              names of the classes in "<name>_names" if there are any;
            - an array or list of whole numbers or strings, one for each image
              in the order of the source (of a folder: by relative path), or a
              one-hot matrix `[N, K]`;
            - False, for images alone.

            Classes are sorted by name or number and counted from 0. Numbers
            from 0 to K - 1 stay what they are.

    Returns:
        `ImagePyramid`.

    Raises:
        FileNotFoundError: if `source` names nothing that exists.
        ValueError: if an argument is out of range, the source holds no
            images or broken ones, or its labels do not fit its images.
        OSError: if the cache folder cannot be written.

    Example:
    >>> images = progan_keras.data.load("my photos", resolution=64)
    >>> images.at(64)[0].shape
    (64, 64, 3)
    >>> progan_keras.data.load(labels="style").class_names
    ('fluent', 'noto')
    """
    if resolution is not None:
        resolution = check_resolution(resolution)
    if num_channels not in (None, *CHANNELS):
        raise ValueError(
            "`num_channels` must be 1 (grey), 3 (RGB), 4 (RGBA) or None. "
            f"Received: num_channels={num_channels!r}"
        )
    origin = open_source(source)
    classes = _find_labels(origin, labels)
    cache = _cache_folder(cache_dir)
    key = origin.key()
    if resolution is None:
        resolution = _default_resolution(origin, cache, key)
    if origin.max_resolution and resolution > origin.max_resolution:
        raise ValueError(
            f"The images of {origin.name!r} are {origin.max_resolution} "
            "pixels wide; choose at most that. "
            f"Received: resolution={resolution}"
        )
    num_channels = num_channels or origin.num_channels
    # `name` may be anything a folder can be called; keep it short and visible.
    name = re.sub(r"[^\w -]", "_", origin.name)[:40]
    folder = cache / f"{name}-{resolution}-{num_channels}-{key}"
    if not folder.exists():
        _prepare(origin, folder, resolution, num_channels)
    return ImagePyramid(folder, mirror=mirror, labels=classes)


def _find_labels(origin, labels):
    """Returns `Labels` for the images of a source, or None."""
    if labels is False:
        return None
    if labels is not None and not isinstance(labels, str):
        return encode_labels(labels, len(origin))
    try:
        found = origin.labels(labels)
        if found is None:
            return None
        values, class_names = found
        return encode_labels(values, len(origin), class_names)
    except ValueError as error:
        if labels is not None:
            raise
        # Whoever only wants the images never asked for these labels.
        raise ValueError(
            f"The labels in {origin.description} cannot be used; "
            f"`labels=False` loads the images alone. {error}"
        ) from error


def _prepare(origin, folder, resolution, num_channels):
    """Writes the pyramid, and says so: it may take minutes."""
    count = len(origin)
    _logger.info(
        "Preparing %d images at %dx%d in %s",
        count,
        resolution,
        resolution,
        folder,
    )
    start = time.perf_counter()
    try:
        build_pyramid(
            folder,
            origin.chunks(resolution, num_channels),
            count=count,
            resolution=resolution,
            num_channels=num_channels,
            name=origin.name,
            source=origin.description,
            mirror=origin.mirror,
            smallest_side=origin.smallest_side(),
        )
    except OSError as error:
        reason = error.strerror or error
        raise OSError(
            f"The prepared images cannot be written ({reason}). Free some "
            "space, or choose another folder with `cache_dir` or the "
            "environment variable PROGAN_KERAS_CACHE. "
            f"Received: cache_dir={str(folder.parent)!r}"
        ) from error
    seconds = time.perf_counter() - start
    _logger.info(
        "Prepared %d images in %.1f s (%.0f images/s)",
        count,
        seconds,
        count / seconds,
    )


def _default_resolution(origin, cache, key):
    """Returns the largest power of two that needs no enlarging."""
    side = _recorded_side(cache, key) or origin.smallest_side()
    if side < RESOLUTIONS[0]:
        raise ValueError(
            f"The smallest image is {side} pixels wide or high, less than the "
            f"{RESOLUTIONS[0]} that growing starts with. Remove such images, "
            "or pass a `resolution` to enlarge them. "
            f"Received: {origin.description}"
        )
    return min(DEFAULT_MAX_RESOLUTION, 2 ** (side.bit_length() - 1))


def _recorded_side(cache, key):
    """Returns what an earlier preparation found, or None.

    It spares reading the headers of all files each time.
    """
    for path in cache.glob(f"*-{key}/{DESCRIPTION_FILE}"):
        description = json.loads(path.read_text(encoding="utf-8"))
        return description["smallest_side"]
    return None


def _cache_folder(cache_dir):
    """Returns the folder for prepared data sets."""
    named = cache_dir or os.environ.get("PROGAN_KERAS_CACHE")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "progan_keras"
