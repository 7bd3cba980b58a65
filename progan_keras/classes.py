"""Classes by index or by name, as the vectors that networks take."""

import difflib
import numbers

import numpy as np


def one_hot(labels, class_names, count):
    """Return the label vectors of `count` images.

    Args:
        labels: Index or name of a class, for all images; a sequence of
            `count` of them; a float matrix `[count, classes]`, which is taken
            as it is (mixtures of classes are allowed); or None to go round
            the classes, image n of class n mod classes.
        class_names: Sequence of strings.
        count: Integer, number of images.

    Returns:
        Float32 array `[count, classes]`.

    Raises:
        ValueError: for a class that there is not, or another number of them.
    """
    size = len(class_names)
    if labels is None:
        return np.eye(size, dtype=np.float32)[np.arange(count) % size]
    if np.ndim(labels) == 2:
        matrix = np.asarray(labels)
        fits = matrix.shape == (count, size) and matrix.dtype.kind in "fiu"
        if not (fits and np.isfinite(matrix).all()):
            raise ValueError(
                f"A matrix of labels is [{count}, {size}] here, one row per "
                "image, one finite number per class. "
                f"Received: an array of shape {list(matrix.shape)} and type "
                f"{matrix.dtype}"
            )
        return matrix.astype(np.float32)
    if np.ndim(labels) == 0:
        labels = [labels] * count
    if np.ndim(labels) != 1 or len(labels) != count:
        raise ValueError(
            f"Expected one label for all {count} images, or one for each. "
            f"Received: labels of shape {list(np.shape(labels))}"
        )
    if hasattr(labels, "__array__"):
        labels = np.asarray(labels).tolist()  # a tensor's own kind of numbers
    indices = [index_of(label, class_names) for label in labels]
    return np.eye(size, dtype=np.float32)[indices]


def index_of(label, class_names):
    """Return the index of a class.

    Args:
        label: Name, or index, which may also be written out ("3").
        class_names: Sequence of strings.

    Raises:
        ValueError: if there is no such class; it lists those there are.
    """
    if isinstance(label, str) and label in class_names:
        return tuple(class_names).index(label)
    number = label
    if isinstance(label, str) and label.isdecimal():
        number = int(label)
    whole = isinstance(number, numbers.Integral)
    if (
        whole
        and not isinstance(number, bool)
        and 0 <= number < len(class_names)
    ):
        return int(number)
    near = difflib.get_close_matches(str(label), class_names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    known = ", ".join(class_names[:20]) + (", ..." * (len(class_names) > 20))
    raise ValueError(
        f"There is no such class; there are {len(class_names)}, by number "
        f"from 0 or by name: {known}.{hint} Received: {label!r}"
    )


def check_frequencies(frequencies, count):
    """Return how often each of `count` classes is wanted, or raise.

    Args:
        frequencies: Numbers from 0 that add up to 1, one per class; None for
            equally often.
        count: Integer, number of classes.

    Returns:
        Float64 array `[count]`.

    Raises:
        ValueError: for other numbers, or another number of them.
    """
    if frequencies is None:
        return np.full(count, 1.0 / count)
    values = np.asarray(frequencies, dtype=np.float64)
    fits = values.shape == (count,) and (values >= 0.0).all()
    if not (fits and np.isclose(values.sum(), 1.0)):
        raise ValueError(
            f"Frequencies of {count} classes are as many numbers, none of "
            "them negative, that add up to 1. "
            f"Received: class_frequencies={frequencies}"
        )
    return values
