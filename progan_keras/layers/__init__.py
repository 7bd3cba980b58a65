"""The layers of progressive growing, usable alone in any Keras model.

They use `keras.ops` only, so that they run on every Keras backend.
"""

from progan_keras.layers.box_downscale import BoxDownscale2D
from progan_keras.layers.equalized_conv import EqualizedConv2D
from progan_keras.layers.equalized_dense import EqualizedDense
from progan_keras.layers.equalized_downscale_conv import (
    EqualizedDownscaleConv2D,
)
from progan_keras.layers.equalized_upscale_conv import EqualizedUpscaleConv2D
from progan_keras.layers.minibatch_discrimination import (
    MinibatchDiscrimination,
)
from progan_keras.layers.minibatch_stdev import MinibatchStdev
from progan_keras.layers.nearest_upscale import NearestUpscale2D
from progan_keras.layers.pixel_normalization import PixelNormalization
from progan_keras.layers.self_attention import SelfAttention2D
from progan_keras.layers.weighted_sum import WeightedSum

__all__ = [
    "BoxDownscale2D",
    "EqualizedConv2D",
    "EqualizedDense",
    "EqualizedDownscaleConv2D",
    "EqualizedUpscaleConv2D",
    "MinibatchDiscrimination",
    "MinibatchStdev",
    "NearestUpscale2D",
    "PixelNormalization",
    "SelfAttention2D",
    "WeightedSum",
]
