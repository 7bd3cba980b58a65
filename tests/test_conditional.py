"""Training GANs that know classes."""

import numpy as np
import pytest
import tensorflow as tf
from gan_checks import (
    AT_4,
    BATCH,
    FADE,
    assert_equal,
    check_step,
    images,
    step,
    tiny,
    tiny_in,
    weights,
)

from progan_keras.losses import (
    NonSaturating,
    RelativisticAverage,
    WassersteinGP,
)
from progan_keras.networks import NetworkConfig
from progan_keras.noise import StepNoise

CLASSES = 3
LABELS = np.array([2, 0, 1, 1, 0, 2, 2, 2])
TOLD = {"class_weight": 0.7, "class_frequencies": [0.1, 0.2, 0.7]}


def conditional(conditioning="acgan", **switches):
    switches["conditioning"] = conditioning
    return {"num_classes": CLASSES, "architecture": switches}


def conditional_in(stage, compile_settings=None, **switches):
    return tiny_in(stage, compile_settings, **conditional(**switches))


# ------------------------------------------------------------- the step


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
@pytest.mark.parametrize("conditioning", ["acgan", "projection"])
def test_a_step_is_what_its_definition_says(conditioning, update):
    """Against plain gradient descent; D is told the reals' classes."""
    check_step(
        update,
        WassersteinGP(drift=0.1),
        labels=LABELS,
        told=TOLD,
        **conditional(conditioning),
    )


@pytest.mark.parametrize("conditioning", ["acgan", "projection"])
def test_reals_are_judged_by_their_own_classes_throughout(conditioning):
    """Also in their penalty, and where G's loss compares with them."""
    check_step(
        "alternating",
        RelativisticAverage(10.0, penalty_interval=1),
        labels=LABELS,
        told=TOLD,
        **conditional(conditioning),
    )


def test_every_update_of_d_takes_the_labels_of_its_own_images():
    check_step(
        "alternating",
        NonSaturating(penalty_interval=0),
        labels=np.concatenate([LABELS, (LABELS + 1) % CLASSES]),
        n_critic=2,
        told=TOLD,
        **conditional("projection"),
    )


def test_telling_classes_counts_as_much_as_its_weight():
    """AC-GAN's losses are the adversarial ones plus weight * entropy."""
    found = {}
    for weight in (0.0, 1.0, 3.0):
        loss = NonSaturating(penalty_interval=0)
        gan = conditional_in(AT_4, {"loss": loss, "class_weight": weight})
        found[weight] = step(gan, images(BATCH, 4), LABELS)
    for name, entropies in (("d_loss", 2), ("g_loss", 1)):
        none, one, three = (found[weight][name] for weight in found)
        # G's are after an update of D, hence about.
        assert one - none == pytest.approx(entropies * np.log(3), rel=0.5)
        assert three - none == pytest.approx(3 * (one - none), rel=0.05)


class Spy:
    """A model that notes the labels it is called with."""

    def __init__(self, model):
        self.model, self.labels = model, []
        self.trainable_variables = model.trainable_variables

    def __call__(self, inputs, training):
        self.labels.append(inputs[1].numpy().argmax(-1))
        return self.model(inputs, training=training)


def test_g_is_asked_for_the_reals_classes_in_ds_step_and_random_in_its_own():
    gan = conditional_in(AT_4, {"class_frequencies": [0.0, 1.0, 0.0]})
    spy = Spy(gan._active.generator)
    object.__setattr__(gan._active, "generator", spy)
    step(gan, images(BATCH, 4), LABELS)
    assert [list(x) for x in spy.labels] == [list(LABELS), [1] * BATCH]


# --------------------------------------------------------- random labels


def draw(clock, count, frequencies=(0.1, 0.2, 0.7), seed=0):
    noise = StepNoise(tiny_config(seed), clock, count)
    return noise.labels(frequencies).numpy()


def tiny_config(seed):
    return NetworkConfig(4, latent_dim=8, fmap_max=8, seed=seed)


def test_classes_are_drawn_as_often_as_they_should():
    labels = draw(5, 20_000)
    assert labels.dtype == np.float32
    np.testing.assert_array_equal(labels.sum(-1), 1.0)
    np.testing.assert_allclose(labels.mean(0), [0.1, 0.2, 0.7], atol=0.015)


