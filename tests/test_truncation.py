"""Towards the typical picture: less variety, and where the way ends."""

import numpy as np
import pytest
from gan_checks import LATENT, randomize, tiny

from progan_keras import latents


@pytest.fixture(scope="module")
def gan():
    return randomize(tiny())


@pytest.fixture(scope="module")
def conditional():
    return randomize(tiny(num_classes=3))


def test_one_changes_nothing_and_looks_for_no_centre():
    gan = randomize(tiny())
    np.testing.assert_array_equal(
        gan.generate(8, seed=3, truncation=1.0), gan.generate(8, seed=3)
    )
    assert gan._centre is None


def test_at_zero_all_pictures_are_that_of_the_centre(gan):
    pictures = gan.generate(5, truncation=0)
    typical = gan.generate(latents=gan.centre[None])
    for picture in pictures:
        np.testing.assert_allclose(picture, typical[0], atol=1)


def test_between_them_latents_go_along_the_great_circle(gan):
    drawn = latents.sample(4, LATENT)
    np.testing.assert_array_equal(
        gan.generate(latents=drawn, truncation=0.4),
        gan.generate(latents=latents.slerp(gan.centre, drawn, 0.4)),
    )


def test_variety_falls_with_truncation(gan):
    spread = [
        gan.generate(64, truncation=share).std(axis=0).mean()
        for share in (0.0, 0.25, 0.5, 1.0)
    ]
    assert spread == sorted(spread)
    assert spread[0] < 0.1
    assert spread[-1] > 2 * spread[1]


def test_the_centre_is_a_latent_as_samples_are(gan):
    assert gan.centre.shape == (LATENT,)
    assert gan.centre.dtype == np.float32
    np.testing.assert_allclose(np.mean(gan.centre**2), 1, rtol=1e-5)
    np.testing.assert_array_equal(gan.centre, randomize(tiny()).centre)


def test_the_centre_makes_a_more_typical_picture_than_samples(gan):
    pictures = gan.generate(500, seed=9).astype(float)
    mean = pictures.mean(axis=0)
    typical = gan.generate(latents=gan.centre[None]).astype(float)
    distances = ((pictures - mean) ** 2).mean(axis=(1, 2, 3))
    own = ((typical - mean) ** 2).mean()
    assert own < np.quantile(distances, 0.05)


def test_the_centre_is_kept_until_training_goes_on():
    gan = randomize(tiny())
    first = gan.centre
    assert gan.centre is first
    randomize(gan, 5)
    gan.clock.assign_add(8)
    assert (gan.centre != first).any()


def test_a_conditional_gan_has_one_centre_for_all_classes(conditional):
    rows = conditional.generate_by_class(4, truncation=0)
    for label in range(3):
        typical = conditional.generate(
            latents=conditional.centre[None], labels=label
        )
        for picture in rows[4 * label : 4 * label + 4]:
            np.testing.assert_allclose(picture, typical[0], atol=1)
    assert (rows[0] != rows[4]).any()


@pytest.mark.parametrize("share", [-0.1, 1.5, np.nan])
def test_a_truncation_outside_of_0_to_1_is_refused(gan, share):
    with pytest.raises(ValueError, match=f"truncation={share}"):
        gan.generate(2, truncation=share)
