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


def build(
    builder,
    fused_scale=True,
    num_classes=0,
    precision="float32",
    **architecture,
):
    """The straight 8x8 model with 8 channels at 4x4 and 4 at 8x8."""
    config = NetworkConfig(
        8,
        latent_dim=5,
        fmap_base=16,
        fmap_max=8,
        fused_scale=fused_scale,
        num_classes=num_classes,
        architecture=architecture,
        precision=precision,
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


def test_activations_of_half_precision_count_half():
    latents = 5 + (5 + 10) // 2  # float32 as they come; normalised from 32
    features = 4 * 4 * 8 + 8 * 8 * 4
    layers = 2 * 3 * features // 2  # as above
    norms = 2 * features  # what they normalise, in float32
    image = 8 * 8 * 3
    half = build(build_generators, precision="mixed_bfloat16")
    assert count_activations(half) == (latents + layers + norms + image)


@pytest.mark.parametrize("builder", [build_generators, build_discriminators])
def test_multiplications_of_attention(builder):
    # At 4x4, 8 channels: query and key have 1, value has 4.
    convolutions = (4 * 4) * (8 * 1 + 8 * 1 + 8 * 4 + 4 * 8)
    pairs = (4 * 4) ** 2 * (1 + 4)
    with_attention = build(builder, attention_resolution=4)
    more = count_multiplications(with_attention)
    more -= count_multiplications(build(builder))
    assert more == convolutions + pairs


def test_attention_at_a_higher_resolution_keeps_the_square_of_its_pixels():
    numbers = [
        count_activations(build(build_generators, attention_resolution=size))
        for size in (None, 4, 8)
    ]
    at_4 = 4 * 4 * 8 + 2 * 16**2
    at_8 = 8 * 8 * 4 + 2 * 64**2
    assert numbers == [numbers[0], numbers[0] + at_4, numbers[0] + at_8]


def test_activations_of_layer_normalisation():
    plain = count_activations(build(build_discriminators))
    norms = count_activations(
        build(build_discriminators, discriminator_norm="layer")
    )
    # Two convolutions at 8x8, the second brings it to 4x4, and one there.
    assert norms - plain == 3 * (8 * 8 * 4 + 4 * 4 * 8 + 4 * 4 * 8)


def test_multiplications_of_minibatch_discrimination():
    plain = build(build_discriminators, minibatch=None)
    layers = build(build_discriminators, minibatch="discrimination")
    layer = layers.get_layer("4x4_minibatch_discrimination")
    features = layer.num_kernels
    more = count_multiplications(layers) - count_multiplications(plain)
    # Every vector of 8 meets the tensor; the score sees the new features too.
    assert more == 8 * features * layer.kernel_dim + features


@pytest.mark.parametrize(
    "architecture",
    [
        {"equalized": False},
        {"generator_norm": "batch", "discriminator_norm": "layer"},
        {"generator_norm": None},
        {"normalize_latents": False},
    ],
)
@pytest.mark.parametrize("builder", [build_generators, build_discriminators])
def test_without_the_papers_norms_the_multiplications_are_the_same(
    builder, architecture
):
    other = build(builder, **architecture)
    assert count_multiplications(other) == count_multiplications(build(builder))


def test_classes_add_little():
    generator = build(build_generators, num_classes=3)
    dense = 3 * (4 * 4 * 8)
    plain = count_multiplications(build(build_generators))
    assert count_multiplications(generator) == plain + dense
    plain = count_multiplications(build(build_discriminators))
    acgan = build(build_discriminators, num_classes=3)
    assert count_multiplications(acgan) == plain + 3 * 8
    projection = build(
        build_discriminators, num_classes=3, conditioning="projection"
    )
    assert count_multiplications(projection) == plain + 3 * 8
