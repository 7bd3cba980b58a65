import pytest

from progan_keras.networks import (
    NetworkConfig,
    build_discriminators,
    build_generators,
)
from progan_keras.networks.cost import (
    count_activations,
    count_multiplications,
    count_parameters,
)


def build(builder, fused_scale=True):
    """The straight 8x8 model with 8 channels at 4x4 and 4 at 8x8."""
    config = NetworkConfig(
        8, latent_dim=5, fmap_base=16, fmap_max=8, fused_scale=fused_scale
    )
    return builder(config)[-1].straight


@pytest.mark.parametrize(
    ("fused_scale", "upscaling"),
    [(True, 16 * 8 * 4 * (4 * 4)), (False, 9 * 8 * 4 * (8 * 8))],
)
def test_multiplications_of_a_generator(fused_scale, upscaling):
    dense = 5 * (4 * 4 * 8)
    conv_at_4 = 9 * 8 * 8 * (4 * 4)
    conv_at_8 = 9 * 4 * 4 * (8 * 8)
    to_rgb = 4 * 3 * (8 * 8)
    assert count_multiplications(build(build_generators, fused_scale)) == (
        dense + conv_at_4 + upscaling + conv_at_8 + to_rgb
    )


@pytest.mark.parametrize(
    ("fused_scale", "downscaling"),
    [(True, 16 * 4 * 8 * (4 * 4)), (False, 9 * 4 * 8 * (8 * 8))],
)
def test_multiplications_of_a_discriminator(fused_scale, downscaling):
    from_rgb = 3 * 4 * (8 * 8)
    conv_at_8 = 9 * 4 * 4 * (8 * 8)
    conv_at_4 = 9 * (8 + 1) * 8 * (4 * 4)
    dense = (4 * 4 * 8) * 8 + 8
    assert count_multiplications(build(build_discriminators, fused_scale)) == (
        from_rgb + conv_at_8 + downscaling + conv_at_4 + dense
    )


def test_parameters_of_a_generator():
    dense = 5 * (4 * 4 * 8) + 8
    conv_at_4 = 9 * 8 * 8 + 8
    upscaling, conv_at_8 = 9 * 8 * 4 + 4, 9 * 4 * 4 + 4
    to_rgb = 4 * 3 + 3
    assert count_parameters(build(build_generators)) == (
        dense + conv_at_4 + upscaling + conv_at_8 + to_rgb
    )


def test_activations_of_a_generator():
    latents = 2 * 5  # as they come, and normalised
    at_4 = 2 * 3 * (4 * 4 * 8)  # two layers: weights, leaky ReLU, pixel norm
    at_8 = 2 * 3 * (8 * 8 * 4)
    image = 8 * 8 * 3
    assert count_activations(build(build_generators)) == (
        latents + at_4 + at_8 + image
    )
