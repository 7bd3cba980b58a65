"""Fused scaling: another function in D, the same one in G."""

import math

import keras
import numpy as np
import pytest
from keras import ops

from progan_keras.networks import (
    NetworkConfig,
    build_discriminators,
    build_generators,
)


def build(builder, fused_scale):
    """The straight 8x8 model of a small network with random biases."""
    config = NetworkConfig(
        8, latent_dim=8, fmap_base=16, fmap_max=8, fused_scale=fused_scale
    )
    model = builder(config)[-1].straight
    numbers = np.random.default_rng(0)
    for variable in model.trainable_variables:
        variable.assign(numbers.normal(size=variable.shape))
    return model


def images():
    return np.random.default_rng(1).normal(size=(4, 8, 8, 3)).astype("float32")


def plain_scores(model, x, pool_first):
    """The 8x8 discriminator in a few plain operations."""

    def conv(x, name):
        layer = model.get_layer(name)
        fan_in = math.prod(layer.kernel.shape[:-1])
        return ops.conv(x, layer.kernel * math.sqrt(2 / fan_in), padding="same")

    def dense(x, name, gain):
        layer = model.get_layer(name)
        kernel = layer.kernel * math.sqrt(gain / layer.kernel.shape[0])
        return x @ kernel + layer.bias

    def bias(name):
        return model.get_layer(name).bias

    def leaky(x):
        return ops.maximum(0.2 * x, x)

    def pool(x):
        return ops.average_pool(x, 2, 2)

    x = leaky(conv(x, "8x8_from_rgb") + bias("8x8_from_rgb"))
    x = leaky(conv(x, "8x8_conv0") + bias("8x8_conv0"))
    x, b = conv(x, "8x8_conv1_down"), bias("8x8_conv1_down")
    x = leaky(pool(x) + b) if pool_first else pool(leaky(x + b))
    deviation = ops.mean(ops.std(x, axis=0))
    x = ops.concatenate([x, ops.full((4, 4, 4, 1), deviation)], axis=-1)
    x = leaky(conv(x, "4x4_conv") + bias("4x4_conv"))
    x = leaky(dense(ops.reshape(x, (4, -1)), "4x4_dense0", gain=2))
    return dense(x, "4x4_dense1", gain=1)


@pytest.mark.parametrize("fused_scale", [True, False])
def test_d_pools_before_its_activation_if_fused_and_after_it_if_not(
    fused_scale,
):
    model = build(build_discriminators, fused_scale)
    scores = model(images()).numpy()
    same = plain_scores(model, images(), pool_first=fused_scale)
    other = plain_scores(model, images(), pool_first=not fused_scale)
    np.testing.assert_allclose(scores, same, rtol=1e-4, atol=1e-4)
    assert np.abs(scores - other).max() > 0.01


def test_g_is_the_same_function_fused_or_not():
    latents = np.random.default_rng(1).normal(size=(4, 8))
    fused, unfused = (
        build(build_generators, fused_scale)(latents)
        for fused_scale in (True, False)
    )
    assert keras.ops.std(fused) > 0.1
    np.testing.assert_allclose(fused, unfused, rtol=1e-4, atol=1e-4)
