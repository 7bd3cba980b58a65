"""Penalties, by hand, for discriminators with known gradients."""

import numpy as np
import pytest
import tensorflow as tf
from discriminators import (
    FAKES,
    MIX,
    REALS,
    SHAPE,
    WEIGHTS,
    linear,
    penalty,
    quadratic,
)

from progan_keras import losses
from progan_keras.losses.loss import squared_gradient_norm

R1_LOSSES = [
    losses.Hinge,
    losses.LeastSquares,
    losses.NonSaturating,
    losses.RelativisticAverage,
]


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


@pytest.mark.parametrize("kind", R1_LOSSES)
def test_r1_looks_at_the_reals(kind):
    loss = kind(gradient_weight=3.0)
    expected = 1.5 * norms(WEIGHTS * REALS) ** 2
    ours = penalty(loss, quadratic(WEIGHTS))
    assert ours.shape == (3,)
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


@pytest.mark.parametrize(
    "loss",
    [
        losses.WassersteinGP(),
        losses.WassersteinGP(gamma=750.0),
        *(kind() for kind in R1_LOSSES),
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


def test_a_gradient_that_float16_cannot_hold_is_computed_larger():
    """Each of its numbers is 4e-8, which float16 would round to 6e-8."""
    images, steepness = tf.zeros((2, 64, 64, 3)), 4e-8

    def scores(images):
        shallow = tf.cast(images, "float16") * tf.cast(2.0**-10, "float16")
        total = tf.reduce_sum(tf.cast(shallow, "float32"), (1, 2, 3))
        return total[:, None] * steepness * 2.0**10

    expected = 64 * 64 * 3 * steepness**2
    rounded = squared_gradient_norm(scores, images)
    assert (rounded > 1.5 * expected).numpy().all()
    scores.in_float16 = True
    exact = squared_gradient_norm(scores, images)
    np.testing.assert_allclose(exact, expected, rtol=0.01)
