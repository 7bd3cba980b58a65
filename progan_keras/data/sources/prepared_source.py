"""A prepared data set as a source: one from the cache, or one shared."""

from progan_keras.data.pyramid import ImagePyramid
from progan_keras.data.pyramid_folder import DESCRIPTION_FILE
from progan_keras.data.sources.array_source import ArraySource


class PreparedSource(ArraySource):
    """The largest level of a folder that holds a pyramid.

    Args:
        folder: `pathlib.Path` of such a folder.

    Attributes:
        pyramid: `ImagePyramid`.

    Raises:
        FileNotFoundError: if one of its files is missing.
        ValueError: if it is damaged.
    """

    def __init__(self, folder):
        self.pyramid = ImagePyramid(folder)
        super().__init__(
            self.pyramid.at(self.pyramid.resolution),
            self.pyramid.name,
            f"prepared data set {folder}",
            self.pyramid.fingerprint[:12],
        )
        self.mirror = self.pyramid.mirror
        self.max_resolution = self.pyramid.resolution
        self.licence = self.pyramid.licence
        self.default_field = self.pyramid.default_field

    def labels(self, field=None):
        """Returns labels that the folder holds; see `stored_labels`."""
        labels = self.pyramid.stored_labels(field)
        if labels is None:
            return None
        labels = labels.without_empty_classes()
        return labels.indices, labels.class_names

    def label_fields(self):
        """Returns the names of the labels that the folder holds."""
        return self.pyramid.label_fields


def is_prepared(folder):
    """Returns whether a path is a folder that holds a prepared data set."""
    return (folder / DESCRIPTION_FILE).is_file()
