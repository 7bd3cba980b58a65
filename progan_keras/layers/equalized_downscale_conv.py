"""Convolution and box downscale in one layer."""

import keras
from keras import ops

from progan_keras.layers.box_downscale import box_downscale, halved_shape
from progan_keras.layers.equalized_conv import ScalingConv2D, spread_kernel


@keras.saving.register_keras_serializable(package="progan_keras")
class EqualizedDownscaleConv2D(ScalingConv2D):
    """Convolves, halves the resolution, adds the bias: `[N, H/2, W/2, F]`.

    One function, computed in one of two ways from the same weights. Fused, it
    is one convolution of stride 2 with 16 multiplications per output pixel
    and pair of channels in place of 36. Unfused, it convolves and averages,
    which is quicker on small images.

    An activation behind this layer comes after the averaging. That is what
    the paper's code does with fused scaling; without, it puts the activation
    before the averaging, which is another function.

    Args:
        filters: Integer, the number of output channels.
        kernel_size: Odd integer, the side of the kernel.
        fused: Whether to compute it as one strided convolution.
        gain: Float, sqrt(2) before a leaky ReLU.
        use_bias: Whether to add a bias per output channel.
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.

    Input shape:
        `[N, H, W, C]`, floating point, with even height and width.

    Output shape:
        `[N, H / 2, W / 2, filters]`.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> layer = pk.layers.EqualizedDownscaleConv2D(8, fused=True)
    >>> print(layer(np.ones((1, 4, 4, 3))).shape)
    (1, 2, 2, 8)

    Reference:
        Karras et al., 2018, section 2 and appendix A.
    """

    def _convolve(self, x, kernel):
        if not self.fused:
            return box_downscale(super()._convolve(x, kernel))
        return ops.conv(
            x,
            spread_kernel(kernel) * 0.25,
            strides=2,
            padding="same",
            data_format="channels_last",
        )

    def compute_output_shape(self, input_shape):
        """Return the halved shape with `filters` channels."""
        return (*halved_shape(input_shape), self.filters)
