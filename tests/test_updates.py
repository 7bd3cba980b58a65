"""More of D than of G, losses that look at reals, and several devices."""

import dataclasses

import keras
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
from progan_keras.noise import StepNoise


def several(stage, n_critic):
    return dataclasses.replace(stage, n_critic=n_critic)


# ------------------------------------------------------------- the step


def test_three_updates_of_d_take_images_noise_and_average_of_their_own():
    """Against plain gradient descent, as for one update."""
    check_step("alternating", WassersteinGP(drift=0.1), n_critic=3)


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_a_loss_may_compare_fakes_with_reals(update):
    check_step(update, RelativisticAverage(1.0, penalty_interval=1))


class Doubled(WassersteinGP):
    """G learns twice what it would."""

    def generator_loss(self, fake_scores, real_scores=None):
        return 2.0 * super().generator_loss(fake_scores)


def test_a_loss_that_overrides_one_half_is_not_zero_sum_any_more():
    """Whose gradient of G is not the opposite of D's."""
    assert WassersteinGP().zero_sum
    assert not Doubled().zero_sum
    assert type("Renamed", (WassersteinGP,), {}).zero_sum
    assert type("Sure", (Doubled,), {"zero_sum": True}).zero_sum
    check_step("simultaneous", Doubled())


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_batch_statistics_are_the_steps_and_the_average_copies_them(update):
    check_step(
        update,
        NonSaturating(penalty_interval=0),
        architecture={"generator_norm": "batch"},
    )


def test_d_learns_n_critic_times_as_often_as_g():
    gan = tiny_in(several(AT_4, 3))
    step(gan, images(3 * BATCH, 4))
    counts = {
        family: int(optimizer.iterations.numpy())
        for family, optimizer in gan.optimizers.items()
    }
    assert counts == {"generator": 1, "discriminator": 3}


def test_a_lazy_penalty_counts_updates_of_d():
    """Due in every third update: the first of the first two steps' four."""
    loss = NonSaturating(1.0, penalty_interval=3)
    gan = tiny_in(several(AT_4, 2), {"loss": loss})
    # What is reported is of the last of a step's updates: 1, 3, 5, 7.
    logs = [step(gan, images(2 * BATCH, 4, seed=n)) for n in range(4)]
    assert [x["penalty"] > 0 for x in logs] == [False, True, False, False]


def test_real_scores_are_computed_for_g_where_its_loss_asks_only():
    class Noted(NonSaturating):
        seen = None

        def generator_loss(self, fake_scores, real_scores=None):
            self.seen = real_scores
            return super().generator_loss(fake_scores)

    class Asks(Noted):
        uses_real_scores = True

    for kind, asks in ((Noted, False), (Asks, True)):
        for update in ("alternating", "simultaneous"):
            loss = kind(penalty_interval=0)
            gan = tiny_in(AT_4, {"loss": loss, "update": update})
            step(gan, images(BATCH, 4))
            assert (loss.seen is not None) == asks


def test_simultaneous_updates_are_one_of_each():
    gan = tiny_in(several(AT_4, 2), {"update": "simultaneous"})
    with pytest.raises(ValueError, match="alternating.*n_critic=2$"):
        step(gan, images(2 * BATCH, 4))
    assert gan.images_seen == 0


def test_images_that_the_updates_cannot_share_are_refused():
    gan = tiny_in(several(AT_4, 3))
    with pytest.raises(ValueError, match="Received: 8 images, n_critic=3"):
        step(gan, images(BATCH, 4))


# ------------------------------------------------------ several devices

# Relative scores do not depend on the last bias: Adam would take rounding
# errors of its gradient, zero, for a gradient.
FADE_BY_SGD = dataclasses.replace(FADE, learning_rate=0.02)
ACGAN = {"num_classes": 3}
PROJECTION = {
    "num_classes": 3,
    "architecture": {"conditioning": "projection", "generator_norm": "batch"},
}


def train(gan, compile_settings, stages, deal_to):
    """Two compiled steps of `fit` in each stage, on images with labels."""
    gan.compile(**compile_settings)
    for stage in stages:
        gan.enter_stage(stage)
        count = stage.images_per_step
        data = images(2 * count, stage.resolution, seed=stage.resolution)
        labels = np.arange(2 * count) % 3
        # As `ImagePyramid.stream` deals a step's images to the devices.
        order = np.arange(count).reshape(-1, deal_to).T.ravel()
        order = np.concatenate([order, count + order])
        dataset = tf.data.Dataset.from_tensor_slices(
            (data[order], labels[order])
        )
        gan.fit(
            dataset.batch(count, drop_remainder=True), shuffle=False, verbose=0
        )


def counted(kind, **settings):
    """A loss that counts how often Python builds a step."""

    class Counts(kind):
        traces = 0

        def generator_loss(self, fake_scores, real_scores=None):
            self.traces += 1
            return super().generator_loss(fake_scores, real_scores)

    return Counts(**settings)


@pytest.fixture(
    scope="module",
    params=[
        (ACGAN, WassersteinGP, "alternating", [several(AT_4, 2), FADE]),
        (PROJECTION, RelativisticAverage, "simultaneous", [FADE_BY_SGD]),
    ],
    ids=["AC-GAN, two updates of D", "projection, batch normalisation"],
)
def mirrored(request, two_devices):
    """The same conditional training on one device and on two."""
    network, kind, update, stages = request.param
    results = []
    for deal_to in (1, 2):
        loss = counted(kind, penalty_interval=1)
        settings = {"loss": loss, "update": update}
        settings["class_frequencies"] = [0.2, 0.3, 0.5]
        if FADE_BY_SGD in stages:
            settings["optimizer"] = keras.optimizers.SGD()
        strategy = two_devices if deal_to == 2 else tf.distribute.get_strategy()
        with strategy.scope():
            gan = tiny(**network)
            train(gan, settings, stages, deal_to)
        results.append((gan, loss.traces))
    return *results, stages


def test_two_devices_end_where_one_does(mirrored):
    (single, _), (double, _), stages = mirrored
    shown = sum(2 * stage.images_per_step for stage in stages)
    assert single.images_seen == double.images_seen == shown
    assert_equal(weights(single), weights(double), tolerance=1e-5)
    for value in weights(single).values():
        assert np.isfinite(value).all()


def test_a_step_is_traced_once_per_stage_and_device(mirrored):
    (_, single_traces), (_, double_traces), stages = mirrored
    assert single_traces == len(stages)
    assert double_traces == 2 * len(stages)


def test_labels_for_g_are_the_same_however_many_devices(two_devices):
    frequencies = [0.2, 0.3, 0.5]
    gan = tiny(num_classes=3)

    @tf.function
    def draw(batch):
        return StepNoise(gan.config, 7, batch).labels(frequencies)

    alone = draw(8).numpy()
    shares = two_devices.run(draw, args=(4,)).values
    for replica, share in enumerate(shares):
        np.testing.assert_array_equal(share, alone[replica::2])
