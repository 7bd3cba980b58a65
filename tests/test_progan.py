"""One training step and what surrounds it, on networks of 8x8 pixels."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from gan_checks import (
    AT_4,
    BATCH,
    FADE,
    LATENT,
    assert_equal,
    changed,
    check_step,
    images,
    step,
    tiny,
    weights,
)
from gan_checks import tiny_in as tiny_gan_in

import progan_keras as pk
from progan_keras.losses import NonSaturating, WassersteinGP
from progan_keras.reals import prepare_reals

UPDATES = ["alternating", "simultaneous"]
LOGS = {"d_loss", "g_loss", "penalty", "d_real", "d_fake"}


def tiny_in(stage, **compile_settings):
    return tiny_gan_in(stage, compile_settings)


def batches(data):
    dataset = tf.data.Dataset.from_tensor_slices(data)
    return dataset.batch(BATCH, drop_remainder=True)


def fit(gan, data, **settings):
    return gan.fit(batches(data), verbose=0, shuffle=False, **settings)


def alphas(gan):
    return {
        float(pair.weighted_sum.alpha.numpy())
        for pairs in gan.families.values()
        for pair in pairs[1:]
    }


class CountsTraces:
    """A loss that counts how often Python builds a step, on each replica."""

    traces = 0

    def generator_loss(self, fake_scores, real_scores):
        self.traces += 1
        return super().generator_loss(fake_scores, real_scores)


class TracedWGAN(CountsTraces, WassersteinGP):
    pass


class TracedLazy(CountsTraces, NonSaturating):
    """The penalty in every second step, chosen while it runs."""

    def __init__(self):
        super().__init__(penalty_interval=2)


# ------------------------------------------------------------------- fit


@pytest.fixture(scope="module")
def fitted():
    """A fade of 4 steps in 3 calls of `fit`, with notes on each."""
    loss = TracedWGAN()
    gan = tiny_in(FADE, loss=loss)
    notes = {"before": weights(gan), "alphas": [], "logs": [], "loss": loss}
    for call in range(3):
        data = images(BATCH * (1 + (call == 2)), 8, seed=call)
        history = fit(gan, data).history
        notes["logs"].append(history)
        notes["alphas"].append(alphas(gan))
    notes["gan"], notes["after"] = gan, weights(gan)
    return notes


def test_fit_trains_every_layer_of_the_stage_on_uint8_images(fitted):
    moved = changed(fitted["before"], fitted["after"])
    families = ("generator", "discriminator", "ema_generator")
    for family in families:
        names = {n for n in fitted["after"] if n.startswith(family)}
        assert len(names) > 9
        assert names <= moved
    assert all(np.isfinite(value).all() for value in fitted["after"].values())


def test_fit_reports_losses_and_scores(fitted):
    for history in fitted["logs"]:
        assert history.keys() == LOGS
        assert np.isfinite(list(history.values())).all()


def test_the_clock_counts_the_images_shown(fitted):
    assert fitted["gan"].images_seen == 4 * BATCH


def test_alpha_moves_with_the_clock_inside_one_compiled_function(fitted):
    """It is set before a step: the first sees 0, the fourth 3/4."""
    assert fitted["alphas"] == [{0.0}, {0.25}, {0.75}]


def test_several_calls_of_fit_trace_the_step_once(fitted):
    assert fitted["loss"].traces == 1


def test_every_stage_is_traced_anew():
    """Keras would silently go on training the old stage's networks."""
    loss = TracedWGAN()
    gan = tiny_in(AT_4, loss=loss)
    fit(gan, images(BATCH, 4))
    before = weights(gan, "generator")
    assert "generator/8x8_conv1/kernel" in before
    gan.enter_stage(FADE)
    fit(gan, images(BATCH, 8))
    assert loss.traces == 2
    moved = changed(before, weights(gan, "generator"))
    # At alpha 0 the new layers have no gradient yet: the old ones move.
    assert "generator/4x4_to_rgb/kernel" in moved


def test_compile_and_enter_stage_come_before_fit():
    gan = tiny()
    with pytest.raises(ValueError, match=r"^You must call `compile\(\)`.*\.$"):
        fit(gan, images(BATCH, 4))
    gan.compile()
    with pytest.raises(ValueError) as error:
        fit(gan, images(BATCH, 4))
    assert str(error.value) == (
        "Training needs a stage: call compile(), then enter_stage(stage), "
        "then fit()."
    )


def test_bad_choices_are_refused():
    with pytest.raises(ValueError, match="simultaneous.*update='both'"):
        tiny().compile(update="both")
    with pytest.raises(ValueError, match="wgan_gp.*loss='hing'"):
        tiny().compile(loss="hing")
    with pytest.raises(ValueError, match=r"\[4, 8\].*resolution=16"):
        tiny_in(pk.Stage(16))


