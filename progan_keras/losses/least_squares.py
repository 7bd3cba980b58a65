"""Least squares loss."""

import tensorflow as tf

from progan_keras.losses.r1 import R1Loss


class LeastSquares(R1Loss):
    """LSGAN: scores are drawn to 1 for reals and to 0 for fakes.

    D minimises `(D(x) - 1)^2 / 2 + D(G(z))^2 / 2`, G minimises
    `(D(G(z)) - 1)^2 / 2`, with the R1 penalty. A fake that D is sure about
    still gets a gradient, the larger the farther off it is.

    Args:
        gradient_weight: Float, the weight of R1, see `R1Loss`.
        penalty_interval: Integer, see `Loss`.

    Reference:
        Mao et al., 2017, *Least Squares Generative Adversarial Networks*,
        section 3.2, with a = 0 and b = c = 1.
    """

    def discriminator_loss(self, real_scores, fake_scores):
        """`(D(x) - 1)^2 / 2 + D(G(z))^2 / 2`, `[N, 1]`."""
        return 0.5 * (tf.square(real_scores - 1.0) + tf.square(fake_scores))

    def generator_loss(self, fake_scores, real_scores=None):
        """`(D(G(z)) - 1)^2 / 2`, `[N, 1]`."""
        return 0.5 * tf.square(fake_scores - 1.0)
