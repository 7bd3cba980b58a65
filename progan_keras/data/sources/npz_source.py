"""An array in a `.npz` file as a source, never in memory as a whole.

Other arrays in the file may be labels: "labels" with the names of its classes
in "class_names", or any field with its names in "<field>_names".
"""

from progan_keras.data.array_file import UNREADABLE, open_npz
from progan_keras.data.labels import check_label_shape, unknown_field
from progan_keras.data.sources.array_source import ArraySource
from progan_keras.data.sources.source import file_key


class NpzSource(ArraySource):
    """The array called "images", or else the only one with 3 or 4 axes.

    Args:
        path: `pathlib.Path` of an existing file.

    Raises:
        ValueError: if the file does not hold such an array of images.
    """

    def __init__(self, path):
        try:
            arrays = open_npz(path)
        except UNREADABLE as error:
            raise _unreadable(path, error) from error
        images = _choose(arrays, path)
        super().__init__(images, path.stem, f"file {path}", file_key(path))
        self._path = path
        self._others = {
            name: array for name, array in arrays.items() if array is not images
        }
        if "labels" in self._others:
            self.default_field = "labels"

    def labels(self, field=None):
        """Returns the array "labels", or the one that is named.

        Raises:
            ValueError: if there is none of this name, or it cannot be read.
        """
        field = self.default_field if field is None else field
        if field is None:
            return None
        if field not in self._others:
            raise unknown_field(self.description, field, self.label_fields())
        # Known from the header, before an array of any size is read.
        check_label_shape(self._others[field].shape, self.count())
        names = "class_names" if field == "labels" else f"{field}_names"
        class_names = self._load(names) if names in self._others else None
        return self._load(field), class_names

    def label_fields(self):
        """Returns the names of the arrays that have a row for each image."""
        return tuple(
            name
            for name, array in sorted(self._others.items())
            if array.shape[:1] == (self.count(),) and len(array.shape) <= 2
        )

    def _load(self, name):
        """Reads a whole array."""
        if self._others[name].dtype.hasobject:
            raise ValueError(
                f'The array "{name}" holds Python objects, which are not '
                f"read. Save it as `{name}.astype(str)`, or as numbers. "
                f"Received: source={str(self._path)!r}"
            )
        try:
            return self._others[name].load()
        except UNREADABLE as error:
            raise _unreadable(self._path, error) from error

    def _read(self, step):
        try:
            yield from super()._read(step)
        except UNREADABLE as error:
            raise _unreadable(self._path, error) from error


def _choose(arrays, path):
    """Picks the array of images."""
    if "images" in arrays:
        return arrays["images"]
    candidates = [a for a in arrays.values() if len(a.shape) in (3, 4)]
    if len(candidates) == 1:
        return candidates[0]
    found = [f"{name} {list(arrays[name].shape)}" for name in sorted(arrays)]
    raise ValueError(
        'This file needs an array "images", or exactly one with 3 or 4 axes. '
        f"It has: {', '.join(found) or 'nothing'}. "
        f"Received: source={str(path)!r}"
    )


def _unreadable(path, error):
    return ValueError(
        f"This file cannot be read as a NumPy archive ({error}). Expected "
        "what `numpy.savez` or `numpy.savez_compressed` writes. "
        f"Received: source={str(path)!r}"
    )