# ------------------------------------------------------------- the step


@pytest.mark.parametrize("update", UPDATES)
def test_a_step_is_what_its_definition_says(update):
    """Against plain gradient descent, written down in the paper's order."""
    check_step(update, WassersteinGP(drift=0.1))


class Spy:
    """A model that notes what it is called with."""

    def __init__(self, model):
        self.model, self.inputs = model, []
        self.trainable_variables = model.trainable_variables

    def __call__(self, inputs, training):
        self.inputs.append(inputs.numpy())
        return self.model(inputs, training=training)


@pytest.mark.parametrize(
    ("update", "draws"), [(UPDATES[0], 2), (UPDATES[1], 1)]
)
def test_alternating_draws_fresh_latents_for_g_and_every_step_its_own(
    update, draws
):
    gan = tiny_in(AT_4, update=update)
    spy = Spy(gan._active.generator)
    gan._active = dataclasses.replace(gan._active, generator=spy)
    for _ in range(2):
        step(gan, images(BATCH, 4))
    assert len(spy.inputs) == 2 * draws
    latents = np.concatenate(spy.inputs)
    assert latents.shape == (2 * draws * BATCH, LATENT)
    assert len(np.unique(latents)) == latents.size


@pytest.mark.parametrize(
    ("settings", "decay"),
    [
        ({"ema_decay": 0.75}, 0.75),
        ({"ema_half_life": BATCH}, 0.5),
        ({"ema_half_life": BATCH // 2, "ema_decay": 0.9}, 0.25),
    ],
)
def test_the_average_decays_per_step_or_with_a_half_life_in_images(
    settings, decay
):
    gan = tiny_in(AT_4, **settings)
    gan.clock.assign(100 * BATCH)
    for variable in gan.ema_generators[0].straight.variables:
        variable.assign(tf.ones(variable.shape))
    before = weights(gan)
    step(gan, images(BATCH, 4))
    after = weights(gan)
    for v in gan.generators[0].straight.trainable_variables:
        # The average follows the generator before this step's update of G.
        old = before[f"generator/{v.path}"]
        np.testing.assert_allclose(
            after[f"ema_generator/{v.path}"],
            old + decay * (1.0 - old),
            rtol=1e-5,
            atol=1e-6,
        )


@pytest.mark.parametrize(
    ("batches_seen", "half_life", "decay"),
    [
        (0, 100 * BATCH, 0.5**5),  # a fifth of this batch
        (9, 100 * BATCH, 0.5**0.5),  # a fifth of ten batches
        (9, BATCH, 0.5),  # shorter than that: as it was set
    ],
)
def test_the_half_life_is_at_most_a_fifth_of_what_the_stage_has_shown(
    batches_seen, half_life, decay
):
    gan = tiny_in(dataclasses.replace(FADE, start=0), ema_half_life=half_life)
    gan.clock.assign(batches_seen * BATCH)
    (bias,) = (
        variable
        for variable in gan.ema_generators[1].fade_in.variables
        if variable.path == "8x8_to_rgb/bias"
    )
    bias.assign(tf.ones(bias.shape))
    step(gan, images(BATCH, 8))
    # The generator's own bias is still zero when the average is taken.
    np.testing.assert_allclose(bias.numpy(), decay, rtol=1e-5)


def test_the_average_starts_as_the_generator_and_follows_its_own_variable():
    gan = tiny_in(FADE)
    start = weights(gan, "generator"), weights(gan, "ema_generator")
    for value, average in zip(*(x.values() for x in start), strict=True):
        np.testing.assert_array_equal(value, average)
    for variable, average in gan._active.average:
        assert variable.path == average.path
        assert variable is not average
        assert not average.trainable
    assert len(gan._active.average) == 12


@pytest.fixture(scope="module")
def lazy():
    """Logs of four steps with the penalty in every third one."""
    gan = tiny_in(AT_4, loss=NonSaturating(1.0, penalty_interval=3))
    return [step(gan, images(BATCH, 4, seed=n)) for n in range(4)]


def test_a_lazy_penalty_is_computed_in_every_kth_step_only(lazy):
    assert [logs["penalty"] > 0 for logs in lazy] == [True, False, False, True]


@pytest.mark.parametrize(("seen", "weight"), [(0, 3.0), (BATCH, 0.0)])
def test_a_lazy_penalty_is_scaled_by_k_or_left_out(seen, weight):
    """A step like one with k times the weight in every step, or with none."""
    results = []
    for loss in (NonSaturating(1.0, 3), NonSaturating(weight, 1)):
        gan = tiny_in(AT_4, loss=loss, optimizer=keras.optimizers.SGD())
        gan.clock.assign(seen)
        results.append((step(gan, images(BATCH, 4)), weights(gan)))
    (lazy_logs, lazy_weights), (logs, eager_weights) = results
    assert lazy_logs == pytest.approx(logs, rel=1e-5)
    assert_equal(lazy_weights, eager_weights, tolerance=1e-7)


def test_a_loss_may_have_no_penalty():
    loss = NonSaturating(penalty_interval=0)
    logs = step(tiny_in(AT_4, loss=loss), images(BATCH, 4))
    assert logs["penalty"] == 0.0


def test_each_stage_has_fresh_optimizers_with_its_learning_rate():
    gan = tiny_in(AT_4)
    step(gan, images(BATCH, 4))
    old = gan.optimizers
    for optimizer in old.values():
        assert int(optimizer.iterations.numpy()) == 1
    gan.enter_stage(dataclasses.replace(AT_4, learning_rate=0.25))
    for family, optimizer in gan.optimizers.items():
        assert optimizer is not old[family]
        assert int(optimizer.iterations.numpy()) == 0
        assert float(optimizer.learning_rate.numpy()) == 0.25
        moments = optimizer.variables[2:]
        assert len(moments) == 2 * len(gan._active.variables(family))
        assert not any(moment.numpy().any() for moment in moments)


def test_adam_is_the_papers():
    for optimizer in tiny_in(AT_4).optimizers.values():
        config = optimizer.get_config()
        numbers = [config[n] for n in ("beta_1", "beta_2", "epsilon")]
        assert numbers == [0.0, 0.99, 1e-8]
        assert config["learning_rate"] == pytest.approx(0.001)


def test_any_optimizer_can_be_the_template():
    template = keras.optimizers.RMSprop(rho=0.5)
    gan = tiny_in(AT_4, optimizer=template)
    for optimizer in gan.optimizers.values():
        assert type(optimizer) is keras.optimizers.RMSprop
        assert optimizer is not template
        assert optimizer.rho == 0.5


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "wgan_gp"},
        {"loss": "non_saturating"},
        {"ema_half_life": 100},
    ],
    ids=str,
)
def test_the_size_of_a_batch_may_be_unknown_when_compiling(settings):
    """As it is for `fit` on an array, or for batches with a remainder."""
    gan = tiny_in(AT_4, **settings)
    signature = [tf.TensorSpec((None, 4, 4, 3), "uint8")]
    tf.function(gan.train_step, input_signature=signature)(images(4, 4))
    assert gan.images_seen == 4


