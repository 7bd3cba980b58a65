"""Generator and discriminator together: sizes, sharing, initial weights."""

import collections

import keras
import numpy as np
import pytest

from progan_keras.networks import (
    NetworkConfig,
    build_discriminators,
    build_generators,
)
from progan_keras.networks.cost import count_parameters

SMALL = {"latent_dim": 8, "fmap_base": 64, "fmap_max": 8}


def build(resolution, **sizes):
    config = NetworkConfig(resolution, **sizes)
    return build_generators(config), build_discriminators(config)


def models_of(pairs):
    return [m for p in pairs for m in (p.straight, p.fade_in) if m is not None]


def variables_of(pairs):
    """Path -> the variable objects under that path in all models."""
    found = collections.defaultdict(dict)
    for model in models_of(pairs):
        for variable in model.variables:
            found[variable.path][id(variable)] = variable
    return found


def kernels_of(*families):
    return {
        (number, path): next(iter(same.values())).numpy()
        for number, pairs in enumerate(families)
        for path, same in variables_of(pairs).items()
        if path.endswith("/kernel")
    }


@pytest.fixture(scope="module")
def large():
    """The paper's networks, with the default sizes; 512 MB would be much."""
    return build(1024)


def parameters_of_all(pairs):
    """Trainable parameters of all stages together, each counted once."""
    return sum(
        np.prod(variable.shape)
        for same in variables_of(pairs).values()
        for variable in same.values()
        if variable.trainable
    )


@pytest.mark.parametrize(
    ("resolution", "generator", "discriminator"),
    [
        (1024, 23_071_507, 23_077_137),
        (256, 23_036_995, 23_042_625),
        (128, 22_926_467, 22_932_097),
    ],
)
def test_the_papers_networks_have_as_many_parameters(
    large, resolution, generator, discriminator
):
    """The path at 256 within the networks for 1024 is the one for 256."""
    for pairs, expected in zip(large, (generator, discriminator), strict=True):
        pair = next(pair for pair in pairs if pair.resolution == resolution)
        assert count_parameters(pair.straight) == expected


def test_the_papers_networks_with_the_colour_layers_of_every_stage(large):
    assert [parameters_of_all(pairs) for pairs in large] == [
        23_079_115,
        23_087_249,
    ]


def test_the_papers_networks_for_cifar_10_have_as_many_parameters():
    networks = build(32, fmap_base=4096, fmap_max=128, latent_dim=128)
    straight = [count_parameters(pairs[-1].straight) for pairs in networks]
    assert straight == [1_295_747, 1_297_153]
    everything = [parameters_of_all(pairs) for pairs in networks]
    assert everything == [1_296_908, 1_298_689]


@pytest.fixture(scope="module")
def small():
    return build(32, **SMALL)


def test_there_is_a_pair_per_resolution_and_no_fade_in_at_4x4(small):
    for pairs in small:
        assert [pair.resolution for pair in pairs] == [4, 8, 16, 32]
        assert pairs[0].fade_in is None
        assert pairs[0].weighted_sum is None
        assert all(pair.fade_in is not None for pair in pairs[1:])
        with pytest.raises(ValueError, match="no fade-in at 4x4"):
            pairs[0].model(fade_in=True)
        assert pairs[0].model(fade_in=False) is pairs[0].straight
        assert pairs[1].model(fade_in=True) is pairs[1].fade_in


def test_all_stages_are_views_of_the_same_variables(small):
    for pairs in small:
        for path, same in variables_of(pairs).items():
            assert len(same) == 1, f"{path} exists {len(same)} times"
        smallest = {id(v) for v in pairs[0].straight.trainable_variables}
        largest = {id(v) for v in pairs[-1].straight.trainable_variables}
        # All but the layers to or from RGB: kernel and bias.
        assert len(smallest - largest) == 2


def test_a_fade_in_trains_the_layers_of_both_of_its_paths(small):
    for pairs in small:
        for old, new in zip(pairs[:-1], pairs[1:], strict=True):
            trained = {id(v) for v in new.fade_in.trainable_variables}
            for model in (old.straight, new.straight):
                assert {id(v) for v in model.trainable_variables} <= trained


def test_models_take_and_return_what_they_say(small):
    generators, discriminators = small
    for pair in generators:
        for model in models_of([pair]):
            assert model.input.shape == (None, 8)
            size = pair.resolution
            assert model.output.shape == (None, size, size, 3)
    for pair in discriminators:
        for model in models_of([pair]):
            assert model.input.shape == (None, size := pair.resolution, size, 3)
            assert model.output.shape == (None, 1)


