"""Wasserstein loss with gradient penalty."""

import tensorflow as tf

from progan_keras.checks import check_integer
from progan_keras.losses.loss import (
    Loss,
    check_weight,
    squared_gradient_norm,
)


class WassersteinGP(Loss):
    """WGAN-GP with drift, the paper's loss.

    D minimises `D(G(z)) - D(x) + drift * D(x)^2` and the penalty
    `gradient_weight / gamma^2 * (||grad D(xhat)|| - gamma)^2` at
    `xhat = x + (G(z) - x) * u`, u from U[0, 1); G minimises `-D(G(z))`.

    Args:
        gradient_weight: Float, the paper's lambda.
        gamma: Float, the norm that D's gradient is drawn to: 1, or 750 for
            the paper's CIFAR-10 runs.
        drift: Float, keeps D's scores of reals from drifting off zero.
        penalty_interval: Integer, see `Loss`.

    Reference:
        Gulrajani et al., 2017; Karras et al., 2018, appendix A.1, and
        section 6.5 for gamma.
    """

    zero_sum = True

    def __init__(
        self, gradient_weight=10.0, gamma=1.0, drift=0.001, penalty_interval=1
    ):
        self.gradient_weight = check_weight(gradient_weight, "gradient_weight")
        self.gamma = check_weight(gamma, "gamma")
        if not gamma > 0:
            raise ValueError(
                "gamma is a norm to divide by and must be positive. "
                f"Received: gamma={gamma!r}"
            )
        self.drift = check_weight(drift, "drift")
        self.penalty_interval = check_integer(
            penalty_interval, "penalty_interval", least=0
        )

    def discriminator_loss(self, real_scores, fake_scores):
        """`D(G(z)) - D(x) + drift * D(x)^2`, `[N, 1]`."""
        drift = self.drift * tf.square(real_scores)
        return fake_scores - real_scores + drift

    def generator_loss(self, fake_scores, real_scores=None):
        """`-D(G(z))`, `[N, 1]`."""
        return -fake_scores

    def penalty(self, discriminator, reals, fakes, mix):
        """`lambda / gamma^2 * (||grad D(xhat)|| - gamma)^2`, `[N]`."""
        mixed = reals + (fakes - reals) * mix
        squared = squared_gradient_norm(discriminator, mixed)
        # The square root has no finite gradient at zero.
        norm = tf.sqrt(squared + 1e-12)
        weight = self.gradient_weight / self.gamma**2
        return weight * tf.square(norm - self.gamma)

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            "gradient_weight": self.gradient_weight,
            "gamma": self.gamma,
            "drift": self.drift,
            "penalty_interval": self.penalty_interval,
        }
