"""What discriminator and generator minimise, against a few lines of NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from progan_keras import losses

REAL = np.array([[2.0], [-3.0], [0.4], [1.7]])
FAKE = np.array([[0.5], [7.0], [-0.3], [-2.2]])


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def relativistic(ahead, behind):
    """Probabilities that one is more real than the mean of the other."""
    more_real = sigmoid(ahead - behind.mean())
    less_real = 1.0 - sigmoid(behind - ahead.mean())
    return -np.log(more_real) - np.log(less_real)


# Losses as their papers write them: of D, then of G, both of (real, fake).
BY_HAND = {
    "wgan_gp": (
        lambda real, fake: fake - real + 0.001 * real**2,
        lambda real, fake: -fake,
    ),
    "non_saturating": (
        lambda real, fake: -np.log(sigmoid(real)) - np.log(1 - sigmoid(fake)),
        lambda real, fake: -np.log(sigmoid(fake)),
    ),
    "least_squares": (
        lambda real, fake: 0.5 * (real - 1) ** 2 + 0.5 * fake**2,
        lambda real, fake: 0.5 * (fake - 1) ** 2,
    ),
    "hinge": (
        lambda real, fake: np.maximum(0, 1 - real) + np.maximum(0, 1 + fake),
        lambda real, fake: -fake,
    ),
    "relativistic_average": (
        relativistic,
        lambda real, fake: relativistic(fake, real),
    ),
}


def both(loss):
    """D's and G's loss, as functions of (real, fake)."""

    def generator_loss(real, fake):
        used = real if loss.uses_real_scores else None
        return loss.generator_loss(fake, used)

    return loss.discriminator_loss, generator_loss


@pytest.mark.parametrize("name", BY_HAND)
def test_the_values_are_those_of_the_paper(name):
    pairs = zip(both(losses.get(name)), BY_HAND[name], strict=True)
    for function, by_hand in pairs:
        values = function(tf.constant(REAL), tf.constant(FAKE))
        assert values.shape == (4, 1)
        np.testing.assert_allclose(values, by_hand(REAL, FAKE), rtol=1e-9)


@pytest.mark.parametrize("name", BY_HAND)
def test_the_gradients_are_finite_differences_of_the_papers_mean(name):
    pairs = zip(both(losses.get(name)), BY_HAND[name], strict=True)
    for function, by_hand in pairs:
        scores = [tf.constant(REAL), tf.constant(FAKE)]
        with tf.GradientTape() as tape:
            tape.watch(scores)
            mean = tf.reduce_mean(function(*scores))
        gradients = tape.gradient(
            mean, scores, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        for which, i in np.ndindex(2, len(REAL)):
            means = []
            for step in (1e-5, -1e-5):
                moved = [REAL.copy(), FAKE.copy()]
                moved[which][i] += step
                means.append(by_hand(*moved).mean())
            difference = (means[0] - means[1]) / 2e-5
            ours = gradients[which].numpy()[i, 0]
            assert ours == pytest.approx(difference, abs=1e-7)


@pytest.mark.parametrize("name", ["non_saturating", "relativistic_average"])
def test_large_scores_do_not_overflow(name):
    large = tf.constant([[300.0], [-300.0]])
    for function in both(losses.get(name)):
        for real, fake in ((large, -large), (-large, large)):
            assert np.isfinite(function(real, fake)).all()


def test_only_the_relativistic_generator_looks_at_reals():
    users = {name for name in BY_HAND if losses.get(name).uses_real_scores}
    assert users == {"relativistic_average"}


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (losses.WassersteinGP, "gradient_weight", -1.0),
        (losses.WassersteinGP, "gradient_weight", "10"),
        (losses.WassersteinGP, "gradient_weight", True),
        (losses.WassersteinGP, "gradient_weight", float("inf")),
        (losses.WassersteinGP, "gamma", 0.0),
        (losses.WassersteinGP, "gamma", -750.0),
        (losses.WassersteinGP, "drift", float("nan")),
        (losses.WassersteinGP, "penalty_interval", 1.5),
        (losses.WassersteinGP, "penalty_interval", -1),
        (losses.NonSaturating, "gradient_weight", None),
        (losses.NonSaturating, "penalty_interval", "8"),
        (losses.NonSaturating, "penalty_interval", True),
        (losses.Hinge, "gradient_weight", -0.5),
        (losses.LeastSquares, "penalty_interval", -8),
        (losses.RelativisticAverage, "gradient_weight", [1.0]),
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