def test_integers_other_than_uint8_are_refused():
    with pytest.raises(ValueError, match="int32"):
        prepare_reals(tf.constant(images(2, 4).astype("int32")))


# ------------------------------------------------------ several devices


def train_over_a_stage_change(gan, update, loss, deal_to):
    """Three steps at 4x4 and three of the fade to 8x8."""
    gan.compile(loss=loss, update=update, run_eagerly=deal_to == 1)
    for stage in (AT_4, FADE):
        gan.enter_stage(stage)
        data = images(3 * BATCH, stage.resolution, seed=stage.resolution)
        order = np.arange(BATCH).reshape(-1, deal_to).T.ravel()
        dealt = [data[n * BATCH + order] for n in range(3)]
        fit(gan, dealt[0])
        fit(gan, np.concatenate(dealt[1:]))


@pytest.fixture(
    scope="module",
    params=[("alternating", TracedWGAN), ("simultaneous", TracedLazy)],
    ids=["alternating WGAN-GP", "simultaneous with a lazy penalty"],
)
def mirrored(request, two_devices):
    """The same training on one device and on two."""
    update, loss_class = request.param
    single, double_loss = tiny(), loss_class()
    train_over_a_stage_change(single, update, loss_class(), 1)
    with two_devices.scope():
        double = tiny()
        train_over_a_stage_change(double, update, double_loss, 2)
    return single, double, double_loss


def test_two_devices_end_where_one_does(mirrored):
    single, double, _ = mirrored
    assert single.images_seen == double.images_seen == 6 * BATCH
    assert_equal(weights(single), weights(double), tolerance=1e-5)


def test_both_devices_hold_the_same_weights(mirrored):
    _, double, _ = mirrored
    for pairs in double.families.values():
        for variable in pairs[-1].fade_in.variables:
            first, second = variable.value.values
            np.testing.assert_array_equal(first.numpy(), second.numpy())


