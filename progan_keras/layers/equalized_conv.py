"""A convolution with equalized learning rate."""

import itertools

import keras
from keras import ops

from progan_keras.checks import check_integer
from progan_keras.layers.equalized import SQRT_2, EqualizedLayer


@keras.saving.register_keras_serializable(package="progan_keras")
class EqualizedConv2D(EqualizedLayer):
    """2D convolution, stride 1, same size, with equalized learning rate.

    The weights are drawn from N(0, 1) and multiplied by `gain / sqrt(fan_in)`
    at every use; the bias starts at zero and is not scaled.

    Args:
        filters: Integer, the number of output channels.
        kernel_size: Integer, the side of the square kernel.
        gain: Float, sqrt(2) before a leaky ReLU, 1 before nothing (toRGB).
        use_bias: Whether to add a bias per output channel.
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.

    Input shape:
        `[N, H, W, C]`, floating point.

    Output shape:
        `[N, H, W, filters]`.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> layer = pk.layers.EqualizedConv2D(8, kernel_size=3)
    >>> print(layer(np.ones((1, 4, 4, 3))).shape)
    (1, 4, 4, 8)

    Reference:
        Karras et al., 2018, section 4.1.
    """

    def __init__(
        self,
        filters,
        kernel_size=3,
        gain=SQRT_2,
        use_bias=True,
        equalized=True,
        seed=None,
        **kwargs,
    ):
        super().__init__(gain, use_bias, equalized, seed, **kwargs)
        self.filters = check_integer(filters, "filters", 1)
        self.kernel_size = check_integer(kernel_size, "kernel_size", 1)

    def build(self, input_shape):
        """Create the kernel `[k, k, C, filters]` and the bias."""
        size, channels = self.kernel_size, input_shape[-1]
        self._add_weights(
            kernel_shape=(size, size, channels, self.filters),
            fan_in=size * size * channels,
            channels=self.filters,
        )

    def call(self, inputs):
        """Convolve with the scaled kernel."""
        return self._add_bias(self._convolve(inputs, self._scaled_kernel()))

    def _convolve(self, x, kernel):
        return ops.conv(x, kernel, padding="same", data_format="channels_last")

    def compute_output_shape(self, input_shape):
        """Return the input's shape with `filters` channels."""
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
        }


class ScalingConv2D(EqualizedConv2D):
    """Base of the convolutions that also double or halve the resolution.

    Args:
        filters: Integer, the number of output channels.
        kernel_size: Odd integer, the side of the kernel.
        fused: Whether to compute scaling and convolution as one.
        gain: Float, sqrt(2) before a leaky ReLU.
        use_bias: Whether to add a bias per output channel.
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.
    """

    def __init__(
        self,
        filters,
        kernel_size=3,
        fused=True,
        gain=SQRT_2,
        use_bias=True,
        equalized=True,
        seed=None,
        **kwargs,
    ):
        super().__init__(
            filters, kernel_size, gain, use_bias, equalized, seed, **kwargs
        )
        if kernel_size % 2 == 0:
            raise ValueError(
                "A convolution that scales needs an odd kernel, so that it "
                f"has a middle. Received: kernel_size={kernel_size}"
            )
        self.fused = fused

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {**super().get_config(), "fused": self.fused}


def spread_kernel(kernel):
    """Sum the four one-pixel shifts of a padded kernel: side k -> k + 1.

    A box of 2x2 equal pixels followed by (or following) a k x k convolution
    is one convolution with this (k + 1) x (k + 1) kernel at stride 2.

    By a matrix product: TensorFlow's gradient of slices takes sixteen times
    as long on a CPU.

    Args:
        kernel: Tensor `[k, k, A, B]`.

    Returns:
        Tensor `[k + 1, k + 1, A, B]`.
    """
    side, _, *channels = kernel.shape
    old = list(itertools.product(range(side), repeat=2))
    new = itertools.product(range(side + 1), repeat=2)
    # Each position goes to itself and to the next one, on either axis.
    shifts = [
        [
            float(y - row in (0, 1) and x - column in (0, 1))
            for row, column in old
        ]
        for y, x in new
    ]
    shifts = ops.convert_to_tensor(shifts, kernel.dtype)
    spread = ops.matmul(shifts, ops.reshape(kernel, (side**2, -1)))
    return ops.reshape(spread, (side + 1, side + 1, *channels))
