"""A `tf.data.Dataset` as a source."""

import functools
import hashlib
import warnings

import numpy as np
from PIL import Image

from progan_keras.data.sources.array_source import float_to_uint8
from progan_keras.data.sources.dataset_elements import (
    check_shape,
    read_label,
    split_elements,
)
from progan_keras.data.sources.source import Record, Source, hash_key


class DatasetSource(Source):
    """Images of a finite `tf.data.Dataset`, with their labels if it has some.

    It may be shuffled: the images are the same in any order. One that makes
    other images at each pass, by random crops or flips, is a new data set
    each time.

    Args:
        dataset: `tf.data.Dataset` of images, of pairs `(image, label)`, or of
            dicts with "image" (or a single entry of rank 3), or of batches of
            any of these. Images are uint8 (0 to 255) or float (-1 to 1) of
            shape `[H, W, C]` or, grey, `[H, W]`; sizes may differ. Labels are
            whole numbers, strings or bools; that of a pair may also be
            one-hot. Other entries of a dict are left out.
        name: str.

    Raises:
        ValueError: if it never ends, or its elements are others.
    """

    labels_come_with_images = True

    def __init__(self, dataset, name="dataset"):
        import tensorflow as tf

        if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
            raise ValueError(
                "This dataset never ends. Leave out its `repeat()`, or take "
                "as many images as you want by `dataset.take(count)`. "
                "Received: source of infinite cardinality"
            )
        self._dataset = split_elements(dataset)
        image, labels = self._dataset.element_spec
        rank = image.shape.rank
        self._shape = (None,) * 3 if rank is None else tuple(image.shape)
        channels = self._shape[2] or 3 if len(self._shape) == 3 else 1
        super().__init__(name, "tf.data.Dataset", channels)
        self._fields = tuple(labels)
        if "label" in labels or len(labels) == 1:
            self.default_field = "label" if "label" in labels else [*labels][0]
        # Datasets that Keras makes from a folder know them.
        self._class_names = getattr(dataset, "class_names", None)
        self._count = int(self._dataset.cardinality())

    def count(self):
        """Returns the number of images if it is known without reading them."""
        return self._count if self._count >= 0 else None

    def key(self):
        """Returns a hash of all images and labels, in whatever order.

        Raises:
            ValueError: as `records`.
        """
        total = self._count = 0
        for image, labels in self._read():
            digest = hashlib.sha256(f"{image.dtype} {image.shape}".encode())
            digest.update(np.ascontiguousarray(image).tobytes())
            digest.update(repr(sorted(labels.items())).encode())
            total += int.from_bytes(digest.digest(), "big")
            self._count += 1
        names = repr(self._class_names)
        return hash_key(f"dataset {total % 2**256:x} {self._count}", names)

    def smallest_side(self):
        """Returns the smaller of height and width if they never change."""
        height, width = self._shape[:2]
        return min(height, width) if height and width else None

    def records(self):
        """Yields the images of one pass, named by their number.

        Raises:
            ValueError: if a float value is not in [-1, 1], an image or a
                label has another shape, or the dataset raises an error.
        """
        lowest = None
        for number, (image, labels) in enumerate(self._read()):
            if image.dtype != np.uint8:
                lowest = min(float(image.min()), lowest or 0.0)
                image = float_to_uint8(image)
            if image.ndim == 3 and image.shape[2] == 1:
                image = image[..., 0]  # Pillow knows grey as [H, W]
            opened = functools.partial(Image.fromarray, image)
            yield Record(str(number), opened, labels)
        if lowest == 0:
            warnings.warn(
                "No value is below 0. Float images are read as -1 (black) to "
                "1 (white): if these are 0 to 1, map them to "
                "`2 * image - 1`.",
                stacklevel=2,
            )

    def label_fields(self):
        """Returns "label" for pairs, the names of the labels for dicts."""
        return self._fields

    def class_names(self, field):
        """Returns what Keras has called the folders of images, or `None`."""
        return self._class_names if field == "label" else None

    def _read(self):
        """Yields images, still as they are, with their labels."""
        import tensorflow as tf

        try:
            for image, labels in self._dataset.as_numpy_iterator():
                check_shape(image.shape)
                yield image, {f: read_label(v) for f, v in labels.items()}
        except tf.errors.OpError as error:
            reason = str(error).splitlines()[0][:300]
            raise ValueError(
                f"This dataset cannot be read to its end: {reason}. "
                "Received: tf.data.Dataset"
            ) from error
