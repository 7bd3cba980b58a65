"""Reads every image of a source once, and remembers what it met."""

import warnings

import numpy as np
from tqdm import tqdm

from progan_keras.data.decode import decode_all, read_sizes
from progan_keras.data.read_labels import read_labels

# Pixels held in memory until they are handed on.
_CHUNK_BYTES = 2**25
_NAMES_IN_MESSAGE = 10


class Reader:
    """Images of a source as they are stored, and what is learned on the way.

    Args:
        source: `Source`.
        fit: `Fit`, how pictures become squares.
        skip_broken: bool, whether images that cannot be read are left out
            rather than an error.

    Attributes:
        skipped: list of dicts with "index" (the image's number in the
            source), "name" and "reason" of images that cannot be read.
        error: the `OSError` that the source raised, if it did.
    """

    def __init__(self, source, fit, skip_broken=False):
        self.skipped = []
        self.error = None
        self._source = source
        self._fit = fit
        self._skip_broken = skip_broken
        self._sides = []
        self._values = {}  # of the labels that come with the images

    @property
    def smallest_side(self):
        """Smallest width or height of the images read so far, in pixels."""
        return min(self._sides)

    def chunks(self):
        """Yields uint8 arrays `[n, resolution, resolution, C]`.

        With a progress bar where standard error is a terminal.

        Raises:
            ValueError: naming the images that cannot be read, unless they are
                skipped, or if no image is left.
        """
        side = self._fit.resolution
        step = max(16, _CHUNK_BYTES // (side * side * self._fit.num_channels))
        chunk = []
        for image in self._images():
            chunk.append(image)
            if len(chunk) == step:
                yield np.stack(chunk)
                chunk = []
        self._check()
        if chunk:
            yield np.stack(chunk)

    def labels(self):
        """Returns `(labels, unusable)` as `read_labels` does.

        Call it after `chunks` has ended.
        """
        missing = [image["index"] for image in self.skipped]
        count = len(self._sides) + len(missing)
        return read_labels(self._source, self._values, count, missing)

    def _images(self):
        """Yields the images that can be read; none after a broken one."""

        def measure_and_fit(image):
            return min(image.size), self._fit(image)

        progress = tqdm(
            decode_all(self._source.records(), measure_and_fit),
            desc=f"Preparing {self._source.name}",
            total=self._source.count(),
            unit=" images",
            disable=None,
        )
        try:
            for index, (record, result, reason) in enumerate(progress):
                if reason is not None:
                    self.skipped.append(
                        {"index": index, "name": record.name, "reason": reason}
                    )
                    continue
                side, image = result
                self._sides.append(side)
                for field, value in record.labels.items():
                    self._values.setdefault(field, []).append(value)
                if self._skip_broken or not self.skipped:
                    yield image
        except OSError as error:
            self.error = error
            raise

    def _check(self):
        """Raises an error or warns about what was met."""
        count = len(self._sides) + len(self.skipped)
        if self._source.count() not in (None, count):
            raise ValueError(
                f"{self._source.count():,} images were announced, but "
                f"{count:,} came. Load them again while nothing changes them. "
                f"Received: {self._source.description}"
            )
        if not self._sides or not self._skip_broken:
            refuse(self.skipped, count, self._source)
        if not self._sides:
            raise ValueError(
                "There are no images in this data set. Expected one or more. "
                f"Received: {self._source.description}"
            )
        if self.skipped:
            warnings.warn(
                f"{len(self.skipped):,} of {count:,} images cannot be read "
                f"and are left out: {_list(self.skipped)}.",
                stacklevel=2,
            )
        side = self._fit.resolution
        num_small = sum(found < side for found in self._sides)
        if num_small:
            warnings.warn(
                f"{num_small:,} of {len(self._sides):,} images are smaller "
                f"than {side}x{side} (the smallest side is "
                f"{self.smallest_side}) and are enlarged, which adds no "
                "detail. A lower `resolution` avoids it.",
                stacklevel=2,
            )


def read_headers(source):
    """Looks at the headers of all images.

    Returns:
        `(smallest_side, count, broken)`: an int or `None`, the number of
        images, and a list like `Reader.skipped`.
    """
    smallest, count, broken = None, 0, []
    for index, (record, size, reason) in enumerate(
        read_sizes(source.records())
    ):
        count = index + 1
        if reason is not None:
            broken.append(
                {"index": index, "name": record.name, "reason": reason}
            )
        elif smallest is None or min(size) < smallest:
            smallest = min(size)
    return smallest, count, broken


def refuse(broken, count, source):
    """Raises an error that names the broken images, if there are any.

    Args:
        broken: list like `Reader.skipped`.
        count: int, number of images in all.
        source: `Source`.
    """
    if broken:
        raise ValueError(
            f"{len(broken):,} of {count:,} images cannot be read: "
            f"{_list(broken)}. Repair or remove them, or leave them out with "
            "`skip_broken=True` (--skip-broken). "
            f"Received: {source.description}"
        )


def _list(broken):
    """Returns names and reasons for a message."""
    named = [f"{b['name']} ({b['reason']})" for b in broken]
    more = len(named) - _NAMES_IN_MESSAGE
    if more > 0:
        named[_NAMES_IN_MESSAGE:] = [f"and {more:,} more"]
    return "; ".join(named)
