"""Small sources of pictures."""

import functools
import io

import numpy as np
import pytest
from PIL import Image

from progan_keras.data.sources.source import Record, Source


class Pictures(Source):
    """Pictures in memory, encoded files, or `None` for a broken one."""

    def __init__(self, pictures, labels=None, names=None, num_channels=3):
        super().__init__("pictures", "a test", num_channels)
        self._names = names or [f"{n}.png" for n in range(len(pictures))]
        self._pictures, self._labels = list(pictures), labels
        if labels is not None:
            self.default_field = "kind"

    def count(self):
        return None  # as a stream that nobody has counted

    def records(self):
        for name, picture in zip(self._names, self._pictures, strict=True):
            yield Record(name, functools.partial(_open, picture))

    def label_fields(self):
        return () if self._labels is None else ("kind",)

    def labels(self, field=None):
        return self._labels, None


def _open(picture):
    if picture is None:
        raise ValueError("torn")
    if isinstance(picture, bytes):
        return Image.open(io.BytesIO(picture))
    return picture.copy()


@pytest.fixture
def source_of():
    return Pictures


@pytest.fixture
def picture():
    """A picture with large coloured shapes: `picture(seed, width, height)`."""

    def make(seed, width=96, height=96):
        values = np.random.default_rng(seed).integers(
            0, 256, (4, 4, 3), dtype=np.uint8
        )
        size = (width, height)
        return Image.fromarray(values).resize(size, Image.Resampling.BICUBIC)

    return make


@pytest.fixture
def encoded():
    """The bytes of a picture's file: `encoded(picture, "PNG", ...)`."""

    def encode(picture, picture_format, **options):
        file = io.BytesIO()
        picture.save(file, picture_format, **options)
        return file.getvalue()

    return encode
