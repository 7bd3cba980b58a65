"""Doubling a resolution by repeating pixels."""

import keras
from keras import ops


def nearest_upscale(images):
    """Repeat every pixel of `[N, H, W, C]` 2x2 times: `[N, 2H, 2W, C]`.

    By reshape and tile with static sizes: `UpSampling2D` loses the static
    height and width, which exported models need, and its resize kernel has no
    second-order gradient.
    """
    _, height, width, channels = images.shape
    x = ops.reshape(images, (-1, height, 1, width, 1, channels))
    x = ops.tile(x, (1, 1, 2, 1, 2, 1))
    return ops.reshape(x, (-1, height * 2, width * 2, channels))


@keras.saving.register_keras_serializable(package="progan_keras")
class NearestUpscale2D(keras.layers.Layer):
    """Doubles height and width by repeating every pixel 2x2 times.

    Input shape:
        `[N, H, W, C]`; height, width and channels must be known.

    Output shape:
        `[N, 2H, 2W, C]`.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> image = np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1)
    >>> print(pk.layers.NearestUpscale2D()(image)[0, :, :, 0].numpy())
    [[1. 1. 2. 2.]
     [1. 1. 2. 2.]]

    Reference:
        Karras et al., 2018, section 2.
    """

    def call(self, inputs):
        """Repeat every pixel."""
        return nearest_upscale(inputs)

    def compute_output_shape(self, input_shape):
        """Return the shape with height and width doubled."""
        batch, height, width, channels = input_shape
        return (batch, height * 2, width * 2, channels)
