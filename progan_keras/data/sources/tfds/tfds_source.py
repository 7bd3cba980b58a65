"""A data set of tensorflow-datasets as a source."""

import functools
import io

from progan_keras.data.fit import CHANNELS
from progan_keras.data.pictures import open_encoded
from progan_keras.data.sources.source import Record, Source, hash_key
from progan_keras.data.sources.tfds.builder import (
    is_prepared,
    licence,
    one_line,
    open_builder,
    quiet,
    set_name,
)
from progan_keras.data.sources.tfds.catalogue import find_known
from progan_keras.data.sources.tfds.download import ensure_prepared
from progan_keras.data.sources.tfds.features import (
    class_names,
    default_label,
    find_features,
    follow,
    nest,
)

# Labels are read faster in batches; so many encoded images are in memory.
_PER_BATCH = 16


class TfdsSource(Source):
    """A data set of tensorflow-datasets that has an image feature.

    Nothing is downloaded before `records` is called. The encoded images are
    decoded like any others, so that pixels do not depend on the library.

    Args:
        name: str as tensorflow-datasets spells it: `"cifar10"`,
            `"celeb_a_hq/1024"`, `"mnist:3.0.1"`.
        split: str, which part of it, in the library's own words: "train"
            (for `None`), "train+test", "train[:10%]", "all", ...
        data_dir: path of the folder of prepared data sets; `None` takes the
            library's default.

    Raises:
        FileNotFoundError: if there is no data set of this name.
        ValueError: if there is no such configuration, version or split, or
            nothing in it is an image, or a package is missing.
    """

    labels_come_with_images = True

    def __init__(self, name, split=None, data_dir=None):
        self._builder = open_builder(name, data_dir)
        self._split = "train" if split is None else split
        _check_split_format(self._split)
        features = self._builder.info.features
        # Keys that lead to them in an example.
        self._image, self._labels = find_features(features, name)
        self._shape = follow(features, self._image).shape
        name = set_name(self._builder)
        super().__init__(
            name=name,
            description=f"data set {name} of tensorflow-datasets, split "
            f"{self._split}",
            num_channels=self._shape[2] if self._shape[2] in CHANNELS else 3,
        )
        known = find_known(name)
        self.mirror = known is not None and known.mirror
        self.licence = licence(self._builder)
        self.default_field = default_label(features, self._labels)
        if is_prepared(self._builder):
            self._check_split()

    def count(self):
        """Returns the number of images of the split, once it is prepared."""
        splits = self._builder.info.splits
        return splits[self._split].num_examples if splits else None

    def key(self):
        """Returns a hash of name, configuration, version and split.

        The version fixes the contents: the key is the same on every machine.
        """
        return hash_key("tfds", self._builder.info.full_name, self._split)

    def smallest_side(self):
        """Returns the smaller of height and width if they are always so."""
        height, width, _ = self._shape
        return min(height, width) if height and width else None

    def fetch(self):
        """Downloads and prepares the data set where need be.

        Raises:
            ConnectionError: if it has to be downloaded, and cannot be.
            OSError: if it cannot be prepared.
            ValueError: if there is no such split.
        """
        ensure_prepared(self._builder)
        self._check_split()

    def records(self):
        """Yields the images, named by their numbers; fetches them first.

        Raises:
            ConnectionError: as `fetch` does.
            OSError: as `fetch` does.
            ValueError: if there is no such split, or the files of the data
                set are damaged.
        """
        self.fetch()
        # Only now: what cannot be downloaded is told without this wait.
        import tensorflow as tf

        number = 0
        try:
            for batch in self._batches():
                images = follow(batch, self._image)
                columns = {
                    field: _to_list(follow(batch, keys))
                    for field, keys in self._labels.items()
                }
                for i, data in enumerate(images):
                    labels = {field: columns[field][i] for field in columns}
                    opened = functools.partial(_open, data)
                    yield Record(str(number), opened, labels)
                    number += 1
        except tf.errors.OpError as error:
            raise ValueError(
                "The prepared files of this data set cannot be read "
                f"({one_line(error)}). Delete their folder, and run this "
                f"again. Received: folder={str(self._builder.data_dir)!r}"
            ) from error

    def label_fields(self):
        """Returns the names of all labels, nested ones with slashes."""
        return tuple(self._labels)

    def class_names(self, field):
        """Returns the names of the classes, or `None` for numbers and texts.

        To be asked after `records`: some names come with the images.
        """
        features = self._builder.info.features
        return class_names(follow(features, self._labels[field]))

    def _batches(self):
        """Yields nested dicts of arrays: the encoded images and the labels."""
        import tensorflow_datasets as tfds

        with quiet():
            dataset = self._builder.as_dataset(
                split=self._split,
                shuffle_files=False,
                # Whatever else there is, boxes or masks, is not even read.
                decoders=tfds.decode.PartialDecoding(
                    nest([self._image, *self._labels.values()], True),
                    nest([self._image], tfds.decode.SkipDecoding()),
                ),
                # One file after the other: the same order everywhere, and
                # little in memory.
                read_config=tfds.ReadConfig(
                    interleave_cycle_length=1,
                    try_autocache=False,
                    skip_prefetch=True,
                ),
            )
        return dataset.batch(_PER_BATCH).as_numpy_iterator()

    def _check_split(self):
        """Refuses a split that the prepared data set does not have."""
        try:
            problem = "it has no images" if self.count() == 0 else None
        except (KeyError, ValueError, AssertionError) as error:
            problem = one_line(error)
        if problem:
            known = ", ".join(sorted(self._builder.info.splits))
            raise ValueError(
                f"There is no such split in the data set {self.name} "
                f"({problem}). It has {known}, and all. "
                f"Received: split={self._split!r}"
            )


def _check_split_format(split):
    import tensorflow_datasets as tfds

    try:
        tfds.core.ReadInstruction.from_spec(
            split if isinstance(split, str) else ""
        )
    except (ValueError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            "A split is the name of a part of a data set, or made from some "
            'as in "train+test" or "train[:10%]"; "all" is everything. '
            f"Received: split={split!r}"
        ) from error


def _to_list(values):
    """Returns an array of labels as a list of int or str."""
    if values.dtype == bool:
        values = values.astype(int)
    return [
        value.decode("utf-8", "backslashreplace")
        if isinstance(value, bytes)
        else value
        for value in values.tolist()
    ]


def _open(data):
    return open_encoded(io.BytesIO(data))
