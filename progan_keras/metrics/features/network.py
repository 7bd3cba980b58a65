"""What all feature networks have in common: pictures in, features out."""

import contextlib
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from progan_keras.metrics.pictures import check_pictures
from progan_keras.metrics.vectors import check_finite

_BATCH = 64
# Pixels in work at a time, where pictures are larger than 512x512.
_MOST_PIXELS = 2**24


class Features(NamedTuple):
    """What a feature network says of pictures.

    Attributes:
        features: float32 array `[N, D]`.
        logits: float32 array `[N, classes]` of its classifier before the
            softmax, or None where it has none.
    """

    features: np.ndarray
    logits: np.ndarray | None


class FeatureNetwork:
    """A network that turns pictures into features, a batch at a time.

    Args:
        name: String, to name figures after.
        function: Function of pictures, uint8 `[B, height, width, 3]`, that
            returns features `[B, D]`, or a pair of features and logits
            `[B, classes]`. B is 64, or less for a short set and for pictures
            above 512x512.
        description: String: whose weights, and what becomes of pictures.
    """

    def __init__(self, name, function, description=""):
        self.name = name
        self.description = description
        self._function = function

    def __call__(self, images):
        """Return the `Features` of pictures.

        Only a batch of them is copied, so that a memory map stays on disk.

        Args:
            images: uint8 array `[N, height, width, C]`, grey (1 channel) or
                RGB (3). Grey is given to the network as RGB.

        Raises:
            ValueError: If these are no pictures, or the network returns
                something else than a row of finite numbers for each.
        """
        images = check_pictures(images)
        if not len(images):
            raise ValueError(
                "Features are of at least one picture. "
                f"Received: images.shape={images.shape}"
            )
        _, height, width, _ = images.shape
        size = max(1, min(_BATCH, _MOST_PIXELS // (height * width)))
        results = None
        with tqdm(
            total=len(images),
            desc=self.name,
            unit="image",
            leave=False,
            disable=None,
        ) as progress:
            for start in range(0, len(images), size):
                batch = images[start : start + size]
                values = self._of_batch(batch, size if start else len(batch))
                if results is None:
                    results = [_like(each, len(images)) for each in values]
                _fill(results, start, values, self.name)
                progress.update(len(batch))
        return Features(*results)

    def __repr__(self):
        """Name and description."""
        return f"FeatureNetwork({self.name!r}, {self.description!r})"

    def _of_batch(self, batch, size):
        """Return features and logits (or None) of up to `size` pictures."""
        count = len(batch)
        # The last batch is filled up: a new size would be compiled anew.
        batch = np.concatenate([batch, batch[:1].repeat(size - count, 0)])
        if batch.shape[-1] == 1:
            batch = batch.repeat(3, axis=-1)
        output = self._function(batch)
        pair = output if isinstance(output, (list, tuple)) else (output, None)
        if len(pair) != 2:
            raise ValueError(
                "A feature network returns features, or features and logits. "
                f"Received: {len(pair)} results of {self.name!r}"
            )
        return [
            None if values is None else self._checked(values, size)[:count]
            for values in pair
        ]

    def _checked(self, values, count):
        values = np.asarray(values)
        if values.ndim != 2 or len(values) != count or not values.shape[1]:
            raise ValueError(
                "A feature network returns a row of numbers for each picture, "
                f"here [{count}, D]; pool what still has height and width. "
                f"Received: shape {list(values.shape)} of {self.name!r}"
            )
        values = values.astype(np.float32)
        check_finite(values, f"features of {self.name!r}")
        return values


@contextlib.contextmanager
def built_in_float32():
    """Keep a user's mixed precision away from networks that measure."""
    import keras

    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def _like(values, count):
    return None if values is None else np.empty((count, values.shape[1]), "f4")


def _fill(results, start, values, name):
    """Put what is of a batch into what is of all, in place."""
    for whole, part in zip(results, values, strict=True):
        if (whole is None) != (part is None) or (
            part is not None and part.shape[1] != whole.shape[1]
        ):
            raise ValueError(
                "A feature network returns as many numbers for every picture. "
                f"Received: other shapes for pictures from {start:,} on, of "
                f"{name!r}"
            )
        if part is not None:
            whole[start : start + len(part)] = part
