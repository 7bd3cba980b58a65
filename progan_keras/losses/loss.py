"""The interface of a loss, and what several losses share."""

import math

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
        uses_real_scores: Whether `generator_loss` looks at the scores of real
            images. Where it does not, the training step does not compute
            them.
        zero_sum: Whether the mean of `generator_loss` falls as fast as that
            of `discriminator_loss` rises, whichever fake changes. Updating
            simultaneously then takes one pass back through D less. Whoever
            overrides one of the two has to say so anew.
    """

    penalty_interval = 0
    uses_real_scores = False
    zero_sum = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        own = vars(cls)
        if "discriminator_loss" in own or "generator_loss" in own:
            cls.zero_sum = own.get("zero_sum", False)

    def discriminator_loss(self, real_scores, fake_scores):
        """Return what D minimises, `[N, 1]`, without the penalty."""
        raise NotImplementedError

    def generator_loss(self, fake_scores, real_scores=None):
        """Return what G minimises, `[N, 1]`.

        Args:
            fake_scores: Scores of generated images, `[N, 1]`.
            real_scores: Scores of real images, `[N, 1]`, or None unless
                `uses_real_scores`.
        """
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
        discriminator: Callable from images to scores `[N, 1]`; with an
            attribute `in_float16` that is true where it computes in that.
        images: Float32 `[N, H, W, C]`.
    """
    scale = None
    if getattr(discriminator, "in_float16", False):
        # Of a gradient of length 1 the H * W * C numbers are about the
        # reciprocal of this: made 1, they are far from both ends of float16.
        scale = 2.0 ** round(math.log2(math.prod(images.shape[1:])) / 2)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        scores = discriminator(images)
        if scale:
            scores *= scale
    gradient = tape.gradient(scores, images)
    if scale:
        gradient /= scale
    return tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))


def global_mean(scores):
    """Mean of the scores over the global batch, a scalar.

    Under a distribution strategy this is the mean over all replicas, which
    hold equally many images each, and its gradient reaches the scores of all
    of them: the gradients add up to those of one device.

    Args:
        scores: This replica's scores, `[N, 1]`.
    """
    mean = tf.reduce_mean(scores)
    replica = tf.distribute.get_replica_context()
    if replica is None or replica.num_replicas_in_sync == 1:
        return mean
    return replica.all_reduce(tf.distribute.ReduceOp.MEAN, mean)


def check_weight(value, name):
    """Return `value` if it is a finite number not below zero, else raise."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 <= value < math.inf:
        raise ValueError(
            f"{name} must be a finite number, at least 0. "
            f"Received: {name}={value!r}"
        )
    return value
