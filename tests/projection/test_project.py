"""Projection finds again what the generator has made."""

import importlib

import numpy as np
import pytest
from gan_checks import LATENT, images, randomize, tiny
from PIL import Image

import progan_keras as pk
from progan_keras.projection.distance import pyramid_distance

# The package gives its function the same name.
module = importlib.import_module("progan_keras.projection.project")


@pytest.fixture(scope="module")
def gan():
    return randomize(tiny())


@pytest.fixture(scope="module")
def conditional():
    return randomize(tiny(num_classes=3))


@pytest.fixture(scope="module")
def own(gan):
    return gan.generate(3, seed=11)


@pytest.fixture(scope="module")
def found(gan, own):
    return pk.project(gan, own, steps=150)


def test_pictures_of_the_generator_are_found_again(found, own):
    np.testing.assert_array_equal(found.targets, own)
    assert found.start_errors.min() > 4
    assert found.errors.max() < 2
    apart = found.pictures.astype(float) - own
    np.testing.assert_allclose(
        found.errors, np.sqrt((apart**2).mean(axis=(1, 2, 3)))
    )


def test_latents_make_the_pictures_and_lie_on_the_sphere(gan, found):
    assert found.latents.shape == (3, LATENT)
    assert found.latents.dtype == np.float32
    np.testing.assert_allclose(np.mean(found.latents**2, axis=1), 1, rtol=1e-4)
    np.testing.assert_array_equal(
        gan.generate(latents=found.latents), found.pictures
    )
    assert found.labels is None


def test_the_way_goes_from_a_sample_to_what_was_found(gan, found):
    assert found.way.shape == (61, 3, LATENT)
    np.testing.assert_array_equal(found.way[-1], found.latents)
    samples = pk.latents.on_sphere(pk.latents.sample(1024, LATENT))
    for start in found.way[0]:
        assert (np.abs(samples - start).max(axis=1) < 1e-6).any()


def test_the_first_start_is_the_nearest_of_the_samples(gan, own):
    found = pk.project(gan, own, steps=1, starts=1)
    samples = pk.latents.sample(1024, LATENT)
    pictures = gan.generate(latents=samples).astype(float)
    for target, error in zip(own, found.start_errors, strict=True):
        apart = ((pictures - target) ** 2).mean(axis=(1, 2, 3)) ** 0.5
        assert error < np.quantile(apart, 0.02)


def test_a_seed_decides_what_is_found(gan, own):
    one, same, other = (
        pk.project(gan, own[:1], steps=3, seed=seed).latents
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_foreign_pictures_come_nearer_too(gan):
    found = pk.project(gan, images(2, 8), steps=60)
    first, last = (
        pyramid_distance(
            *(x / np.float32(127.5) - 1 for x in (pictures, found.targets))
        )
        for pictures in (gan.generate(latents=found.way[0]), found.pictures)
    )
    assert (np.asarray(last) < np.asarray(first)).all()


def test_groups_that_come_one_after_the_other_are_compiled_once(
    gan, own, monkeypatch
):
    searches = []

    class Kept(module.Search):
        def __init__(self, *args):
            super().__init__(*args)
            searches.append(self)

    monkeypatch.setattr(module, "Search", Kept)
    monkeypatch.setattr(module, "rows_at_a_time", lambda side: 4)
    found = pk.project(gan, own, steps=150, starts=2)  # 2 pictures, then 1
    assert found.errors.max() < 2
    (search,) = searches
    assert search.latents.shape == (4, LATENT)
    assert search._step.experimental_get_tracing_count() == 1


def test_a_file_is_projected_as_its_pixels_are(gan, own, tmp_path):
    Image.fromarray(own[0]).save(tmp_path / "a.png")
    from_file = pk.project(gan, tmp_path / "a.png", steps=2)
    np.testing.assert_array_equal(
        from_file.latents, pk.project(gan, own[0], steps=2).latents
    )


def test_the_class_is_found_too(conditional):
    own = conditional.generate(3, seed=4, labels=[2, 0, 1])
    found = pk.project(conditional, own, steps=150)
    assert found.errors.max() < 3
    assert found.labels.shape == (3, 3)
    np.testing.assert_array_equal(found.labels.sum(axis=1), 1)
    np.testing.assert_array_equal(
        conditional.generate(latents=found.latents, labels=found.labels),
        found.pictures,
    )


def test_a_class_that_is_given_is_kept(conditional):
    own = conditional.generate(2, seed=4, labels=[2, 0])
    for labels, expected in (("1", [1, 1]), ([2, 0], [2, 0])):
        found = pk.project(conditional, own, labels=labels, steps=100)
        np.testing.assert_array_equal(found.labels.argmax(axis=1), expected)
    assert found.errors.max() < 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"labels": 0}, "without classes"),
        ({"steps": 0}, "steps=0"),
        ({"starts": 0}, "starts=0"),
        ({"seed": -1}, "seed=-1"),
        ({"fit": "zoom"}, "fit='zoom'"),
        ({"pictures": np.zeros((1, 16, 16, 3), np.uint8)}, "8x8.*16x16"),
        ({"pictures": "missing.png"}, "missing.png"),
    ],
)
def test_bad_input_is_refused(gan, own, arguments, words):
    with pytest.raises((ValueError, OSError), match=words):
        pk.project(**{"gan": gan, "pictures": own, "steps": 1, **arguments})


def test_a_class_that_there_is_not_is_refused(conditional):
    own = conditional.generate(1)
    with pytest.raises(ValueError, match="no such class"):
        pk.project(conditional, own, labels=3, steps=1)


def test_a_grey_generator_is_searched_too():
    gan = randomize(tiny(num_channels=1))
    found = pk.project(gan, gan.generate(1, seed=2), steps=100)
    assert found.pictures.shape == (1, 8, 8, 1)
    assert found.errors[0] < 2
