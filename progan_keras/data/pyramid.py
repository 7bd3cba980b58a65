"""The data set on disk: one memory-mapped uint8 array per resolution.

Progressive growing asks for the same images at 4x4, 8x8, ... up to the full
resolution. All levels are computed once and kept as plain `.npy` files, a
third more disk than the full resolution alone; a training step then only
reads.
"""

import functools
import hashlib
import re
from pathlib import Path

import numpy as np

from progan_keras.checks import check_integer, resolutions_up_to
from progan_keras.data.labels import (
    Labels,
    check_label_shape,
    shorten,
    unknown_field,
)
from progan_keras.data.level_reader import LevelReader
from progan_keras.data.pyramid_folder import (
    open_level,
    read_description,
    read_label_indices,
)

# Sources of tensorflow-datasets end like this.
_SPLIT = re.compile(r" of tensorflow-datasets, split (.+)$")


class ImagePyramid:
    """Read-only view of a prepared data set, at every resolution of growing.

    A folder holds `4.npy`, `8.npy`, ..., `R.npy` (uint8 `[N, r, r, C]`),
    `labels.npz` and `pyramid.json`. It can be copied to other places and
    machines as it is. The arrays are memory-mapped: opening a data set larger
    than memory takes milliseconds.

    Args:
        folder: path of a folder that `PyramidWriter` has written.
        mirror: bool, whether horizontal flips suit the images; `None` takes
            what the folder says.
        labels: `progan_keras.data.labels.Labels`, the class of every image,
            or `None` for images alone. `stored_labels` returns those that
            the folder holds.
        resolution: int, side of the largest level to show; `None` takes the
            largest there is.

    Attributes:
        name: str, the data set's name.
        resolution: int, side of the largest level.
        num_channels: int, 1 (grey), 3 (RGB) or 4 (RGBA).
        resolutions: tuple of int, `(4, 8, ..., resolution)`.
        fingerprint: str, 16 hex digits of the SHA-256 of the largest level:
            the same images have the same fingerprint on every machine.
        mirror: bool, whether `stream` flips images by default.
        source: str, where the images came from.
        licence: str, the terms of the images, or `None` if nobody said.
        fit: str, how images that were no squares became squares.
        background: str, the colour behind padding and transparent pixels.
        skipped: list of dicts with "index", "name" and "reason" of images
            that could not be read and are missing here.
        label_fields: tuple of str, the labels that the folder holds.
        default_field: str, the one that suits best, or `None`.
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

    def __init__(self, folder, mirror=None, labels=None, resolution=None):
        self.folder = Path(folder)
        description = read_description(self.folder)
        self.name = description["name"]
        self.num_channels = description["num_channels"]
        self.resolution = description["resolution"]
        self.fingerprint = description["fingerprint"]
        if resolution not in (None, self.resolution):
            _check_level(resolution, self)
            self.resolution = resolution
            self.fingerprint = _part_of(self.fingerprint, resolution)
        self.resolutions = resolutions_up_to(self.resolution)
        self.source = description["source"]
        self.licence = description["licence"]
        self.fit = description["fit"]
        self.background = description["background"]
        self.skipped = description["skipped"]
        self.default_field = description["default_field"]
        self._class_names = description["class_names"]
        self._unusable_labels = description["unusable_labels"]
        self.label_fields = tuple(self._class_names)
        self.mirror = description["mirror"] if mirror is None else bool(mirror)
        self._levels = {
            r: open_level(
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
        _check_level(resolution, self)
        return self._levels[resolution]

    def read(self, resolution, indices):
        """Reads some images, whatever their order, from disk.

        The process grows by these images only, while pages of `at` that were
        looked at stay with it.

        Args:
            resolution: int, one of `resolutions`.
            indices: integer array `[n]` of numbers in `[0, N)`.

        Returns:
            uint8 array `[n, resolution, resolution, C]`.

        Raises:
            ValueError: if the pyramid has no such level.
            IndexError: if there is no image of one of these numbers.
            OSError: if the file cannot be read.
        """
        _check_level(resolution, self)
        return self._readers[resolution](indices)

    @functools.cached_property
    def _readers(self):
        return {
            r: LevelReader(self.folder / f"{r}.npy") for r in self.resolutions
        }

    def stored_labels(self, field=None):
        """Returns labels that were found when the images were prepared.

        Args:
            field: str, one of `label_fields`, or its end after a slash;
                `None` takes `default_field`.

        Returns:
            `Labels`; classes may be without images. `None` if there is no
            default and no field is named.

        Raises:
            ValueError: if there are no labels of this name, or they cannot
                serve as classes.
        """
        field = self.default_field if field is None else field
        if field is None:
            return None
        if field in self._unusable_labels:
            raise ValueError(self._unusable_labels[field])
        ends = [f for f in self.label_fields if f.endswith("/" + field)]
        if field not in self._class_names and len(ends) == 1:
            field = ends[0]
        if field not in self._class_names:
            raise unknown_field(self.source, field, self.label_fields)
        number = self.label_fields.index(field)
        names = tuple(self._class_names[field])
        count = len(self)
        indices = read_label_indices(self.folder, number, count, len(names))
        return Labels(indices, names)

    @property
    def split(self):
        """Part of a data set of tensorflow-datasets, such as "test[:10%]".

        None where parts have no names.
        """
        found = _SPLIT.search(self.source)
        return found and found[1]

    def load_arguments(self):
        """Returns the arguments of `load` that differ from the usual ones.

        Returns:
            dict for JSON with some of "labels", "split", "fit" and
            "background"; not which images, and not how large.
        """
        fields = [
            field
            for field in self.label_fields
            if field != self.default_field
            and self.stored_labels(field).fingerprint == self.label_fingerprint
        ]
        arguments = {
            "labels": fields[0] if fields else None,
            "split": self.split,
            "fit": self.fit if self.fit != "crop" else None,
            "background": self.background
            if self.background != "white"
            else None,
        }
        return {k: v for k, v in arguments.items() if v is not None}

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


def _check_level(resolution, pyramid):
    levels = resolutions_up_to(pyramid.resolution)
    if resolution not in levels:
        raise ValueError(
            f"The data set {pyramid.name!r} has no level of this resolution; "
            f"it has {', '.join(map(str, levels))}. "
            f"Received: resolution={resolution!r}"
        )


def _part_of(fingerprint, resolution):
    """Returns the fingerprint of the levels up to a resolution."""
    part = f"{fingerprint} {resolution}".encode()
    return hashlib.sha256(part).hexdigest()[:16]
