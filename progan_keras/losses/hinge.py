"""Hinge loss."""

import tensorflow as tf

from progan_keras.losses.r1 import R1Loss


class Hinge(R1Loss):
    """D learns only from images that it does not yet tell by a margin of 1.

    D minimises `max(0, 1 - D(x)) + max(0, 1 + D(G(z)))`, G minimises
    `-D(G(z))`, with the R1 penalty.

    Args:
        gradient_weight: Float, the weight of R1, see `R1Loss`.
        penalty_interval: Integer, see `Loss`.

    Reference:
        Lim and Ye, 2017, *Geometric GAN*; Miyato et al., 2018, *Spectral
        Normalization for Generative Adversarial Networks*.
    """

    def discriminator_loss(self, real_scores, fake_scores):
        """`max(0, 1 - D(x)) + max(0, 1 + D(G(z)))`, `[N, 1]`."""
        return tf.nn.relu(1.0 - real_scores) + tf.nn.relu(1.0 + fake_scores)

    def generator_loss(self, fake_scores, real_scores=None):
        """`-D(G(z))`, `[N, 1]`."""
        return -fake_scores
