"""The data set on disk: one memory-mapped uint8 array per resolution.

Progressive growing asks for the same images at 4x4, 8x8, ... up to the full
resolution. All levels are computed once and kept as plain `.npy` files, a
third more disk than the full resolution alone; a training step then only
reads.
"""

import json
from pathlib import Path

import numpy as np

from progan_keras.checks import check_integer, resolutions_up_to
from progan_keras.data.labels import check_label_shape, shorten

FORMAT_VERSION = 1

DESCRIPTION_FILE = "pyramid.json"
_FIELDS = (
    "name",
    "count",
    "resolution",
    "num_channels",
    "fingerprint",
    "source",
    "mirror",
)


class ImagePyramid:
    """Read-only view of a prepared data set, at every resolution of growing.

    A folder holds `4.npy`, `8.npy`, ..., `R.npy` (uint8 `[N, r, r, C]`) and
    `pyramid.json`. The arrays are memory-mapped: opening a data set larger
    than memory takes milliseconds.

    Args:
        folder: path of a folder that `build_pyramid` has written.
        mirror: bool, whether horizontal flips suit the images; `None` takes
            what the folder says.
        labels: `progan_keras.data.labels.Labels`, the class of every image,
            or `None`. The folder knows nothing of them.

    Attributes:
        name: str, the data set's name.
        resolution: int, side of the largest level.
        num_channels: int, 1 (grey), 3 (RGB) or 4 (RGBA).
        resolutions: tuple of int, `(4, 8, ..., resolution)`.
        fingerprint: str, 16 hex digits of the SHA-256 of the largest level:
            the same images have the same fingerprint on every machine.
        mirror: bool, whether `stream` flips images by default.
        source: str, where the images came from.
        folder: `pathlib.Path` of the folder.
        labels: int64 array `[N]` of class indices, read-only, or `None`.
        class_names: tuple of str; `()` without labels.
        num_classes: int; 0 without labels.
        class_frequencies: float64 array `[num_classes]` that sums to 1, each
            class's share of the images; `None` without labels.
        label_fingerprint: str, 16 hex digits of the SHA-256 of labels and
            class names; `None` without labels.

    Raises:
        FileNotFoundError: if the folder or one of its files is missing.
        ValueError: if a file does not hold what it should, or there is not
            one label for each image.

    Example:
    >>> images = progan_keras.data.load("emoji_portraits")
    >>> images.at(32).shape
    (2251, 32, 32, 3)
    >>> images.class_names
    ('face', 'person')
    """

    def __init__(self, folder, mirror=None, labels=None):
        self.folder = Path(folder)
        description = _read_description(self.folder)
        self.name = description["name"]
        self.resolution = description["resolution"]
        self.num_channels = description["num_channels"]
        self.resolutions = resolutions_up_to(self.resolution)
        self.fingerprint = description["fingerprint"]
        self.source = description["source"]
        self.mirror = description["mirror"] if mirror is None else bool(mirror)
        self._levels = {
            r: _open_level(
                self.folder / f"{r}.npy",
                (description["count"], r, r, self.num_channels),
            )
            for r in self.resolutions
        }
        self.labels, self.class_names = None, ()
        self.class_frequencies = self.label_fingerprint = None
        if labels is not None:
            check_label_shape(labels.indices.shape, len(self))
            self.labels, self.class_names = labels.indices, labels.class_names
            self.class_frequencies = labels.frequencies
            self.label_fingerprint = labels.fingerprint
        self.num_classes = len(self.class_names)

    def __len__(self):
        return len(self._levels[self.resolution])

    def __repr__(self):
        classes = ""
        if self.num_classes:
            names = shorten(self.class_names)
            classes = f"{self.num_classes:,} classes ({names}), "
        return (
            f"ImagePyramid(name={self.name!r}, {len(self):,} images, "
            f"4x4 to {self.resolution}x{self.resolution}, "
            f"num_channels={self.num_channels}, mirror={self.mirror}, "
            f"{classes}fingerprint={self.fingerprint!r})"
        )

    def at(self, resolution):
        """Returns all images at one resolution, without reading them yet.

        Args:
            resolution: int, one of `resolutions`.

        Returns:
            Read-only `np.memmap`, uint8 `[N, resolution, resolution, C]`.

        Raises:
            ValueError: if the pyramid has no such level.
        """
        if resolution not in self._levels:
            raise ValueError(
                f"The data set {self.name!r} has no level of this resolution; "
                f"it has {', '.join(map(str, self.resolutions))}. "
                f"Received: resolution={resolution!r}"
            )
        return self._levels[resolution]

    def class_examples(self, columns, resolution=None):
        """Returns the first images of every class, class by class.

        Args:
            columns: int, images per class. A class that has fewer is repeated
                from its start.
            resolution: int, one of `resolutions`; `None` takes the largest.

        Returns:
            uint8 array `[num_classes * columns, r, r, C]`: one row per class
            in `image_grid(examples, columns)`.

        Raises:
            ValueError: if there are no labels or no such level, or `columns`
                is less than 1.
        """
        self.check_labelled()
        columns = check_integer(columns, "columns", least=1)
        level = self.at(self.resolution if resolution is None else resolution)
        rows = [
            # Fills the row by starting again where a class ends.
            np.resize(np.flatnonzero(self.labels == index), columns)
            for index in range(self.num_classes)
        ]
        return level[np.concatenate(rows)]

    def check_labelled(self):
        """Raises a ValueError if the data set has no labels."""
        if self.labels is None:
            raise ValueError(
                f"The data set {self.name!r} has no labels. Load it with "
                "`labels=`, one number or name for each image. "
                f"Received: {self!r}"
            )

    def stream(
        self,
        resolution,
        batch_size,
        *,
        start=0,
        seed=0,
        mirror=None,
        num_replicas=None,
        with_labels=False,
    ):
        """Returns an endless `tf.data.Dataset` of shuffled uint8 batches.

        With `with_labels`, batches are pairs of images and int64 labels. The
        arguments and what they promise are described at
        `progan_keras.data.stream.image_stream`.
        """
        # Imported here, so that preparing data does not wait for TensorFlow.
        from progan_keras.data.stream import image_stream

        return image_stream(
            self,
            resolution,
            batch_size,
            start=start,
            seed=seed,
            mirror=mirror,
            num_replicas=num_replicas,
            with_labels=with_labels,
        )


