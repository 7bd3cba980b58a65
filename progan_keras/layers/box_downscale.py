"""Halving a resolution by averaging pixels."""

import keras
from keras import ops


def box_downscale(images):
    """Average every 2x2 pixels of `[N, H, W, C]`: `[N, H / 2, W / 2, C]`."""
    return ops.average_pool(
        images, pool_size=2, strides=2, data_format="channels_last"
    )


def halved_shape(input_shape):
    """Return `(N, H / 2, W / 2)` of `(N, H, W, C)`, or raise ValueError."""
    batch, height, width, _ = input_shape
    if None in (height, width) or height % 2 or width % 2:
        raise ValueError(
            "Averaging 2x2 pixels needs a known, even height and width. "
            f"Received: input_shape={tuple(input_shape)}"
        )
    return (batch, height // 2, width // 2)


@keras.saving.register_keras_serializable(package="progan_keras")
class BoxDownscale2D(keras.layers.Layer):
    """Halves height and width by averaging every 2x2 pixels.

    Input shape:
        `[N, H, W, C]`, floating point, with even height and width.

    Output shape:
        `[N, H / 2, W / 2, C]`.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> image = np.array([[1.0, 2.0], [3.0, 6.0]]).reshape(1, 2, 2, 1)
    >>> print(float(pk.layers.BoxDownscale2D()(image)[0, 0, 0, 0]))
    3.0

    Reference:
        Karras et al., 2018, section 2.
    """

    def call(self, inputs):
        """Average every 2x2 pixels."""
        return box_downscale(inputs)

    def compute_output_shape(self, input_shape):
        """Return the shape with height and width halved."""
        return (*halved_shape(input_shape), input_shape[-1])
