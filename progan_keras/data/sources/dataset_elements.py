"""What the elements of a `tf.data.Dataset` are: images and labels."""

import numpy as np

from progan_keras.data.fit import CHANNELS

_EXPECTED = (
    'Expected elements `image`, `(image, label)` or a dict with "image" and '
    "labels, where images are uint8 (0 to 255) or float (-1 to 1) of shape "
    "[H, W, C] with C = 1, 3 or 4, or [H, W] for grey."
)


def split_elements(dataset):
    """Separates images from labels, and takes batches apart.

    Args:
        dataset: `tf.data.Dataset` as described at `DatasetSource`.

    Returns:
        `tf.data.Dataset` of `(image, labels)`: a tensor, and a dict from the
        names of labels to theirs.

    Raises:
        ValueError: if the elements are others.
    """
    spec = dataset.element_spec
    if isinstance(spec, dict):
        name = _image_entry(spec)
        image = spec[name]
        _check_image(image)
        rank = 1 if image.shape.rank == 4 else 0
        fields = [f for f in spec if f != name and _is_label(spec[f], rank)]
        dataset = dataset.map(
            lambda entries: (entries[name], {f: entries[f] for f in fields})
        )
    elif isinstance(spec, tuple) and len(spec) == 2:
        image = spec[0]
        _check_image(image)
        dataset = dataset.map(lambda image, label: (image, {"label": label}))
    else:
        image = spec[0] if isinstance(spec, tuple) and len(spec) == 1 else spec
        _check_image(image)
        dataset = dataset.map(lambda image: (image, {}))
    if image.shape.rank == 4:
        dataset = _unbatch(dataset, spec)
    for label in dataset.element_spec[1].values():
        _check_label(label)
    return dataset


def check_shape(shape):
    """Refuses what no image can have.

    Args:
        shape: sequence of int, or of `None` for what is not known yet.

    Raises:
        ValueError: if rank or number of channels are others, or a side is 0.
    """
    found = f"image of shape {list(shape)}"
    if len(shape) not in (2, 3) or 0 in shape:
        raise _refused("Images have another shape.", found)
    if len(shape) == 3 and shape[2] not in (None, *CHANNELS):
        hint = "Channels must be the last axis."
        if shape[0] in CHANNELS:
            hint += " Move them: `tf.transpose(image, [1, 2, 0])`."
        raise _refused(hint, found)


def read_label(value):
    """Returns the label of one image as int or str.

    Args:
        value: what NumPy has of it: a number, a bool, bytes, or a one-hot
            vector.

    Raises:
        ValueError: if it is none of these.
    """
    value = np.asarray(value)
    if value.ndim == 1:
        if sorted(value) != [0] * (len(value) - 1) + [1]:
            raise ValueError(
                "A one-hot label is a single 1 among 0s; images of several "
                "classes at once are not supported. "
                f"Received: a label of {value.tolist()[:10]}"
            )
        return int(value.argmax())
    if value.ndim > 1:
        raise _refused(
            "A label is a single value.", f"label of shape {list(value.shape)}"
        )
    value = value.item()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return int(value)


def _image_entry(spec):
    """Returns the key of "image", or of the only entry that may be one."""
    if "image" in spec:
        return "image"
    found = [
        key
        for key, entry in spec.items()
        if _is_tensor(entry) and entry.shape.rank in (3, 4)
    ]
    if len(found) != 1:
        what = ", ".join(map(repr, spec)) or "nothing"
        raise _refused(f"Which entry is the image of {what}?", spec)
    return found[0]


def _is_tensor(spec):
    import tensorflow as tf

    return isinstance(spec, tf.TensorSpec)


def _check_image(spec):
    """Refuses what is no tensor of pixels."""
    if not _is_tensor(spec):
        raise _refused("An image must be a dense tensor.", spec)
    if spec.dtype.name == "string":
        raise _refused(
            "Images must be decoded, by `tf.io.decode_image`; files can also "
            "be loaded by the name of their folder.",
            spec,
        )
    if spec.dtype.name != "uint8" and not spec.dtype.is_floating:
        raise _refused("Images have another dtype.", spec)
    if spec.shape.rank is not None:
        # The first axis of a batch is not the image's.
        check_shape(spec.shape[1:] if spec.shape.rank == 4 else spec.shape)


def _is_label(spec, rank):
    return (
        _is_tensor(spec)
        and spec.shape.rank == rank
        and (spec.dtype.is_integer or spec.dtype.name in ("bool", "string"))
    )


def _check_label(spec):
    """Refuses what does not say a class; unknown shapes are checked later."""
    if _is_label(spec, 0) or (_is_tensor(spec) and spec.shape.rank is None):
        return
    one_hot = _is_tensor(spec) and spec.shape.rank == 1 and spec.shape[0] != 1
    if not one_hot or spec.dtype.name == "string":
        raise ValueError(
            "A label is a whole number, a string, a bool or a one-hot vector. "
            "Map the dataset to such labels, or to images alone. "
            f"Received: a label of {_describe(spec)}"
        )


def _unbatch(dataset, spec):
    try:
        return dataset.unbatch()
    except ValueError as error:
        raise _refused(
            "Images come in batches, and their labels do not.", spec
        ) from error


def _refused(reason, received):
    return ValueError(f"{reason} {_EXPECTED} Received: {_describe(received)}")


def _describe(received):
    """Returns a spec or a shape in a few words."""
    if _is_tensor(received):
        shape = received.shape
        shape = "unknown shape" if shape.rank is None else list(shape)
        return f"{received.dtype.name} {shape}"
    return str(received)[:300]
