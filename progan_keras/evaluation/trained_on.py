"""Finds the images that a run was trained on."""

from progan_keras.data import ImagePyramid, load, prepared
from progan_keras.data.sources import EMBEDDED


def trained_on(run, cache_dir=None):
    """Returns the images of a run, if they are still prepared.

    Args:
        run: `RunFolder`.
        cache_dir: path of the folder of prepared data sets; `None` for the
            usual one.

    Returns:
        `ImagePyramid` with the run's fingerprint, and with the run's classes
        if it has some.

    Raises:
        ValueError: if they are not prepared (any more).
    """
    data, network = run.options["data"], run.options["network"]
    for folder in _folders(data, network, cache_dir):
        found = ImagePyramid(folder)
        for resolution in found.resolutions:
            images = ImagePyramid(folder, resolution=resolution)
            if images.fingerprint == data["fingerprint"]:
                labels = _labels(images, data.get("class_names"))
                return ImagePyramid(folder, None, labels, resolution)
    raise ValueError(
        "The images that this run was trained on are not prepared any more. "
        "Name them, as for training: `progan evaluate RUN DATA`. "
        f"Received: run={str(run)!r}, trained on {data['name']} "
        f"({data.get('source')})"
    )


def _folders(data, network, cache_dir):
    """Yields the folders that may hold them."""
    if data["name"] in EMBEDDED:
        images = load(
            data["name"],
            resolution=network["resolution"],
            num_channels=network["num_channels"],
            cache_dir=cache_dir,
        )
        yield images.folder
    for found in prepared(cache_dir):
        if found.pyramid is not None:
            yield found.folder


def _labels(images, class_names):
    """Returns the stored labels with these classes, or `None`."""
    for field in images.label_fields:
        labels = images.stored_labels(field).without_empty_classes()
        if labels.class_names == tuple(class_names or ()):
            return labels
    return None
