"""Real images to measure with."""

import numpy as np

from progan_keras.evaluation.image_set import ImageSet, gather
from progan_keras.evaluation.kept_features import KeptFeatures
from progan_keras.metrics.pictures import check_pictures


class Reals:
    """All real images, from which some are chosen.

    Args:
        images: `ImagePyramid`, or uint8 `[M, H, W, C]`.
        resolution: int, which level of the pyramid; `None` for the largest.
        network: `FeatureNetwork`, or `None`.
        folder: `pathlib.Path` of a temporary folder.

    Attributes:
        facts: dict for JSON, what they are.
        split: str, which part of a data set of tensorflow-datasets they are,
            such as "test"; `None` where parts have no names.
        class_frequencies: float64 `[classes]`, or `None`.

    Raises:
        ValueError: if they are no pictures that can be measured.
    """

    def __init__(self, images, resolution, network, folder):
        self._network, self._folder = network, folder
        self._pyramid = images if hasattr(images, "fingerprint") else None
        self.class_frequencies = self.split = None
        if self._pyramid is None:
            self.images = check_pictures(images, "images")
            self.facts = {"name": "array", "fingerprint": None}
        else:
            resolution = resolution or images.resolution
            self.images = check_pictures(images.at(resolution), "images")
            self.facts = {
                "name": images.name,
                "source": images.source,
                "fingerprint": images.fingerprint,
            }
            self.class_frequencies = images.class_frequencies
            self.split = images.split

    def __len__(self):
        return len(self.images)

    def all(self):
        """Returns an `ImageSet` of all, in the order of the data set."""
        return ImageSet(self.images)

    def take(self, numbers):
        """Returns an `ImageSet` of those with some numbers, in that order.

        Args:
            numbers: int64 array `[n]`.
        """
        side = self.images.shape[1]

        def read(start, stop):
            if self._pyramid is not None:  # from disk, past the memory map
                return self._pyramid.read(side, numbers[start:stop])
            return self.images[numbers[start:stop]]

        chosen = gather(len(numbers), self.images.shape[1:], read, self._folder)
        kept = None
        if self._pyramid is not None and self._network is not None:
            key = [self.facts["fingerprint"], side, self._network.name]
            key.append(np.asarray(numbers).tolist())
            kept = KeptFeatures(self._pyramid.folder, key)
        return ImageSet(chosen, self._network, kept)
