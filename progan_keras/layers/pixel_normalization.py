"""Pixelwise feature vector normalisation."""

import keras
from keras import ops

from progan_keras.layers.precision import at_least_float32


@keras.saving.register_keras_serializable(package="progan_keras")
class PixelNormalization(keras.layers.Layer):
    """Scales every pixel's feature vector to a root mean square of one.

    `x * rsqrt(mean over channels of x**2 + epsilon)`, without any weight. It
    keeps the generator's signals from growing while G and D compete. On a
    latent vector `[batch, latent_dim]` it projects onto the hypersphere.

    The statistics are computed in float32 also where the layer is half
    precision, since 1e-8 is zero in float16.

    Args:
        epsilon: Float, added to the mean square.

    Input shape:
        Floating-point tensor with channels last, such as `[N, H, W, C]`.

    Output shape:
        The input's.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> pixels = np.array([[3.0, 4.0]])
    >>> normalised = pk.layers.PixelNormalization()(pixels)
    >>> print(float((normalised[0] ** 2).numpy().mean().round(4)))
    1.0

    Reference:
        Karras et al., 2018, section 4.2.
    """

    def __init__(self, epsilon=1e-8, **kwargs):
        super().__init__(**kwargs)
        if not epsilon > 0:
            raise ValueError(
                "epsilon must be positive: a black pixel would be divided by "
                f"zero. Received: epsilon={epsilon}"
            )
        self.epsilon = epsilon

    def call(self, inputs):
        """Normalise over the last axis."""
        x = ops.cast(inputs, at_least_float32(inputs.dtype))
        mean_square = ops.mean(ops.square(x), axis=-1, keepdims=True)
        x = x * ops.rsqrt(mean_square + self.epsilon)
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """Return the input's shape."""
        return input_shape

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {**super().get_config(), "epsilon": self.epsilon}
