"""Relativistic average loss."""

import tensorflow as tf

from progan_keras.losses.loss import global_mean
from progan_keras.losses.r1 import R1Loss


class RelativisticAverage(R1Loss):
    """Reals shall look more real than the mean fake, and the other way round.

    With `r = D(x) - mean D(G(z))` and `f = D(G(z)) - mean D(x)`, means taken
    over the global batch, D minimises `softplus(-r) + softplus(f)` and G
    minimises `softplus(-f) + softplus(r)`, with the R1 penalty. G's gradient
    comes from real images too, by way of the mean they are compared with.

    Args:
        gradient_weight: Float, the weight of R1, see `R1Loss`.
        penalty_interval: Integer, see `Loss`.

    Reference:
        Jolicoeur-Martineau, 2019, *The relativistic discriminator: a key
        element missing from standard GAN*.
    """

    uses_real_scores = True

    def discriminator_loss(self, real_scores, fake_scores):
        """`softplus(-r) + softplus(f)`, `[N, 1]`."""
        reals = real_scores - global_mean(fake_scores)
        fakes = fake_scores - global_mean(real_scores)
        return tf.nn.softplus(-reals) + tf.nn.softplus(fakes)

    def generator_loss(self, fake_scores, real_scores):
        """`softplus(-f) + softplus(r)`: the discriminator's, exchanged."""
        return self.discriminator_loss(fake_scores, real_scores)
