"""Which features of a data set of tensorflow-datasets are image and labels."""

import numpy as np

from progan_keras.data.sources.tfds.builder import no_images


def find_features(features, name):
    """Finds the image and the labels among all features, however nested.

    Args:
        features: `tfds.features.FeaturesDict`.
        name: str, the data set.

    Returns:
        `(image, labels)`: the keys that lead to the image, a tuple of str,
        and a dict from names of labels, nested ones with slashes, to theirs.

    Raises:
        ValueError: if nothing is an image, or several features are and none
            of them is called "image".
    """
    images, labels = [], {}
    for keys, feature in _walk(features):
        if _is_image(feature):
            images.append(keys)
        elif _is_label(feature):
            labels["/".join(keys)] = keys
    if ("image",) in images:
        return ("image",), labels
    if len(images) == 1:
        return images[0], labels
    if not images:
        raise no_images(name)
    found = ", ".join("/".join(keys) for keys in images)
    raise ValueError(
        f"This data set has several images in each example: {found}. Choose "
        "one and pass a tf.data.Dataset, as in `tfds.load(...).map(lambda "
        f'example: example["..."])`. Received: source={name!r}'
    )


def default_label(features, labels):
    """Returns the label that suits best, or `None`.

    Args:
        features: `tfds.features.FeaturesDict`.
        labels: dict as of `find_features`.
    """
    import tensorflow_datasets as tfds

    if "label" in labels:
        return "label"
    classes = [
        name
        for name, keys in labels.items()
        if isinstance(follow(features, keys), tfds.features.ClassLabel)
    ]
    return classes[0] if len(classes) == 1 else None


def class_names(feature):
    """Returns the names of the classes of a label, or `None` if it has none."""
    import tensorflow_datasets as tfds

    if isinstance(feature, tfds.features.ClassLabel):
        return tuple(feature.names) if feature.num_classes else None
    return ("no", "yes") if np.dtype(feature.np_dtype) == bool else None


def follow(tree, keys):
    """Returns what the keys lead to in nested dicts."""
    for key in keys:
        tree = tree[key]
    return tree


def nest(paths, value):
    """Returns nested dicts in which all paths lead to the value."""
    tree = {}
    for *keys, last in paths:
        branch = tree
        for key in keys:
            branch = branch.setdefault(key, {})
        branch[last] = value
    return tree


def _walk(features, keys=()):
    """Yields `(keys, feature)` for every feature that has no others in it."""
    import tensorflow_datasets as tfds

    if isinstance(features, tfds.features.FeaturesDict):
        for key, feature in features.items():
            yield from _walk(feature, (*keys, key))
    else:
        yield keys, features


def _is_image(feature):
    import tensorflow_datasets as tfds

    return (
        isinstance(feature, tfds.features.Image)
        # This one is a mask: its colours are classes.
        and not isinstance(feature, tfds.features.LabeledImage)
        and np.dtype(feature.np_dtype) in (np.uint8, np.uint16)
    )


def _is_label(feature):
    import tensorflow_datasets as tfds

    return (
        isinstance(feature, tfds.features.Tensor)
        and feature.shape == ()
        and np.dtype(feature.np_dtype).kind in "biuOSU"
    )
