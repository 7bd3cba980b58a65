"""A dense layer with equalized learning rate."""

import math

import keras
from keras import ops

from progan_keras.checks import check_integer
from progan_keras.layers.equalized import SQRT_2, EqualizedLayer


@keras.saving.register_keras_serializable(package="progan_keras")
class EqualizedDense(EqualizedLayer):
    """Densely connected layer with equalized learning rate.

    The weights are drawn from N(0, 1) and multiplied by `gain / sqrt(fan_in)`
    at every use; the bias starts at zero and is not scaled.

    Args:
        units: Integer, the number of outputs, or a shape such as
            `(4, 4, 512)`: the outputs then come in that shape and the bias is
            one per channel, the last axis. This is the generator's first
            layer.
        gain: Float, sqrt(2) before a leaky ReLU, 1 before nothing.
        use_bias: Whether to add a bias.
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.

    Input shape:
        `[N, features]`, floating point.

    Output shape:
        `[N, units]`, or `[N, *units]` for a shape.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> layer = pk.layers.EqualizedDense((4, 4, 16))
    >>> print(layer(np.ones((2, 8))).shape)
    (2, 4, 4, 16)

    Reference:
        Karras et al., 2018, section 4.1.
    """

    def __init__(
        self,
        units,
        gain=SQRT_2,
        use_bias=True,
        equalized=True,
        seed=None,
        **kwargs,
    ):
        super().__init__(gain, use_bias, equalized, seed, **kwargs)
        shape = units if isinstance(units, (tuple, list)) else (units,)
        self.units = tuple(check_integer(size, "units", 1) for size in shape)

    def build(self, input_shape):
        """Create the kernel `[features, outputs]` and the bias."""
        if len(input_shape) != 2:
            raise ValueError(
                "EqualizedDense takes vectors, [N, features]; put a Flatten "
                f"before it. Received: input_shape={tuple(input_shape)}"
            )
        features = input_shape[-1]
        self._add_weights(
            kernel_shape=(features, math.prod(self.units)),
            fan_in=features,
            channels=self.units[-1],
        )

    def call(self, inputs):
        """Multiply by the scaled kernel and add the bias per channel."""
        x = ops.matmul(inputs, self._scaled_kernel())
        return self._add_bias(ops.reshape(x, (-1, *self.units)))

    def compute_output_shape(self, input_shape):
        """Return `[N, *units]`."""
        return (input_shape[0], *self.units)

    def get_config(self):
        """Return the arguments of `__init__`."""
        units = self.units if len(self.units) > 1 else self.units[0]
        return {**super().get_config(), "units": units}