CONDITIONINGS = ["acgan", "projection"]


def build_conditional(conditioning, **sizes):
    sizes = {"num_classes": 5, **SMALL, **sizes}
    return build(8, architecture={"conditioning": conditioning}, **sizes)


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_conditional_models_take_and_return_labels(conditioning):
    generators, discriminators = build_conditional(conditioning)
    for model in models_of(generators):
        assert [x.shape for x in model.inputs] == [(None, 8), (None, 5)]
        assert model.output.shape[-1] == 3
    for model in models_of(discriminators):
        inputs, outputs = len(model.inputs), len(model.outputs)
        if conditioning == "acgan":
            assert (inputs, outputs) == (1, 2)
            shapes = [(None, 1), (None, 5)]
            assert [x.shape for x in model.outputs] == shapes
        else:
            assert (inputs, outputs) == (2, 1)
            assert model.inputs[1].shape == (None, 5)
            assert model.output.shape == (None, 1)


def test_classes_cost_a_row_of_weights_each():
    without = [count_parameters(x[-1].straight) for x in build(8, **SMALL)]
    generator = 5 * 16 * 8  # more inputs of the 4x4 dense layer
    for conditioning, discriminator in (
        ("acgan", 5 * (8 + 1)),  # more outputs of the last layer
        ("projection", 5 * 8),  # an embedding
    ):
        networks = build_conditional(conditioning)
        counts = [count_parameters(pairs[-1].straight) for pairs in networks]
        assert counts[0] - without[0] == generator
        assert counts[1] - without[1] == discriminator


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_conditional_networks_share_and_draw_their_weights_likewise(
    conditioning,
):
    networks = build_conditional(conditioning)
    for pairs in networks:
        assert all(len(same) == 1 for same in variables_of(pairs).values())
    kernels = kernels_of(*networks)
    first = {float(kernel.flat[0]) for kernel in kernels.values()}
    assert len(first) == len(kernels)
    again = kernels_of(*build_conditional(conditioning))
    for key, kernel in kernels.items():
        np.testing.assert_array_equal(kernel, again[key])


@pytest.mark.parametrize("num_channels", [1, 3, 4])
def test_images_may_be_grey_rgb_or_rgba(num_channels):
    generators, discriminators = build(8, num_channels=num_channels, **SMALL)
    images = generators[-1].straight(np.ones((2, 8), "float32"))
    assert images.shape == (2, 8, 8, num_channels)
    assert discriminators[-1].straight(images).shape == (2, 1)


def test_equal_seeds_give_equal_networks_and_others_other_ones():
    kernels = [kernels_of(*build(8, seed=s, **SMALL)) for s in (1, 1, 2)]
    assert kernels[0].keys() == kernels[1].keys() == kernels[2].keys()
    for key, kernel in kernels[0].items():
        np.testing.assert_array_equal(kernel, kernels[1][key])
        assert not (kernel == kernels[2][key]).any()


def test_no_two_layers_start_with_the_same_numbers(small):
    kernels = kernels_of(*small)
    assert len(kernels) > 20
    first = {float(kernel.flat[0]) for kernel in kernels.values()}
    assert len(first) == len(kernels)


def test_gains_are_those_of_the_paper(small):
    """Sqrt 2, but 1 where nothing follows and a quarter in G's dense layer."""
    gains = {}
    for pairs in small:
        for layer in pairs[-1].straight.layers:
            if hasattr(layer, "gain"):
                gains[layer.name] = layer.gain
    special = {
        "4x4_dense": np.sqrt(2) / 4,
        "32x32_to_rgb": 1.0,
        "4x4_dense1": 1.0,
    }
    for name, gain in gains.items():
        assert gain == pytest.approx(special.get(name, np.sqrt(2))), name
    assert set(special) <= set(gains)


@pytest.mark.parametrize("family", [0, 1])
def test_in_half_precision_images_and_scores_stay_float32(family):
    pairs = build(8, **SMALL, precision="mixed_bfloat16")[family]
    for model in models_of(pairs):
        assert model.output.dtype == "float32"
        assert model.layers[2].compute_dtype == "bfloat16"


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_in_half_precision_conditional_outputs_stay_float32(conditioning):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        networks = build_conditional(conditioning)
    finally:
        keras.config.set_dtype_policy("float32")
    for pairs in networks:
        for model in models_of(pairs):
            assert {x.dtype for x in model.outputs} == {"float32"}
