"""Growing is seamless: a fade starts and ends exactly at its two models."""

import numpy as np
import pytest

import progan_keras as pk

RESOLUTIONS = [8, 16, 32, 64]
GENERATORS = ["generator", "ema_generator"]


@pytest.fixture(scope="module")
def gan():
    """A GAN whose weights are all random, biases and the average too."""
    gan = pk.ProGAN(64, latent_dim=8, fmap_base=64, fmap_max=8)
    numbers = np.random.default_rng(0)
    for pairs in gan.families.values():
        for pair in pairs:
            for variable in pair.straight.variables:
                variable.assign(numbers.normal(size=variable.shape))
    return gan


def latents():
    return np.random.default_rng(1).normal(size=(3, 8)).astype("float32")


def images(resolution):
    shape = (3, resolution, resolution, 3)
    return np.random.default_rng(2).uniform(-1, 1, shape).astype("float32")


def upscale(x):
    return np.asarray(x).repeat(2, 1).repeat(2, 2)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("family", GENERATORS)
def test_fade_in_at_alpha_zero_is_the_upscaled_old_image(
    gan, family, resolution
):
    gan.set_alpha(0.0)
    faded = gan.pair(resolution, family).fade_in(latents())
    old = gan.pair(resolution // 2, family).straight(latents())
    np.testing.assert_array_equal(faded, upscale(old))


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("family", GENERATORS)
def test_fade_in_at_alpha_one_is_the_new_image(gan, family, resolution):
    gan.set_alpha(1.0)
    pair = gan.pair(resolution, family)
    faded, new = pair.fade_in(latents()), pair.straight(latents())
    np.testing.assert_array_equal(faded, new)


@pytest.mark.parametrize("family", GENERATORS)
def test_half_way_the_image_is_the_mean_of_both(gan, family):
    gan.set_alpha(0.5)
    pair = gan.pair(16, family)
    old = upscale(gan.pair(8, family).straight(latents()))
    new = pair.straight(latents()).numpy()
    assert np.abs(old - new).max() > 0.1
    np.testing.assert_allclose(
        pair.fade_in(latents()), (old + new) / 2, rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_scores_at_alpha_zero_are_the_old_ones_of_the_halved_image(
    gan, resolution
):
    gan.set_alpha(0.0)
    x = images(resolution)
    faded = gan.pair(resolution, "discriminator").fade_in(x)
    halved = pk.layers.BoxDownscale2D()(x)
    old = gan.pair(resolution // 2, "discriminator").straight(halved)
    np.testing.assert_array_equal(faded, old)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_scores_at_alpha_one_are_the_new_ones(gan, resolution):
    gan.set_alpha(1.0)
    pair = gan.pair(resolution, "discriminator")
    x = images(resolution)
    np.testing.assert_array_equal(pair.fade_in(x), pair.straight(x))


def test_half_way_scores_are_neither_the_old_nor_the_new_ones(gan):
    gan.set_alpha(0.5)
    pair, x = gan.pair(16, "discriminator"), images(16)
    halved = pk.layers.BoxDownscale2D()(x)
    faded = pair.fade_in(x).numpy()
    old = gan.pair(8, "discriminator").straight(halved).numpy()
    new = pair.straight(x).numpy()
    assert np.abs(faded - old).min() > 1e-3
    assert np.abs(faded - new).min() > 1e-3
