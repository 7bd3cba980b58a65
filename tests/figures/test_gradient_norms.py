"""The norms of D's gradient between reals and fakes."""

import numpy as np
import pytest
import tensorflow as tf
from gan_checks import AT_4, BATCH, FADE, LATENT, images, tiny, tiny_in

import progan_keras as pk
from progan_keras import figures
from progan_keras.figures.gradient_norms import norms_along_lines
from progan_keras.reals import prepare_reals

ALONE = {"architecture": {"minibatch": None}}  # D judges image by image


def norm_at(discriminator, image):
    """The norm of one image's gradient, by itself."""
    image = tf.convert_to_tensor(image)[None]
    with tf.GradientTape() as tape:
        tape.watch(image)
        score = discriminator(image)
    return np.linalg.norm(np.ravel(tape.gradient(score, image)))


def in_mid_fade(compile_settings=None, **settings):
    gan = tiny_in(FADE, compile_settings, **settings)
    gan.set_alpha(0.25)
    return gan


def test_each_norm_is_that_of_its_place_on_the_line_of_its_image():
    gan, reals = in_mid_fade(**ALONE), images(6, 8)
    shares, norms = norms_along_lines(gan, reals, points=4, seed=3)
    np.testing.assert_allclose(shares, [0, 1 / 3, 2 / 3, 1], rtol=1e-6)
    faded = prepare_reals(tf.constant(reals), 0.25)
    latents = pk.latents.sample(6, LATENT, seed=3)
    fakes = gan.pair(8, "generator").fade_in(latents)
    discriminator = gan.pair(8, "discriminator").fade_in
    for image, place in np.ndindex(6, 4):
        share = shares[place]
        mixed = (1 - share) * faded[image] + share * fakes[image]
        expected = norm_at(discriminator, mixed)
        np.testing.assert_allclose(norms[image, place], expected, rtol=1e-3)


def test_without_a_stage_they_are_those_of_the_grown_networks():
    gan, reals = tiny(**ALONE), images(2, 8)
    _, norms = norms_along_lines(gan, reals, points=2)
    real = prepare_reals(tf.constant(reals))[1]
    expected = norm_at(gan.pair(8, "discriminator").straight, real)
    np.testing.assert_allclose(norms[1, 0], expected, rtol=1e-3)


@pytest.mark.parametrize("conditioning", ["acgan", "projection"])
def test_classes_are_those_of_the_reals(conditioning):
    gan = tiny_in(
        AT_4, num_classes=3, architecture={"conditioning": conditioning}
    )
    results = [
        norms_along_lines(gan, images(BATCH, 4), labels, points=3)[1]
        for labels in (None, np.arange(BATCH) % 3, [2] * BATCH)
    ]
    np.testing.assert_array_equal(results[0], results[1])
    assert (results[0] != results[2]).any()


def test_one_gan_has_a_band_and_the_norm_that_its_loss_wants():
    gan, reals = in_mid_fade({"loss": "wgan_gp"}), images(BATCH, 8)
    shares, norms = norms_along_lines(gan, reals, points=5)
    (axes,) = figures.gradient_norms(gan, reals, points=5).axes
    line, gamma = axes.lines
    np.testing.assert_allclose(line.get_xdata(), shares)
    np.testing.assert_allclose(line.get_ydata(), np.median(norms, axis=0))
    assert set(gamma.get_ydata()) == {1.0}
    (band,) = axes.collections
    edges = band.get_paths()[0].vertices[:, 1]
    assert edges.min() == pytest.approx(np.percentile(norms, 10, axis=0).min())
    assert edges.max() == pytest.approx(np.percentile(norms, 90, axis=0).max())


def test_several_gans_have_a_line_each_and_their_gammas():
    gans = {
        "one": in_mid_fade({"loss": pk.losses.get("wgan_gp", gamma=750.0)}),
        "other": in_mid_fade({"loss": "hinge"}, seed=1),
    }
    (axes,) = figures.gradient_norms(gans, images(BATCH, 8)).axes
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["one", "other", "gamma = 750"]
    assert not axes.collections
    assert axes.get_yscale() == "log"  # it is far above what they have


def test_lines_far_apart_have_a_logarithmic_axis():
    gans = {"flat": in_mid_fade(), "steep": in_mid_fade()}
    steep = gans["steep"].pair(8, "discriminator").fade_in
    kernel = next(v for v in steep.variables if v.path == "4x4_dense1/kernel")
    (axes,) = figures.gradient_norms(gans, images(BATCH, 8)).axes
    assert axes.get_yscale() == "linear"
    kernel.assign(100.0 * kernel)
    (axes,) = figures.gradient_norms(gans, images(BATCH, 8)).axes
    assert axes.get_yscale() == "log"
    ticks = {label.get_text() for label in axes.get_yticklabels()}
    assert {"1", "10"} < ticks  # no formulas, which the style does not set


def test_what_does_not_fit_the_gan_is_refused():
    gan = tiny_in(AT_4)
    with pytest.raises(ValueError, match=r"\[N, 4, 4, 3\].*\[8, 8, 8, 3\]"):
        figures.gradient_norms(gan, images(BATCH, 8))
    with pytest.raises(ValueError, match="at least 2. Received: points=1"):
        figures.gradient_norms(gan, images(BATCH, 4), points=1)
    with pytest.raises(ValueError, match="without classes"):
        figures.gradient_norms(gan, images(BATCH, 4), labels=[0] * BATCH)
