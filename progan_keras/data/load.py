"""`load`: from whatever the user has to a prepared data set."""

import contextlib
import re

from progan_keras.checks import RESOLUTIONS, check_resolution
from progan_keras.data.cache import cache_folder
from progan_keras.data.fit import Fit
from progan_keras.data.load_labels import check_labels, find_labels
from progan_keras.data.prepare import prepare
from progan_keras.data.pyramid import ImagePyramid
from progan_keras.data.pyramid_folder import (
    DESCRIPTION_FILE,
    read_description,
)
from progan_keras.data.reader import read_headers, refuse
from progan_keras.data.sources.open_source import open_source
from progan_keras.data.sources.prepared_source import PreparedSource

# A laptop trains this; larger images are asked for by name.
DEFAULT_MAX_RESOLUTION = 128


def load(
    source="emoji_portraits",
    resolution=None,
    num_channels=None,
    cache_dir=None,
    mirror=None,
    labels=None,
    *,
    split=None,
    fit="crop",
    background="white",
    skip_broken=False,
    data_dir=None,
):
    """Prepares a data set once, and opens it at once from then on.

    Images are made square, reduced by box averaging and stored at every
    resolution of growing in the cache folder. What they are loaded from is
    only read. A changed folder or file is noticed (by names, sizes and
    modification times) and prepared anew.

    Args:
        source: one of

            - `"emoji_portraits"`, 2,251 images that come with the package;
            - the path of a folder with images (also in subfolders), or of a
              `.zip` file with such a folder;
            - the path of a folder with an LMDB database, as LSUN's archives
              hold them (needs the package `lmdb`);
            - a name of tensorflow-datasets with an image feature, where need
              be with its configuration and version: `"cifar10"`,
              `"celeb_a_hq/1024"`, `"mnist:3.0.1"`. It is downloaded once,
              after saying from where, how much and under which terms;
            - the path of a `.npz` file (its array "images", or the only one
              with 3 or 4 axes) or of a `.npy` file;
            - an array `[N, H, W, C]`, or `[N, H, W]` for grey. uint8 means 0
              to 255, float means -1 to 1;
            - a finite `tf.data.Dataset` of such images, or of batches of
              them, alone, in pairs `(image, label)` or in dicts with "image";
            - the path of a prepared folder, such as those in the cache, which
              may have come from another machine.
        resolution: int, power of two from 4 to 1024. `None` takes the largest
            not above the smallest side of the images, at most 128. Smaller
            images are enlarged, with a warning.
        num_channels: int, 1 (grey), 3 (RGB) or 4 (RGBA). `None` takes 3 for
            folders and an array's own. Transparency is laid on the
            background, except with 4.
        cache_dir: path of the folder for prepared data sets. `None` takes
            the environment variable `PROGAN_KERAS_CACHE`, else
            `progan_keras` in the user's cache folder.
        mirror: bool, whether horizontal flips suit the images. `None` takes
            True for the embedded set and some known ones, and False for
            others and the user's own, which may hold text.
        labels: the class of every image. One of

            - `None`, those of the source, if it has some: whether an emoji is
              a face or a person; the subfolder if every image of a folder
              lies in one and there are at least two; the array "labels" of a
              `.npz` file, with the names of the classes in "class_names" if
              there are any; the label of a data set of tensorflow-datasets;
            - a name, if there are several: "category", "style" or
              "subcategory" of emoji; any array of a `.npz` file, with the
              names of the classes in "<name>_names" if there are any;
              "Smiling" of CelebA;
            - an array or list of whole numbers or strings, one for each image
              in the order of the source (of a folder: by relative path), or a
              one-hot matrix `[N, K]`;
            - False, for images alone.

            Classes are sorted by name or number and counted from 0, unless
            the source has an order for them. Numbers from 0 to K - 1 stay
            what they are.
        split: str, which part of a data set of tensorflow-datasets, such as
            "train" (the default), "train+test", "train[:10%]" or "all".
        fit: str, what happens to images that are no squares: "crop" cuts the
            largest centred square, "pad" puts the whole image on a square of
            the background, "stretch" changes its proportions, "celeba_128"
            cuts the square that the paper's authors took from the aligned
            photographs of CelebA.
        background: str, a colour such as "white" or "#336699", behind padding
            and transparent pixels.
        skip_broken: bool, whether to leave out images that cannot be read,
            with a warning and a list in `ImagePyramid.skipped`, rather than
            to stop.
        data_dir: path of the folder where tensorflow-datasets keeps its data
            sets; `None` takes its own default.

    Returns:
        `ImagePyramid`.

    Raises:
        FileNotFoundError: if `source` names nothing that exists.
        ValueError: if an argument is out of range, the source holds no
            images or broken ones, or its labels do not fit its images.
        OSError: if the cache folder cannot be written.
        ConnectionError: if a data set has to be downloaded, and there is no
            network.

    Example:
    >>> images = progan_keras.data.load("my photos", resolution=64)
    >>> images.at(64)[0].shape
    (64, 64, 3)
    >>> progan_keras.data.load(labels="style").class_names
    ('fluent', 'noto')
    """
    if resolution is not None:
        resolution = check_resolution(resolution)
    # What is wrong with them is told before anything is read.
    Fit(resolution or RESOLUTIONS[0], num_channels or 3, fit, background)
    origin = open_source(source, split, data_dir)
    check_labels(origin, labels)
    _check_max(origin, resolution)
    if isinstance(origin, PreparedSource):
        images = origin.pyramid
        _check_prepared(images, num_channels, fit, background)
    else:
        cache, key = cache_folder(cache_dir), origin.key()
        if resolution is None:
            resolution = _default_resolution(origin, cache, key, skip_broken)
        fitting = Fit(
            resolution, num_channels or origin.num_channels, fit, background
        )
        folder = cache / _folder_name(origin.name, fitting, key)
        if folder.exists():
            images = ImagePyramid(folder)
        else:
            images = prepare(origin, folder, fitting, skip_broken)
        if not skip_broken:
            count = len(images) + len(images.skipped)
            refuse(images.skipped, count, origin)
    classes = find_labels(origin, images, labels)
    return ImagePyramid(images.folder, mirror, classes, resolution)


