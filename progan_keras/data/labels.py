"""Labels as users have them, turned into class indices and class names."""

import functools
import hashlib
import numbers
from collections import Counter
from dataclasses import dataclass

import numpy as np

_NAMES_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Labels:
    """The class of every image of a data set; see `encode_labels`.

    Attributes:
        indices: int64 array `[N]`, read-only, class indices from 0 to
            `len(class_names) - 1`.
        class_names: tuple of str, all different.
    """

    indices: np.ndarray
    class_names: tuple

    @functools.cached_property
    def frequencies(self):
        """Each class's share of the images: float64 `[num_classes]`."""
        counts = np.bincount(self.indices, minlength=len(self.class_names))
        return counts / len(self.indices)

    @functools.cached_property
    def fingerprint(self):
        """16 hex digits of the SHA-256 of indices and names."""
        # `ascii` separates names clearly and is the same on every machine.
        digest = hashlib.sha256(ascii(self.class_names).encode())
        digest.update(self.indices.astype("<i8").tobytes())
        return digest.hexdigest()[:16]

    def without(self, missing):
        """Returns the labels of the images that are left.

        Args:
            missing: list of int, numbers of the images to leave out.
        """
        return _labels(np.delete(self.indices, missing), self.class_names)

    def without_empty_classes(self):
        """Returns these labels with the classes that have images only."""
        used, indices = np.unique(self.indices, return_inverse=True)
        if len(used) == len(self.class_names):
            return self
        return _labels(indices, tuple(self.class_names[i] for i in used))


def _labels(indices, class_names):
    indices = indices.astype(np.int64)
    indices.setflags(write=False)
    return Labels(indices, class_names)


def encode_labels(labels, count, class_names=None, keep_empty=False):
    """Turns numbers, names or one-hot rows into class indices.

    Args:
        labels: array or list of `count` whole numbers or strings (`[N]` or
            `[N, 1]`), or a one-hot matrix `[N, K]`.
        count: int, number of images.
        class_names: array or list of str. Numbers are then indices into it,
            and strings are some of it. `None` names the classes after the
            labels themselves, sorted, so that numbers from 0 to K - 1 stay
            what they are; the columns of a one-hot matrix are "0", "1", ...
        keep_empty: bool, whether to accept classes without images.

    Returns:
        `Labels`.

    Raises:
        ValueError: if there is not one label for each image, a label is
            missing, negative or out of range, class names are empty or not
            unique, or a class has no images.
    """
    labels = _as_array(labels, "labels")
    check_label_shape(labels.shape, count)
    if class_names is not None:
        class_names = _check_names(class_names)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2:
        if class_names is None:
            class_names = tuple(map(str, range(labels.shape[1])))
        labels = _from_one_hot(labels, class_names)
    _check_values(labels)
    if class_names is None:
        values, indices = np.unique(labels, return_inverse=True)
        class_names = _check_names(list(map(str, values.tolist())))
    else:
        indices = _positions(labels, class_names)
    if not keep_empty:
        _check_every_class_has_images(indices, class_names)
    return _labels(indices, class_names)


def check_label_shape(shape, count):
    """Checks that there is one label, or one one-hot row, for each image.

    Raises:
        ValueError: if rank or length are others.
    """
    if len(shape) not in (1, 2):
        raise ValueError(
            "Labels must be a list of numbers or names, or a one-hot matrix "
            f"[N, K]. Received: labels of shape {list(shape)}"
        )
    if shape[0] != count:
        raise ValueError(
            "There must be one label for each image, in the same order. "
            f"Received: {shape[0]:,} labels for {count:,} images"
        )


def _as_array(values, name):
    """Returns numbers or strings as a NumPy array, never mixed.

    NumPy alone would read `["cat", 1, None]` as three strings.
    """
    if not hasattr(values, "__array__"):
        values = np.array(values, dtype=object)
    array = np.asarray(values)
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8", "backslashreplace")
    if array.dtype.kind not in "OT":
        return array
    types = {type(value) for value in array.ravel().tolist()}
    for kind in (str, numbers.Number | np.bool_):
        if all(issubclass(found, kind) for found in types):
            return np.array(array.tolist())
    raise ValueError(
        f"`{name}` must be all whole numbers or all strings. Received: values "
        f"of type {', '.join(sorted(found.__name__ for found in types))}"
    )


