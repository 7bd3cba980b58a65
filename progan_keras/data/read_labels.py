"""All labels that a source has, as classes."""

from progan_keras.data.labels import encode_labels


def read_labels(source, come_along, count, missing=()):
    """Encodes every kind of label of a source.

    Args:
        source: `Source`.
        come_along: dict from names of labels to the list of their values, one
            for each image that could be read, of a source whose labels come
            with the images.
        count: int, number of images of the source, broken ones included.
        missing: list of int, numbers of the broken ones.

    Returns:
        `(labels, unusable)`: a dict from names to `Labels` of the images that
        could be read, where classes may be without images; and a dict from
        names of labels that make no classes to the reason.
    """
    labels, unusable = {}, {}
    for field in source.label_fields():
        try:
            if source.labels_come_with_images:
                values = come_along.get(field, [])
                left = count - len(missing)
                labels[field] = _encode(source, field, values, left)
            else:
                values, names = source.labels(field)
                encoded = encode_labels(values, count, names, keep_empty=True)
                labels[field] = encoded.without(missing)
        except ValueError as error:
            unusable[field] = str(error)
    return labels, unusable


def _encode(source, field, values, count):
    names = source.class_names(field)
    labels = encode_labels(values, count, names, keep_empty=True)
    if names is None and 2 < len(labels.class_names) == count:
        raise ValueError(
            "Every image has another value, so these are no classes. "
            f"Received: labels={field!r} of {source.description}"
        )
    return labels
