"""What a network costs: parameters, multiplications, activations."""

import math

from progan_keras.layers import (
    EqualizedConv2D,
    EqualizedDense,
    EqualizedDownscaleConv2D,
    EqualizedUpscaleConv2D,
)


def count_parameters(model):
    """Return the number of trainable parameters of a Keras model."""
    variables = model.trainable_variables
    return sum(math.prod(variable.shape) for variable in variables)


def count_multiplications(model):
    """Return the multiplications of one image's forward pass."""
    return sum(_layer_multiplications(layer) for layer in model.layers)


def count_activations(model):
    """Return the numbers that one image's forward pass produces."""
    return sum(math.prod(x.output.shape[1:]) for x in model.layers)


def _layer_multiplications(layer):
    if isinstance(layer, EqualizedDense):
        return math.prod(layer.kernel.shape)
    if not isinstance(layer, EqualizedConv2D):
        return 0
    channels_in, channels_out = layer.kernel.shape[2:]
    size = layer.kernel_size
    pixels = math.prod(layer.output.shape[1:3])
    if isinstance(layer, EqualizedUpscaleConv2D) and layer.fused:
        # (k + 1)^2 taps at stride 2: a quarter of them meets each pixel.
        return (size + 1) ** 2 * channels_in * channels_out * pixels // 4
    if isinstance(layer, EqualizedDownscaleConv2D):
        size, pixels = (size + 1, pixels) if layer.fused else (size, 4 * pixels)
    return size**2 * channels_in * channels_out * pixels
