"""Given the official weights, every number agrees with the official code."""

import math

import keras
import official
import pytest
import tensorflow as tf
from official import assert_close

import progan_keras as pk
from progan_keras.interop.karras2018_weights import official_name, to_ours
from progan_keras.reals import prepare_reals

LODS = [0, 0.25, 0.5, 1, 1.75, 2, 2.5, 3]


@pytest.fixture(scope="module")
def outputs():
    return official.load_outputs()


@pytest.fixture(scope="module")
def gan():
    return pk.interop.load_karras2018(official.PICKLE)


@pytest.fixture
def precise_gan():
    """The same in float64.

    One activation of this file lies within 1e-6 of the leaky ReLU's kink: in
    float32 the order of a sum decides its side, and with it 0.2 % of some
    gradients.
    """
    keras.config.set_dtype_policy("float64")
    yield pk.interop.load_karras2018(official.PICKLE)
    keras.config.set_dtype_policy("float32")


def model_at(gan, family, lod):
    """The model at an official level of detail, with alpha set."""
    resolution = 32 // 2 ** math.floor(lod)
    fade_in = lod != math.floor(lod)
    if fade_in:
        gan.set_alpha(1.0 - (lod - math.floor(lod)))
    return gan.pair(resolution, family).model(fade_in)


@pytest.mark.parametrize("lod", LODS)
@pytest.mark.parametrize(
    ("family", "key"), [("generator", "g"), ("ema_generator", "gs")]
)
def test_generated_images_are_the_official_ones(gan, outputs, family, key, lod):
    images = model_at(gan, family, lod)(outputs["latents"])
    expected = official.to_nhwc(outputs[f"{key}_{lod}"])
    assert_close(official.enlarge(images, 32), expected)


@pytest.mark.parametrize("lod", LODS)
@pytest.mark.parametrize(("key", "count"), [("d", 8), ("d3", 3)])
def test_scores_are_the_official_ones(gan, outputs, key, count, lod):
    images = official.shrink(
        official.to_nhwc(outputs["images"][:count]),
        32 // 2 ** math.floor(lod),
    )
    scores = model_at(gan, "discriminator", lod)(images)
    assert_close(scores, outputs[f"{key}_scores_{lod}"])


@pytest.mark.parametrize("lod", [0, 0.5])
def test_losses_and_gradients_are_the_official_ones(precise_gan, outputs, lod):
    gan = precise_gan
    generator = model_at(gan, "generator", lod)
    discriminator = model_at(gan, "discriminator", lod)
    reals = tf.constant(official.to_nhwc(outputs["images"]), "float64")
    latents = outputs[f"loss_lat_{lod}"]
    mix = tf.constant(outputs[f"loss_eps_{lod}"], "float64")
    loss = pk.losses.WassersteinGP()

    with tf.GradientTape(persistent=True) as tape:
        fakes = tf.cast(generator(latents), "float64")
        fake_scores = tf.cast(discriminator(fakes), "float64")
        scores = tf.cast(discriminator(reals), "float64")
        g_losses = loss.generator_loss(fake_scores)
        d_losses = loss.discriminator_loss(scores, fake_scores)
        penalty = loss.penalty(discriminator, reals, fakes, mix)
        # The official code adds [N, 1] and [N] and keeps the [N, N] result,
        # whose mean is the mean of the sum.
        d_losses = d_losses + penalty[None, :]
        d_mean, g_mean = tf.reduce_mean(d_losses), tf.reduce_mean(g_losses)

    assert_close(g_losses, outputs[f"g_loss_{lod}"])
    assert_close(d_losses, outputs[f"d_loss_{lod}"])
    for key, mean, model in (
        ("dgrad", d_mean, discriminator),
        ("ggrad", g_mean, generator),
    ):
        variables = model.trainable_variables
        gradients = tape.gradient(mean, [v.value for v in variables])
        assert len(gradients) >= 14
        for variable, gradient in zip(variables, gradients, strict=True):
            name = official_name(variable.path, 32)
            expected = outputs[f"{key}_{lod}|{name}"]
            assert_close(gradient, to_ours(name, expected))


@pytest.mark.parametrize("lod", [0, 0.3])
def test_real_images_are_prepared_and_faded_as_officially(outputs, lod):
    reals = tf.constant(official.to_nhwc(outputs["reals_u8"]))
    ours = prepare_reals(reals, alpha=1.0 - lod)
    assert_close(ours, official.to_nhwc(outputs[f"reals_{lod}"]))
