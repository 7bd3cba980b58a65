"""Discriminators with known gradients, and images for them: a linear one,
`sum(w * x)`, whose gradient is w everywhere, and a quadratic one,
`sum(w * x**2) / 2`, whose gradient at x is w * x."""

import numpy as np
import tensorflow as tf

SHAPE = (3, 2, 2, 1)


def numbers(seed, shape=SHAPE):
    return np.random.default_rng(seed).normal(size=shape)


REALS, FAKES = numbers(1), numbers(2)
MIX = np.array([0.0, 0.25, 0.9]).reshape(3, 1, 1, 1)
WEIGHTS = numbers(3, SHAPE[1:])


def linear(weights):
    return lambda x: tf.reduce_sum(weights * x, axis=(1, 2, 3))[:, None]


def quadratic(weights):
    return lambda x: linear(0.5 * weights)(tf.square(x))


def penalty(loss, discriminator):
    """The penalty of a loss on the images of this module."""
    tensors = (tf.constant(x) for x in (REALS, FAKES, MIX))
    return loss.penalty(discriminator, *tensors)
