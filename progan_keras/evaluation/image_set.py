"""Images to measure, and what a feature network says of them."""

import functools

import numpy as np

_SLICE_BYTES = 2**24
_IN_MEMORY = 2**29


class ImageSet:
    """Some images, in memory or on disk, looked at as often as needed.

    Args:
        images: uint8 array `[N, H, W, C]`, which may be a memory map.
        network: `FeatureNetwork`, or `None` if nothing asks for features.
        kept: `KeptFeatures` of these images, or `None`.
    """

    def __init__(self, images, network=None, kept=None):
        self.images = images
        self.network = network
        self._kept = kept

    def __len__(self):
        return len(self.images)

    def batches(self, size):
        """Yields the images, `size` at a time."""
        for start in range(0, len(self), size):
            yield np.asarray(self.images[start : start + size])

    @property
    def features(self):
        """float32 array `[N, D]`."""
        return self._seen["features"]

    @property
    def logits(self):
        """float32 array `[N, classes]` of the feature network's classifier.

        Raises:
            ValueError: if it has none.
        """
        if "logits" not in self._seen:
            raise ValueError(
                "The inception score needs a feature network with a "
                "classifier, which also returns logits [N, classes]. "
                f"Received: features={self.network!r}"
            )
        return self._seen["logits"]

    @functools.cached_property
    def _seen(self):
        """Dict of arrays, from an earlier time if there was one."""
        seen = self._kept and self._kept.read()
        if not seen:
            features, logits = self.network(self.images)
            seen = {"features": features}
            if logits is not None:
                seen["logits"] = logits
            if self._kept:
                self._kept.write(seen)
        return seen


def gather(count, shape, read, folder):
    """Collects images in memory, or, if they are many, in a file.

    Args:
        count: int, how many.
        shape: tuple of int, `(H, W, C)`.
        read: function of `(start, stop)` to uint8 `[stop - start, H, W, C]`.
        folder: `pathlib.Path` of a temporary folder.

    Returns:
        uint8 array `[count, H, W, C]`.
    """
    size = int(np.prod(shape))
    if count * size <= _IN_MEMORY:
        images = np.empty((count, *shape), np.uint8)
    else:
        path = folder / f"{len(list(folder.iterdir()))}.npy"
        images = np.lib.format.open_memmap(
            path, "w+", np.uint8, (count, *shape)
        )
    step = max(1, _SLICE_BYTES // size)
    for start in range(0, count, step):
        stop = min(start + step, count)
        images[start:stop] = read(start, stop)
    return images
