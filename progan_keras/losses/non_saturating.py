"""Non-saturating logistic loss with R1 regularisation."""

import tensorflow as tf

from progan_keras.checks import check_integer
from progan_keras.losses.loss import (
    Loss,
    check_weight,
    squared_gradient_norm,
)


class NonSaturating(Loss):
    """The original GAN's loss, with a penalty on D's gradient at the reals.

    D minimises `softplus(D(G(z))) + softplus(-D(x))` and the penalty
    `gradient_weight / 2 * ||grad D(x)||^2`; G minimises `softplus(-D(G(z)))`.
    It learns faster than WGAN-GP on small budgets.

    Args:
        gradient_weight: Float, the weight (often called gamma) of R1.
        penalty_interval: Integer, see `Loss`.

    Reference:
        Goodfellow et al., 2014; Mescheder et al., 2018, equation 9.
    """

    def __init__(self, gradient_weight=1.0, penalty_interval=8):
        self.gradient_weight = check_weight(gradient_weight, "gradient_weight")
        self.penalty_interval = check_integer(
            penalty_interval, "penalty_interval", least=0
        )

    def discriminator_loss(self, real_scores, fake_scores):
        """`softplus(D(G(z))) + softplus(-D(x))`, `[N, 1]`."""
        return tf.nn.softplus(fake_scores) + tf.nn.softplus(-real_scores)

    def generator_loss(self, fake_scores):
        """`softplus(-D(G(z)))`, `[N, 1]`."""
        return tf.nn.softplus(-fake_scores)

    def penalty(self, discriminator, reals, fakes, mix):
        """`gradient_weight / 2 * ||grad D(x)||^2` at the reals, `[N]`."""
        del fakes, mix  # R1 looks at real images only
        squared = squared_gradient_norm(discriminator, reals)
        return 0.5 * self.gradient_weight * squared

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            "gradient_weight": self.gradient_weight,
            "penalty_interval": self.penalty_interval,
        }
