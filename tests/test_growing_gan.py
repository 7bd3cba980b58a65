"""Pictures by class, names of classes, and the whole GAN by hand."""

import numpy as np
import pytest
from gan_checks import FADE, LATENT, randomize, tiny

import progan_keras as pk

NAMES = ("cat", "dog", "owl")


@pytest.fixture(scope="module")
def gan():
    gan = randomize(tiny(num_classes=3))
    gan.class_names = NAMES
    return gan


def pictures_by_hand(gan, latents, vectors):
    floats = gan.pair(8).straight([latents, np.float32(vectors)])
    return pk.images.to_uint8(floats.numpy())


# ------------------------------------------------------------- generate


@pytest.mark.parametrize(
    ("labels", "indices"),
    [
        (None, [0, 1, 2, 0, 1]),
        ("owl", [2] * 5),
        (1, [1] * 5),
        (["owl", 0, "dog", "1", 2], [2, 0, 1, 1, 2]),
    ],
    ids=str,
)
def test_pictures_are_of_the_classes_asked_for(gan, labels, indices):
    pictures = gan.generate(5, seed=3, labels=labels)
    expected = pictures_by_hand(
        gan, pk.latents.sample(5, LATENT, seed=3), np.eye(3)[indices]
    )
    np.testing.assert_array_equal(pictures, expected)


def test_classes_change_the_pictures(gan):
    by_class = [gan.generate(2, labels=name) for name in NAMES]
    assert (by_class[0] != by_class[1]).any()
    assert (by_class[1] != by_class[2]).any()


def test_classes_may_be_mixed(gan):
    mixture = [[0.5, 0.5, 0.0], [0.0, 0.2, 0.8]]
    latents = pk.latents.sample(2, LATENT)
    np.testing.assert_array_equal(
        gan.generate(latents=latents, labels=mixture),
        pictures_by_hand(gan, latents, mixture),
    )


def test_labels_stay_with_their_latents_in_every_batch(gan):
    labels = [0, 2, 1, 1, 2]
    at_once = gan.generate(5, labels=labels).astype(int)
    in_parts = gan.generate(5, labels=labels, batch_size=2)
    assert np.abs(at_once - in_parts).max() <= 1


def test_a_row_per_class_from_the_same_latents(gan):
    pictures = gan.generate_by_class(columns=2, seed=5)
    assert pictures.shape == (6, 8, 8, 3)
    for row, name in enumerate(NAMES):
        alone = gan.generate(2, seed=5, labels=name).astype(int)
        assert np.abs(alone - pictures[2 * row :][:2]).max() <= 1
    chosen = gan.generate_by_class(2, 5, labels=["owl", 0]).astype(int)
    assert np.abs(chosen - pictures[[4, 5, 0, 1]]).max() <= 1
    assert gan.generate_by_class(2, resolution=4).shape == (6, 4, 4, 3)


@pytest.mark.parametrize("label", ["dog", 1])
def test_a_single_class_is_one_row(gan, label):
    pictures = gan.generate_by_class(2, labels=label)
    np.testing.assert_array_equal(pictures, gan.generate(2, labels="dog"))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("cow", "cat, dog, owl.*Received: 'cow'"),
        (3, "from 0 or by name.*Received: 3"),
        ([0, 1], "all 5 images"),
        (np.zeros((5, 2)), r"\[5, 3\] here"),
    ],
    ids=["name", "index", "number", "matrix"],
)
def test_a_class_that_there_is_not_is_refused(gan, labels, message):
    with pytest.raises(ValueError, match=message):
        gan.generate(5, labels=labels)


def test_an_unconditional_gan_has_no_classes_to_ask_for():
    gan = tiny()
    assert gan.class_names == ()
    for ask in (
        lambda: gan.generate(2, labels=0),
        lambda: gan.generate(2, labels=[]),
        gan.generate_by_class,
    ):
        with pytest.raises(ValueError, match="made without classes"):
            ask()


def test_pictures_of_a_conditional_fade_are_those_of_its_stage(gan):
    gan.enter_stage(FADE)
    try:
        gan.set_alpha(0.0)
        old = gan.generate(4, resolution=4)
        np.testing.assert_array_equal(
            gan.generate(4), old.repeat(2, 1).repeat(2, 2)
        )
    finally:
        gan.enter_stage(pk.Stage(8))


def test_calling_and_predicting_take_latents_and_labels(gan):
    inputs = [pk.latents.sample(3, LATENT), np.eye(3, dtype="float32")]
    expected = gan.pair(8).straight(inputs).numpy()
    np.testing.assert_array_equal(gan(inputs), expected)
    np.testing.assert_allclose(
        gan.predict(inputs, verbose=0), expected, rtol=1e-4, atol=1e-4
    )


# ---------------------------------------------------------- class names


def test_classes_are_called_by_their_number_until_they_have_names():
    gan = tiny(num_classes=3)
    assert gan.class_names == ("0", "1", "2")
    gan.class_names = np.array(["x", "y", "z"])
    assert gan.class_names == ("x", "y", "z")
    assert all(type(name) is str for name in gan.class_names)


@pytest.mark.parametrize("names", [(), ("a", "b"), ("a",) * 4])
def test_another_number_of_names_is_refused(gan, names):
    with pytest.raises(ValueError, match="has 3 classes.*class_names="):
        gan.class_names = names
    assert gan.class_names == NAMES


# ------------------------------------------------- state of a new GAN


def test_a_new_gan_starts_at_4x4_untrained():
    gan = tiny()
    assert gan.start_resolution == 4
    assert gan.images_seen == 0
    assert gan.frozen_below is None
    assert gan.origin is None
    assert gan.notice == ""
    assert gan.alpha == 1.0


def test_alpha_is_that_of_the_stage(gan):
    gan.enter_stage(FADE)
    try:
        gan.set_alpha(0.25)
        assert gan.alpha == 0.25
    finally:
        gan.enter_stage(pk.Stage(8))
    assert gan.alpha == 1.0
