"""Every switch of the architecture, against NumPy, on networks of 4x4."""

import dataclasses
import json

import numpy as np
import pytest
from numpy_networks import Plain

import progan_keras as pk
from progan_keras.networks import (
    Architecture,
    NetworkConfig,
    build_discriminators,
    build_generators,
)

LATENT, CLASSES, CHANNELS, IMAGES = 5, 3, 6, 6
# (switches, classes), each switch away from its default at least once.
SWITCHES = [
    ({}, 0),
    ({"equalized": False}, 0),
    ({"generator_norm": "batch"}, 0),
    ({"generator_norm": None}, 0),
    ({"discriminator_norm": "layer"}, 0),
    ({"minibatch": "discrimination"}, 0),
    ({"minibatch": None}, 0),
    ({"group_size": None}, 0),
    ({"group_size": 2}, 0),
    ({"normalize_latents": False}, 0),
    ({"norm_after_dense": False}, 0),
    ({"norm_after_dense": False, "generator_norm": "batch"}, 0),
    ({"score_units": 3}, 0),
    ({"attention_resolution": 4}, 0),
    ({"conditioning": "acgan"}, CLASSES),
    ({"conditioning": "projection"}, CLASSES),
    ({"conditioning": "projection", "minibatch": "discrimination"}, CLASSES),
    ({"conditioning": "projection", "normalize_latents": False}, CLASSES),
]
# Switches that are about one network only.
OF_THE_GENERATOR = {"generator_norm", "normalize_latents", "norm_after_dense"}
OF_THE_DISCRIMINATOR = {
    "discriminator_norm",
    "minibatch",
    "group_size",
    "score_units",
}


def config(switches, num_classes, resolution=4):
    return NetworkConfig(
        resolution,
        latent_dim=LATENT,
        fmap_base=4 * CHANNELS,
        fmap_max=CHANNELS,
        num_classes=num_classes,
        architecture=switches,
    )


def build(builder, switches, num_classes):
    """The 4x4 model with weights that are all random."""
    model = builder(config(switches, num_classes))[0].straight
    numbers = np.random.default_rng(0)
    for variable in model.variables:
        value = numbers.normal(size=variable.shape)
        if variable.path.endswith("moving_variance"):
            value = 0.5 + value**2
        variable.assign(value)
    return model