def test_a_step_is_traced_once_per_stage_and_device(mirrored):
    assert mirrored[2].traces == 2 * 2


# ---------------------------------------------------- alpha and generate


@pytest.fixture(scope="module")
def gan():
    return tiny()


@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_set_alpha_sets_every_fade_in_model(gan, alpha):
    gan.set_alpha(alpha)
    assert alphas(gan) == {alpha}


@pytest.mark.parametrize("alpha", [-0.5, 1.5, float("nan")])
def test_an_alpha_outside_of_0_to_1_is_refused(gan, alpha):
    with pytest.raises(ValueError, match=f"alpha={alpha}"):
        gan.set_alpha(alpha)


def test_the_same_seed_gives_the_same_pictures(gan):
    pictures = gan.generate(5, seed=3)
    assert pictures.shape == (5, 8, 8, 3)
    assert pictures.dtype == np.uint8
    assert pictures.std() > 5
    np.testing.assert_array_equal(gan.generate(5, seed=3), pictures)
    assert (gan.generate(5, seed=4) != pictures).any()
    assert len(gan.generate()) == 16


def test_pictures_do_not_depend_on_how_many_are_made_at_once(gan):
    """But for rounding: other sizes are computed in another order."""
    pictures = gan.generate(7).astype(int)
    for others in (gan.generate(3), gan.generate(7, batch_size=2)):
        assert np.abs(others - pictures[: len(others)]).max() <= 1


def test_pictures_are_made_from_latents_at_any_resolution(gan):
    latents = pk.latents.sample(3, LATENT, seed=5)
    np.testing.assert_array_equal(
        gan.generate(latents=latents), gan.generate(3, seed=5)
    )
    small = gan.generate(latents=latents.tolist(), resolution=4)
    assert small.shape == (3, 4, 4, 3)
    floats = gan.ema_generators[0].straight(latents).numpy()
    expected = np.clip((floats + 1) * 127.5, 0, 255)
    np.testing.assert_allclose(small, expected, atol=0.51)


def test_pictures_come_from_the_average(gan):
    changed_gan = tiny()
    for variable in changed_gan.generators[-1].straight.trainable_variables:
        variable.assign(tf.zeros(variable.shape))
    np.testing.assert_array_equal(changed_gan.generate(2), gan.generate(2))
    for variable in changed_gan.ema_generators[-1].straight.variables:
        variable.assign(tf.zeros(variable.shape))
    assert (changed_gan.generate(2) == 128).all()


def test_pictures_are_of_the_stage_that_was_entered():
    gan = tiny()
    gan.enter_stage(AT_4)
    assert gan.generate(2).shape == (2, 4, 4, 3)
    gan.enter_stage(FADE)
    assert alphas(gan) == {0.0}
    old = gan.generate(2, resolution=4)
    np.testing.assert_array_equal(
        gan.generate(2), old.repeat(2, 1).repeat(2, 2)
    )
    gan.set_alpha(1.0)
    np.testing.assert_array_equal(
        gan.generate(2), gan.generate(2, resolution=8)
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count=0"),
        ({"seed": -1}, "seed=-1"),
        ({"resolution": 16}, r"\[4, 8\].*resolution=16"),
        ({"latents": np.zeros((2, 9))}, r"\[N, 8\].*\[2, 9\]"),
        ({"latents": np.zeros((2, 8)), "count": 3}, "count=3, 2 latents"),
    ],
    ids=str,
)
def test_bad_requests_for_pictures_are_refused(gan, arguments, message):
    with pytest.raises(ValueError, match=message):
        gan.generate(**arguments)


# ----------------------------------------------------------------- config


def test_a_gan_is_made_again_from_its_configuration():
    gan = tiny(num_channels=1, fused_scale=False, seed=3, name="mine")
    for again in (
        pk.ProGAN.from_config(gan.get_config()),
        keras.saving.deserialize_keras_object(
            keras.saving.serialize_keras_object(gan)
        ),
    ):
        assert again.config == gan.config
        assert again.name == "mine"
        assert_equal(weights(again), weights(gan))


def test_seeds_decide_the_weights_of_all_families():
    ours, theirs = weights(tiny()), weights(tiny(seed=1))
    kernels = {name for name in ours if name.endswith("kernel")}
    assert changed(ours, theirs) == kernels
    assert_equal(ours, weights(tiny()))


def test_predict_follows_the_stage():
    gan = tiny_in(AT_4)
    z = pk.latents.sample(2, gan.config.latent_dim)
    assert gan.predict(z, verbose=0).shape[1] == 4
    gan.enter_stage(FADE)
    assert gan.predict(z, verbose=0).shape[1] == 8