def _read_description(folder):
    """Reads and checks `pyramid.json`."""
    path = folder / DESCRIPTION_FILE
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            "This is not a prepared data set: it has no file "
            f"{DESCRIPTION_FILE}. Received: folder={str(folder)!r}"
        ) from None
    except ValueError as error:
        raise ValueError(_damaged(path, f"it is not JSON ({error})")) from None
    if not isinstance(description, dict):
        raise ValueError(_damaged(path, "it is not a JSON object"))
    version = description.get("format_version")
    if version != FORMAT_VERSION:
        raise ValueError(
            _damaged(path, f"its format is {version}, not {FORMAT_VERSION}")
        )
    missing = [field for field in _FIELDS if field not in description]
    if missing:
        raise ValueError(_damaged(path, f"it lacks {', '.join(missing)}"))
    return description


def _open_level(path, shape):
    """Memory-maps one level and checks that it is what it should be."""
    try:
        level = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise FileNotFoundError(_damaged(path, "it is missing")) from None
    except (EOFError, ValueError) as error:
        raise ValueError(_damaged(path, f"{error}")) from None
    if level.shape != shape or level.dtype != np.uint8:
        found = f"{level.dtype} {list(level.shape)}"
        raise ValueError(
            _damaged(path, f"it holds {found}, not uint8 {list(shape)}")
        )
    return level


def _damaged(path, reason):
    return (
        f"The prepared data set cannot be used: {path.name}: {reason}. "
        "Delete its folder and load the images again. "
        f"Received: folder={str(path.parent)!r}"
    )