def _folder_name(name, fitting, key):
    """Returns what a prepared data set is called in the cache."""
    # `name` may be anything a folder can be called; keep it short and visible.
    parts = [re.sub(r"[^\w -]", "_", name)[:40]]
    parts += [str(fitting.resolution), str(fitting.num_channels)]
    if fitting.shape != "crop":
        parts.append(fitting.shape)
    if fitting.background != "white":
        parts.append(re.sub(r"\W", "", fitting.background))
    return "-".join([*parts, key])


def _check_max(origin, resolution):
    most = origin.max_resolution
    if most and resolution and resolution > most:
        raise ValueError(
            f"The images of {origin.name!r} are {most} pixels wide; choose at "
            f"most that. Received: resolution={resolution}"
        )


def _check_prepared(images, num_channels, fit, background):
    """Refuses what can no longer be chosen."""
    wishes = {
        "num_channels": (num_channels, (None, images.num_channels)),
        "fit": (fit, ("crop", images.fit)),
        "background": (background, ("white", images.background)),
    }
    for name, (wish, possible) in wishes.items():
        if wish not in possible:
            raise ValueError(
                f"These images are prepared already, with {name}="
                f"{possible[1]!r}. Load what they were made from, to choose "
                f"anew. Received: {name}={wish!r}"
            )


def _default_resolution(origin, cache, key, skip_broken):
    """Returns the largest power of two that needs no enlarging."""
    side = _recorded_side(cache, key) or origin.smallest_side()
    if side is None:
        side, count, broken = read_headers(origin)
        if side is None or not skip_broken:
            refuse(broken, count, origin)
    if side is None:
        raise ValueError(
            "There are no images in this data set. Expected one or more. "
            f"Received: {origin.description}"
        )
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
        with contextlib.suppress(ValueError):  # damaged ones tell nothing
            return read_description(path.parent).get("smallest_side")
    return None
