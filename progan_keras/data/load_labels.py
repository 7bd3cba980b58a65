"""Which labels `load` gives to the images, and what is wrong with them."""

import contextlib
import warnings

from progan_keras.data.labels import encode_labels, shorten


def check_labels(origin, labels):
    """Refuses labels that cannot be used, before the images are prepared.

    Nothing can be said yet of labels that come along with the images.

    Args:
        origin: `Source`.
        labels: as described at `load`.

    Raises:
        ValueError: if the labels do not fit the images.
    """
    if labels is False:
        return
    if labels is None or isinstance(labels, str):
        if not origin.labels_come_with_images:
            with _hint(origin, labels):
                found = origin.labels(labels)
                if found is not None:
                    encode_labels(found[0], origin.count(), found[1])
    elif origin.count() is not None:
        encode_labels(labels, origin.count())


def find_labels(origin, images, labels):
    """Returns the classes of the images that have been prepared.

    Args:
        origin: `Source`.
        images: `ImagePyramid` made from it.
        labels: as described at `load`.

    Returns:
        `Labels` for exactly the images there are, or `None`.

    Raises:
        ValueError: if the labels do not fit the images.
    """
    if labels is False:
        return None
    if labels is None or isinstance(labels, str):
        with _hint(origin, labels):
            found = images.stored_labels(labels)
        return None if found is None else _used(found)
    # One label for each image of the source: also for those left out.
    missing = [image["index"] for image in images.skipped]
    found = encode_labels(labels, len(images) + len(missing))
    return _used(found.without(missing))


def _used(labels):
    """Leaves out classes that a GAN could never learn."""
    used = labels.without_empty_classes()
    if used is not labels:
        empty = sorted(set(labels.class_names) - set(used.class_names))
        warnings.warn(
            f"{len(empty)} of {len(labels.class_names)} classes have no "
            f"images and are left out: {shorten(empty)}. The other classes "
            "are counted from 0.",
            stacklevel=2,
        )
    return used


@contextlib.contextmanager
def _hint(origin, labels):
    """Says how to do without labels to those who did not ask for any."""
    try:
        yield
    except ValueError as error:
        if labels is not None:
            raise
        raise ValueError(
            f"The labels in {origin.description} cannot be used; "
            f"`labels=False` loads the images alone. {error}"
        ) from error
