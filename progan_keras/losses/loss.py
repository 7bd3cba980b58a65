"""The interface of a loss."""

import tensorflow as tf


class Loss:
    """A pair of losses per image, and a penalty on D's gradients.

    To write a new one, subclass and return one number per image; the training
    step averages. Scores are float32 `[N, 1]`, high where the discriminator
    takes an image for real; images are float32 `[N, H, W, C]` in [-1, 1].

    Attributes:
        penalty_interval: Integer k. The penalty is computed in every k-th
            step only and multiplied by k, which has the same mean and costs
            a k-th ("lazy regularisation", Karras et al., 2020, appendix B).
            0 for a loss without a penalty.
    """

    penalty_interval = 0

    def discriminator_loss(self, real_scores, fake_scores):
        """Return what D minimises, `[N, 1]`, without the penalty."""
        raise NotImplementedError

    def generator_loss(self, fake_scores):
        """Return what G minimises, `[N, 1]`."""
        raise NotImplementedError

    def penalty(self, discriminator, reals, fakes, mix):
        """Return the penalty on D's gradients, `[N]`.

        Args:
            discriminator: Callable from images to scores.
            reals: Real images `[N, H, W, C]`.
            fakes: Generated images of the same shape.
            mix: Random numbers in [0, 1), `[N, 1, 1, 1]`.
        """
        raise NotImplementedError

    def get_config(self):
        """Return the arguments of `__init__`, for the run's records."""
        return {}

    def __repr__(self):
        settings = ", ".join(f"{k}={v}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({settings})"


def squared_gradient_norm(discriminator, images):
    """Squared L2 norm, per image, of the gradient of D's score, `[N]`.

    Args:
        discriminator: Callable from images to scores `[N, 1]`.
        images: Float32 `[N, H, W, C]`.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        scores = discriminator(images)
    gradient = tape.gradient(scores, images)
    return tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))


def check_weight(value, name):
    """Return `value` if it is a number not below zero, else raise."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not value >= 0:
        raise ValueError(
            f"{name} must be a number, at least 0. Received: {name}={value!r}"
        )
    return value
