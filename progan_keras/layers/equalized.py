"""The equalized learning rate, shared by the layers that have weights.

A weight is drawn from N(0, 1) and multiplied by He's constant when it is
*used*, not when it is drawn. All weights then have one range of values, and
Adam, whose steps do not depend on the scale of a gradient, moves them all at
one relative speed (Karras et al., 2018, section 4.1).

Without it, a weight is drawn with He's deviation and used as it is: the same
function to start with, learned in another way (the paper's table 1).
"""

import math

import keras
from keras import ops

SQRT_2 = math.sqrt(2.0)


class EqualizedLayer(keras.layers.Layer):
    """Base of the equalized layers: gain, bias, equalizing and seed.

    Args:
        gain: Float, He's constant times the square root of the fan-in:
            sqrt(2) before a leaky ReLU, 1 where no activation follows.
        use_bias: Whether to add a bias per channel. It is not scaled.
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.
    """

    def __init__(
        self,
        gain=SQRT_2,
        use_bias=True,
        equalized=True,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.gain = float(gain)
        self.use_bias = use_bias
        self.equalized = equalized
        self.seed = seed

    def _add_weights(self, kernel_shape, fan_in, channels):
        """Create kernel and bias, and the constant that scales the kernel."""
        constant = self.gain / math.sqrt(fan_in)
        drawn, used = (1.0, constant) if self.equalized else (constant, 1.0)
        # Written out: the string "random_normal" means a deviation of 0.05.
        self.kernel = self.add_weight(
            name="kernel",
            shape=kernel_shape,
            autocast=False,
            initializer=keras.initializers.RandomNormal(
                mean=0.0, stddev=drawn, seed=self.seed
            ),
        )
        self.scale = used
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(channels,), initializer="zeros"
            )

    def _scaled_kernel(self):
        """The kernel as it is used: scaled as stored, and rounded only then.

        In half precision a gradient would vanish sooner, too, if it was
        scaled there.
        """
        return ops.cast(self.kernel * self.scale, self.compute_dtype)

    def _add_bias(self, x):
        return x if self.bias is None else x + self.bias

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            **super().get_config(),
            "gain": self.gain,
            "use_bias": self.use_bias,
            "equalized": self.equalized,
            "seed": self.seed,
        }
