"""Values and penalties of the losses, by hand, for discriminators with known
gradients: a linear one, `sum(w * x)`, whose gradient is w everywhere, and a
quadratic one, `sum(w * x**2) / 2`, whose gradient at x is w * x."""

import numpy as np
import pytest
import tensorflow as tf

from progan_keras import losses

SHAPE = (3, 2, 2, 1)


def numbers(seed, shape=SHAPE):
    return np.random.default_rng(seed).normal(size=shape)


REALS, FAKES = numbers(1), numbers(2)
MIX = np.array([0.0, 0.25, 0.9]).reshape(3, 1, 1, 1)
WEIGHTS = numbers(3, SHAPE[1:])


def linear(weights):
    return lambda x: tf.reduce_sum(weights * x, axis=(1, 2, 3))[:, None]


def quadratic(weights):
    return linear_in_square(0.5 * weights)


def linear_in_square(weights):
    return lambda x: linear(weights)(tf.square(x))


def penalty(loss, discriminator, reals=REALS):
    tensors = (tf.constant(x) for x in (reals, FAKES, MIX))
    return loss.penalty(discriminator, *tensors)


def norms(gradients):
    return np.sqrt((gradients**2).sum(axis=(1, 2, 3)))


@pytest.mark.parametrize("gamma", [1.0, 750.0])
def test_wgan_gp_draws_the_gradients_norm_to_gamma(gamma):
    loss = losses.WassersteinGP(gradient_weight=10.0, gamma=gamma)
    norm = np.sqrt((WEIGHTS**2).sum())
    expected = 10.0 / gamma**2 * (norm - gamma) ** 2
    ours = penalty(loss, linear(WEIGHTS))
    assert ours.shape == (3,)
    np.testing.assert_allclose(ours, [expected] * 3, rtol=1e-9)

    drawn = linear(WEIGHTS * gamma / norm)
    np.testing.assert_allclose(penalty(loss, drawn), 0.0, atol=1e-12)


def test_wgan_gp_looks_between_reals_and_fakes():
    loss = losses.WassersteinGP(gradient_weight=2.0, gamma=3.0)
    between = REALS * (1 - MIX) + FAKES * MIX
    expected = 2.0 / 9.0 * (norms(WEIGHTS * between) - 3.0) ** 2
    ours = penalty(loss, quadratic(WEIGHTS))
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_r1_looks_at_the_reals():
    loss = losses.NonSaturating(gradient_weight=3.0)
    expected = 1.5 * norms(WEIGHTS * REALS) ** 2
    ours = penalty(loss, quadratic(WEIGHTS))
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


@pytest.mark.parametrize(
    "loss",
    [
        losses.WassersteinGP(),
        losses.WassersteinGP(gamma=750.0),
        losses.NonSaturating(),
    ],
    ids=str,
)
def test_the_penaltys_gradient_is_that_of_finite_differences(loss):
    def value(weights):
        return tf.reduce_sum(penalty(loss, quadratic(weights)))

    weights = tf.constant(WEIGHTS)
    with tf.GradientTape() as tape:
        tape.watch(weights)
        total = value(weights)
    gradient = tape.gradient(total, weights).numpy()
    for index in np.ndindex(WEIGHTS.shape):
        step = np.zeros_like(WEIGHTS)
        step[index] = 1e-5
        difference = (value(WEIGHTS + step) - value(WEIGHTS - step)) / 2e-5
        assert gradient[index] == pytest.approx(float(difference), rel=1e-5)


@pytest.mark.parametrize(
    "loss", [losses.WassersteinGP(), losses.NonSaturating()], ids=str
)
def test_a_discriminator_without_any_gradient_does_no_harm(loss):
    weights = tf.zeros(SHAPE[1:], "float64")
    with tf.GradientTape() as tape:
        tape.watch(weights)
        total = tf.reduce_sum(penalty(loss, linear(weights)))
    assert np.isfinite(total)
    assert np.isfinite(tape.gradient(total, weights)).all()


def test_wgan_gp_scores():
    real, fake = np.array([[2.0], [-3.0]]), np.array([[0.5], [7.0]])
    loss = losses.WassersteinGP(drift=0.1)
    np.testing.assert_allclose(
        loss.discriminator_loss(real, fake),
        [[0.5 - 2.0 + 0.1 * 4.0], [7.0 + 3.0 + 0.1 * 9.0]],
    )
    np.testing.assert_allclose(loss.generator_loss(fake), [[-0.5], [-7.0]])


def test_non_saturating_scores():
    real, fake = np.array([[2.0], [-3.0]]), np.array([[0.5], [90.0]])
    loss = losses.NonSaturating()
    d_loss = -np.log(sigmoid(real)) - np.log(sigmoid(-fake))
    np.testing.assert_allclose(loss.discriminator_loss(real, fake), d_loss)
    g_loss = -np.log(sigmoid(fake))
    np.testing.assert_allclose(loss.generator_loss(fake), g_loss, atol=1e-12)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def test_defaults_are_the_papers():
    assert losses.get("wgan_gp").get_config() == {
        "gradient_weight": 10.0,
        "gamma": 1.0,
        "drift": 0.001,
        "penalty_interval": 1,
    }


def test_a_loss_is_known_by_name_or_is_one():
    assert isinstance(losses.get("wgan_gp"), losses.WassersteinGP)
    assert isinstance(losses.get("non_saturating"), losses.NonSaturating)
    loss = losses.WassersteinGP(gamma=750.0)
    assert losses.get(loss) is loss


@pytest.mark.parametrize("loss", ["wgan", None, 3, losses.WassersteinGP, [1]])
def test_anything_else_is_refused_with_the_names_there_are(loss):
    with pytest.raises(ValueError) as error:
        losses.get(loss)
    for part in ("'wgan_gp'", "'non_saturating'", f"loss={loss!r}"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (losses.WassersteinGP, "gradient_weight", -1.0),
        (losses.WassersteinGP, "gradient_weight", "10"),
        (losses.WassersteinGP, "gradient_weight", True),
        (losses.WassersteinGP, "gamma", 0.0),
        (losses.WassersteinGP, "gamma", -750.0),
        (losses.WassersteinGP, "drift", float("nan")),
        (losses.WassersteinGP, "penalty_interval", 1.5),
        (losses.WassersteinGP, "penalty_interval", -1),
        (losses.NonSaturating, "gradient_weight", None),
        (losses.NonSaturating, "penalty_interval", "8"),
        (losses.NonSaturating, "penalty_interval", True),
    ],
)
def test_a_bad_setting_is_refused_by_name_and_value(kind, name, value):
    with pytest.raises(ValueError) as error:
        kind(**{name: value})
    assert f"{name}={value!r}" in str(error.value)


def test_a_loss_prints_as_it_is_made():
    assert repr(losses.NonSaturating(2.0)) == (
        "NonSaturating(gradient_weight=2.0, penalty_interval=8)"
    )
