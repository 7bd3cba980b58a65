"""Non-saturating logistic loss."""

import tensorflow as tf

from progan_keras.losses.r1 import R1Loss


class NonSaturating(R1Loss):
    """The original GAN's loss, with the R1 penalty.

    D minimises `softplus(D(G(z))) + softplus(-D(x))`, G minimises
    `softplus(-D(G(z)))`. It learns faster than WGAN-GP on small budgets.

    Args:
        gradient_weight: Float, the weight of R1, see `R1Loss`.
        penalty_interval: Integer, see `Loss`.

    Reference:
        Goodfellow et al., 2014, *Generative Adversarial Nets*.
    """

    def discriminator_loss(self, real_scores, fake_scores):
        """`softplus(D(G(z))) + softplus(-D(x))`, `[N, 1]`."""
        return tf.nn.softplus(fake_scores) + tf.nn.softplus(-real_scores)

    def generator_loss(self, fake_scores, real_scores=None):
        """`softplus(-D(G(z)))`, `[N, 1]`."""
        return tf.nn.softplus(-fake_scores)