@pytest.mark.parametrize(
    "frequencies", [(0.0, 1.0), (1.0, 0.0), (0.0, 0.5, 0.5, 0.0), (1.0,)]
)
def test_a_class_of_frequency_zero_is_never_drawn(frequencies):
    labels = draw(1, 5000, frequencies)
    assert labels.shape == (5000, len(frequencies))
    np.testing.assert_array_equal(
        labels.any(0), np.array(frequencies, "float32") > 0
    )


def test_the_clock_alone_decides_what_is_drawn():
    np.testing.assert_array_equal(draw(8, 64), draw(8, 64))
    assert (draw(8, 64) != draw(16, 64)).any()
    assert (draw(8, 64) != draw(8, 64, seed=1)).any()


def test_labels_do_not_follow_from_the_other_numbers_of_the_step():
    noise = StepNoise(tiny_config(0), 8, 100_000)
    labels = noise.labels([0.5, 0.5]).numpy()[:, 1]
    for numbers in (
        noise.mix().numpy().ravel(),
        noise.latents("latents_g").numpy()[:, 0],
    ):
        assert abs(np.corrcoef(labels, numbers)[0, 1]) < 0.02


# ------------------------------------------------------------- bad input


def test_training_without_labels_is_refused():
    gan = conditional_in(AT_4)
    with pytest.raises(ValueError, match="3 classes.*with_labels=True"):
        step(gan, images(BATCH, 4))
    assert gan.images_seen == 0


@pytest.mark.parametrize(
    "labels",
    [LABELS[:-1], LABELS[:, None], LABELS.astype("float32"), np.eye(3)[LABELS]],
    ids=["too few", "a column", "floats", "one-hot"],
)
def test_labels_of_another_kind_are_refused(labels):
    gan = conditional_in(AT_4)
    with pytest.raises(ValueError, match="class indices, integers.*Received"):
        step(gan, images(BATCH, 4), labels)


@pytest.mark.parametrize("wrong", [CLASSES, -1])
def test_a_label_out_of_range_is_refused_and_nothing_learned(wrong):
    gan = conditional_in(AT_4)
    before = weights(gan)
    labels = np.where(LABELS == 1, wrong, LABELS)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"in \[0, 3\)"):
        step(gan, images(BATCH, 4), labels)
    assert_equal(weights(gan), before)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "int64"])
def test_labels_may_be_any_integers(dtype):
    gan = conditional_in(AT_4)
    found = gan._one_hot(tf.constant(LABELS, dtype), tf.ones((BATCH, 4, 4, 3)))
    np.testing.assert_array_equal(found, np.eye(CLASSES)[LABELS])


def test_an_unconditional_gan_ignores_labels():
    results = []
    for labels in (None, LABELS):
        gan = tiny_in(AT_4)
        step(gan, images(BATCH, 4), labels)
        results.append(weights(gan))
    assert_equal(*results)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"class_frequencies": [0.5, 0.5]}, "3 classes.*class_frequencies="),
        ({"class_weight": -1.0}, "class_weight=-1.0"),
        ({"class_weight": float("nan")}, "class_weight=nan"),
    ],
    ids=str,
)
def test_bad_settings_are_refused_by_name_and_value(settings, message):
    with pytest.raises(ValueError, match=message):
        tiny(num_classes=CLASSES).compile(**settings)


# ------------------------------------------------------------------- fit


def test_fit_takes_images_with_labels_of_unknown_batch_size():
    """Arrays, in batches with a remainder, while a resolution fades in."""
    gan = conditional_in(FADE, {"loss": NonSaturating(1.0, 2)})
    before = weights(gan, "generator", "discriminator")
    history = gan.fit(
        images(12, 8), np.arange(12) % CLASSES, batch_size=BATCH, verbose=0
    ).history
    assert np.isfinite(list(history.values())).all()
    assert gan.images_seen == 12
    after = weights(gan)
    moved = {name for name in before if (before[name] != after[name]).any()}
    assert moved == set(before)
