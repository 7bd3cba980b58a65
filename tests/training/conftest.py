"""A tiny GAN, eight pictures in two sizes, and a recipe of a few steps."""

import dataclasses

import numpy as np
import pytest

import progan_keras as pk


@pytest.fixture(scope="session")
def pictures():
    """uint8 [24, 8, 8, 3], coloured at random."""
    return np.random.default_rng(0).integers(0, 256, (24, 8, 8, 3), np.uint8)


@pytest.fixture(scope="session")
def images(pictures, tmp_path_factory):
    """The same as a pyramid."""
    cache = tmp_path_factory.mktemp("pyramids")
    return pk.data.load(pictures, cache_dir=cache)


@pytest.fixture(scope="session")
def labelled(pictures, tmp_path_factory):
    """The same with three classes, of 12, 8 and 4 images."""
    cache = tmp_path_factory.mktemp("pyramids")
    labels = ["cat", "bee", "cat", "ant", "cat", "bee"] * 4
    return pk.data.load(pictures, labels=labels, cache_dir=cache)


@pytest.fixture(scope="session")
def recipe():
    """4x4: 32 images, fade to 8x8: 40, 8x8: 24; batches that do not fit."""
    return dataclasses.replace(
        pk.recipes.get("quickstart"),
        stabilise_images=32,
        fade_images=40,
        total_images=96,
        batch_size={4: 6, 8: 4},
    )


def tiny_gan(**kwargs):
    return pk.ProGAN(8, latent_dim=8, fmap_base=32, fmap_max=8, **kwargs)


@pytest.fixture
def gan():
    return tiny_gan()


@pytest.fixture(scope="session")
def finished(images, recipe, tmp_path_factory):
    """An undisturbed run, with a tick every 16 images."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return pk.train(
        tiny_gan(),
        images,
        run_dir=folder,
        recipe=recipe,
        tick_kimg=0.016,
        verbose=False,
    )