def data(*shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


LABELS = np.eye(CLASSES, dtype="float32")[np.arange(IMAGES) % CLASSES]


@pytest.mark.parametrize(("switches", "num_classes"), SWITCHES, ids=str)
def test_a_generator_is_what_its_switches_say(switches, num_classes):
    model = build(build_generators, switches, num_classes)
    labels = [LABELS] if num_classes else []
    latents = data(IMAGES, LATENT)
    image = model([latents, *labels] if labels else latents).numpy()
    plain = Plain(model, Architecture.of(switches)).image(latents, *labels)
    np.testing.assert_allclose(image, plain, rtol=1e-4, atol=1e-4)
    assert image.std() > 0.1


@pytest.mark.parametrize(("switches", "num_classes"), SWITCHES, ids=str)
def test_a_discriminator_is_what_its_switches_say(switches, num_classes):
    model = build(build_discriminators, switches, num_classes)
    architecture = Architecture.of(switches)
    labels = [LABELS] if num_classes else []
    images = data(IMAGES, 4, 4, 3)
    told = labels and architecture.conditioning == "projection"
    outputs = model([images, *labels] if told else images)
    scores, logits = Plain(model, architecture).verdict(images, *labels)
    if logits is not None:
        np.testing.assert_allclose(outputs[1], logits, rtol=1e-4, atol=1e-4)
        outputs = outputs[0]
    np.testing.assert_allclose(outputs, scores, rtol=1e-4, atol=1e-4)
    assert outputs.shape == (IMAGES, 1)


def layers(builder, switches=None):
    """Name -> kind of the layers that fade 8x8 in."""
    pair = builder(config(switches, 0, resolution=8))[-1]
    return {x.name: type(x).__name__ for x in pair.fade_in.layers}


@pytest.mark.parametrize("switches", [x for x, _ in SWITCHES], ids=str)
def test_a_switch_of_one_network_leaves_the_other_alone(switches):
    for builder, others in (
        (build_generators, OF_THE_DISCRIMINATOR),
        (build_discriminators, OF_THE_GENERATOR),
    ):
        if set(switches) <= others:
            assert layers(builder, switches) == layers(builder)


def test_normalisation_is_behind_every_convolution_but_the_coloured_ones():
    norms = {
        f"{name}_norm"
        for name in ("4x4_dense", "4x4_conv", "8x8_conv0_up", "8x8_conv1")
    }
    for kind, name in (
        ("pixel", "PixelNormalization"),
        ("batch", "BatchNormalization"),
    ):
        found = layers(build_generators, {"generator_norm": kind})
        assert {n for n in found if found[n] == name} - {"latent_norm"} == norms
    found = layers(build_discriminators, {"discriminator_norm": "layer"})
    assert {n for n in found if found[n] == "GroupNormalization"} == {
        "8x8_conv0_norm",
        "8x8_conv1_down_norm",
        "4x4_conv_norm",
    }


def test_layers_before_batch_normalisation_have_no_bias():
    """It would have no gradient, and the moving mean would chase it."""
    for norm_after_dense, others in ((True, set()), (False, {"4x4_dense"})):
        switches = {"generator_norm": "batch"}
        switches["norm_after_dense"] = norm_after_dense
        model = build_generators(config(switches, 0, 8))[-1].straight
        paths = [variable.path.split("/") for variable in model.variables]
        biased = {layer for layer, weight in paths if weight == "bias"}
        assert biased == {"8x8_to_rgb"} | others


@pytest.mark.parametrize("resolution", [4, 8])
@pytest.mark.parametrize("builder", [build_generators, build_discriminators])
def test_attention_is_at_its_resolution_only(builder, resolution):
    found = layers(builder, {"attention_resolution": resolution})
    kinds = {n for n in found if found[n] == "SelfAttention2D"}
    assert kinds == {f"{resolution}x{resolution}_attention"}
    assert "SelfAttention2D" not in layers(builder).values()


def test_without_equalizing_the_same_function_is_learned_in_another_way():
    names = []
    for builder, inputs in (
        (build_generators, data(IMAGES, LATENT)),
        (build_discriminators, data(IMAGES, 4, 4, 3)),
    ):
        equalized, plain = (
            builder(config({"equalized": x}, 0))[0].straight
            for x in (True, False)
        )
        np.testing.assert_allclose(equalized(inputs), plain(inputs), rtol=1e-4)
        for layer, other in zip(plain.layers, equalized.layers, strict=True):
            if hasattr(layer, "scale"):
                assert layer.scale == 1.0
                drawn = other.kernel * other.scale
                np.testing.assert_allclose(layer.kernel, drawn, rtol=1e-5)
                names.append(layer.name)
    assert len(names) == 7


def test_a_new_projection_is_as_large_as_a_new_score():
    wide = NetworkConfig(
        4,
        fmap_max=256,
        num_classes=10,
        architecture={"conditioning": "projection"},
    )
    model = build_discriminators(wide)[0].straight
    features = data(2000, 256)
    embedded = model.get_layer("4x4_class_embedding")
    score = model.get_layer("4x4_dense1")
    label = np.eye(10, dtype="float32")[:1].repeat(2000, 0)
    suits = (embedded(label).numpy() * features).sum(-1)
    assert suits.std() == pytest.approx(1.0, abs=0.3)
    assert score(features).numpy().std() == pytest.approx(1.0, abs=0.3)


# ------------------------------------------------------------ the switches


@pytest.mark.parametrize("switches", [x for x, _ in SWITCHES], ids=str)
def test_switches_survive_json_and_make_the_gan_again(switches):
    gan = pk.ProGAN(8, fmap_base=8, fmap_max=8, architecture=switches)
    written = json.loads(json.dumps(dataclasses.asdict(gan.config)))
    again = pk.ProGAN(**written)
    assert again.config == gan.config
    assert again.config.architecture == Architecture(**switches)
    assert isinstance(again.config.architecture, Architecture)


def test_the_default_is_the_papers():
    assert NetworkConfig(8).architecture == Architecture()
    assert NetworkConfig(8, architecture={}) == NetworkConfig(8)
    ours = Architecture(minibatch=None)
    assert NetworkConfig(8, architecture=ours).architecture is ours


def test_numpys_integers_are_written_down_as_plain_ones():
    switches = ("group_size", "score_units", "attention_resolution")
    architecture = Architecture(**dict.fromkeys(switches, np.int64(4)))
    written = json.loads(json.dumps(dataclasses.asdict(architecture)))
    assert [written[name] for name in switches] == [4, 4, 4]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("equalized", None),
        ("equalized", "yes"),
        ("generator_norm", "layer"),
        ("discriminator_norm", "batch"),
        ("discriminator_norm", True),
        ("minibatch", "std"),
        ("group_size", 0),
        ("group_size", 2.0),
        ("group_size", True),
        ("normalize_latents", 2),
        ("norm_after_dense", None),
        ("conditioning", None),
        ("score_units", 0),
        ("score_units", "8"),
        ("attention_resolution", 12),
        ("attention_resolution", True),
    ],
)
def test_a_bad_switch_is_refused_by_name_and_value(name, value):
    with pytest.raises(ValueError) as error:
        NetworkConfig(8, architecture={name: value})
    shown = name.replace("attention_", "")
    assert f"{shown}={value!r}" in str(error.value)


def test_attention_beyond_the_network_is_refused():
    with pytest.raises(ValueError, match="8x8.*attention_resolution=16"):
        NetworkConfig(8, architecture={"attention_resolution": 16})


def test_an_unknown_switch_is_refused():
    with pytest.raises(ValueError, match=r"minibatch.*Received: \['norm'\]"):
        NetworkConfig(8, architecture={"norm": "batch"})
    with pytest.raises(ValueError, match="architecture='acgan'"):
        NetworkConfig(8, architecture="acgan")


@pytest.mark.parametrize("value", [-1, 2.0, True, None, "3"])
def test_a_bad_number_of_classes_is_refused(value):
    with pytest.raises(ValueError, match=f"num_classes={value!r}"):
        NetworkConfig(8, num_classes=value)


@pytest.mark.parametrize("epsilon", [0.0, -1e-8, 1, "x", float("nan")])
def test_pixel_norms_epsilon_is_small_and_positive(epsilon):
    with pytest.raises(ValueError) as error:
        Architecture(pixel_norm_epsilon=epsilon)
    assert f"pixel_norm_epsilon={epsilon!r}" in str(error.value)