def _check_names(names):
    """Returns class names as a tuple of str."""
    names = _as_array(names, "class_names")
    if names.ndim != 1 or names.dtype.kind != "U":
        raise ValueError(
            "Class names must be a list of strings. Received: class_names of "
            f"{names.dtype} {list(names.shape)}"
        )
    names = tuple(names.tolist())
    if not all(name.strip() for name in names):
        raise ValueError(
            "A class needs a name that can be seen; give one to images "
            f"without, or leave them out. Received: {shorten(names)}"
        )
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ValueError(
            "Every class needs a name of its own. Received: more than once "
            f"{shorten(twice)}"
        )
    return names


def _from_one_hot(matrix, class_names):
    """Returns the columns of the ones."""
    if matrix.shape[1] != len(class_names):
        raise ValueError(
            "A one-hot matrix needs one column for each class name. Received: "
            f"{matrix.shape[1]} columns and {len(class_names)} class names"
        )
    # NaN is neither 0 nor 1; words are no numbers at all.
    ones = matrix == 1
    bad = ((matrix != 0) & ~ones).any(1) | (ones.sum(1) != 1)
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            "A one-hot matrix [N, K] has a single 1 in every row, and else "
            "0; images of several classes at once are not supported. "
            f"Received: {int(bad.sum()):,} other rows, the first at {row}"
        )
    return ones.argmax(1)


def _check_values(labels):
    """Refuses what is neither a name nor a whole number from 0 up."""
    kind = labels.dtype.kind
    if kind == "f" and np.isnan(labels).any():
        missing = int(np.isnan(labels).sum())
        raise ValueError(
            "Every image needs a label. Leave images without one out, or make "
            f"them a class. Received: NaN as {missing:,} of {len(labels):,} "
            "labels"
        )
    if kind not in "Ubiu":
        raise ValueError(
            "Labels must be whole numbers or strings. Convert them, by "
            "`labels.astype(int)` or `labels.astype(str)`. "
            f"Received: labels of {labels.dtype}"
        )
    if kind == "i" and labels.min() < 0:
        raise ValueError(
            "Labels must be 0 or more; if a negative one means that the class "
            "is unknown, leave such images out, or make them a class. "
            f"Received: a label of {labels.min()}"
        )


def _positions(labels, class_names):
    """Returns the index of every label in the list of names."""
    if labels.dtype.kind == "U":
        place = {name: index for index, name in enumerate(class_names)}
        unknown = sorted(set(labels.tolist()) - place.keys())
        if unknown:
            raise ValueError(
                "Labels must be among the class names. "
                f"Received: {shorten(unknown)}, class_names of "
                f"{shorten(class_names)}"
            )
        return np.array([place[label] for label in labels.tolist()])
    if labels.max() >= len(class_names):
        raise ValueError(
            "Labels must be indices into the class names, counted from 0. "
            f"Received: a label of {labels.max()}, {len(class_names)} class "
            "names"
        )
    return labels


def _check_every_class_has_images(indices, class_names):
    """Refuses classes that a GAN could never learn."""
    counts = np.bincount(indices, minlength=len(class_names))
    empty = [class_names[index] for index in np.flatnonzero(counts == 0)]
    if empty:
        raise ValueError(
            "Every class needs at least one image. Leave such classes out, or "
            "pass names as labels, as in `names[labels]`: only those that "
            f"occur become classes. Received: {len(empty)} of "
            f"{len(class_names)} classes without images: {shorten(empty)}"
        )


def unknown_field(description, field, known=()):
    """Returns the error that a source has no labels of this name.

    Args:
        description: str, where the images come from.
        field: str, what was asked for.
        known: iterable of str, the names of the labels there are.
    """
    names = ", ".join(known) or "none with a name"
    return ValueError(
        f"There are no labels of this name in {description}. It has {names}; "
        "labels of your own are passed as an array of numbers or strings. "
        f"Received: labels={field!r}"
    )


def shorten(names):
    """Returns the first few names for a message."""
    shown = ", ".join(map(repr, names[:_NAMES_SHOWN]))
    return shown + (", ..." if len(names) > _NAMES_SHOWN else "")
