"""What a network costs: parameters, multiplications, activations."""

import math

import keras

from progan_keras.layers import (
    EqualizedConv2D,
    EqualizedDense,
    EqualizedDownscaleConv2D,
    EqualizedUpscaleConv2D,
    MinibatchDiscrimination,
    PixelNormalization,
    SelfAttention2D,
)


def count_parameters(model):
    """Return the number of trainable parameters of a Keras model."""
    variables = model.trainable_variables
    return sum(math.prod(variable.shape) for variable in variables)


def count_multiplications(model):
    """Return the multiplications of one image's forward pass."""
    return sum(_layer_multiplications(layer) for layer in model.layers)


def count_activations(model):
    """Return the numbers that one image's forward pass produces.

    As many float32 numbers: those of half precision count half.
    """
    return sum(_layer_activations(layer) for layer in model.layers)


def _layer_activations(layer):
    numbers = whole = math.prod(layer.output.shape[1:])
    half = layer.output.dtype in ("bfloat16", "float16")
    if half:
        numbers /= 2
    if half and isinstance(layer, PixelNormalization):
        numbers += whole  # the input, cast to float32
    if isinstance(layer, SelfAttention2D):
        # How alike all pairs of pixels are, and the softmax of it.
        numbers += 2 * _pixels(layer) ** 2
    if isinstance(layer, keras.layers.GroupNormalization):
        numbers += 2 * whole  # centred, scaled, and times the gain
    return int(numbers)


def _layer_multiplications(layer):
    if isinstance(layer, EqualizedDense):
        return math.prod(layer.kernel.shape)
    if isinstance(layer, MinibatchDiscrimination):
        return math.prod(layer.tensor.kernel.shape)
    if isinstance(layer, SelfAttention2D):
        return _attention_multiplications(layer)
    if not isinstance(layer, EqualizedConv2D):
        return 0
    channels_in, channels_out = layer.kernel.shape[2:]
    size = layer.kernel_size
    pixels = _pixels(layer)
    if isinstance(layer, EqualizedUpscaleConv2D) and layer.fused:
        # (k + 1)^2 taps at stride 2: a quarter of them meets each pixel.
        return (size + 1) ** 2 * channels_in * channels_out * pixels // 4
    if isinstance(layer, EqualizedDownscaleConv2D):
        size, pixels = (size + 1, pixels) if layer.fused else (size, 4 * pixels)
    return size**2 * channels_in * channels_out * pixels


def _attention_multiplications(layer):
    pixels = _pixels(layer)
    convolutions = (layer.query, layer.key, layer.value, layer.merge)
    weights = sum(math.prod(conv.kernel.shape) for conv in convolutions)
    # Each pixel is compared with each, and gathers the values of each.
    per_pair = layer.key.filters + layer.value.filters
    return pixels * weights + pixels**2 * per_pair


def _pixels(layer):
    return math.prod(layer.output.shape[1:3])
