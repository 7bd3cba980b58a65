"""Nearest upscale and convolution in one layer."""

import keras
from keras import ops

from progan_keras.layers.equalized_conv import ScalingConv2D, spread_kernel
from progan_keras.layers.nearest_upscale import nearest_upscale


@keras.saving.register_keras_serializable(package="progan_keras")
class EqualizedUpscaleConv2D(ScalingConv2D):
    """Doubles the resolution and convolves: `[N, 2H, 2W, filters]`.

    One function, computed in one of two ways from the same weights. Fused, it
    is a transposed convolution of stride 2, with 16 multiplications per input
    pixel and pair of channels in place of 36. Unfused, it repeats the pixels
    and convolves, which is quicker on small images.

    Args:
        filters: Integer, the number of output channels.
        kernel_size: Odd integer, the side of the kernel.
        fused: Whether to compute it as one transposed convolution.
        gain: Float, sqrt(2) before a leaky ReLU.
        use_bias: Whether to add a bias per output channel.
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.

    Input shape:
        `[N, H, W, C]`, floating point; height and width must be known.

    Output shape:
        `[N, 2H, 2W, filters]`.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> layer = pk.layers.EqualizedUpscaleConv2D(8, fused=True)
    >>> print(layer(np.ones((1, 4, 4, 3))).shape)
    (1, 8, 8, 8)

    Reference:
        Karras et al., 2018, section 2 and appendix A.
    """

    def _convolve(self, x, kernel):
        if not self.fused:
            return super()._convolve(nearest_upscale(x), kernel)
        # A transposed convolution runs its kernel backwards, and takes it as
        # [k, k, out, in].
        kernel = ops.transpose(ops.flip(kernel, axis=(0, 1)), (0, 1, 3, 2))
        return ops.conv_transpose(
            x,
            spread_kernel(kernel),
            strides=2,
            padding="same",
            data_format="channels_last",
        )

    def compute_output_shape(self, input_shape):
        """Return the doubled shape with `filters` channels."""
        batch, height, width, _ = input_shape
        return (batch, height * 2, width * 2, self.filters)
