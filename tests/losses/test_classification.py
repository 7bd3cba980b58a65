"""The loss of a discriminator that also tells classes."""

import numpy as np
import tensorflow as tf

from progan_keras import losses

LOGITS = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, -2.0], [1.0, 1.0, 4.0]])
LABELS = np.eye(3)[[2, 1, 0]]


def probabilities(logits):
    return np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)


def loss_and_gradient(logits, labels):
    logits = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        values = losses.classification_loss(logits, tf.constant(labels))
    return values.numpy(), tape.gradient(values, logits).numpy()


def test_it_is_minus_the_log_of_the_classes_probability():
    values, gradient = loss_and_gradient(LOGITS, LABELS)
    right = probabilities(LOGITS)[[0, 1, 2], [2, 1, 0]]
    np.testing.assert_allclose(values, -np.log(right)[:, None], rtol=1e-9)
    expected = probabilities(LOGITS) - LABELS
    np.testing.assert_allclose(gradient, expected, rtol=1e-9)


def test_an_image_without_a_class_has_no_loss_and_no_gradient():
    labels = LABELS.copy()
    labels[1] = 0.0
    values, gradient = loss_and_gradient(LOGITS, labels)
    assert not values[1].any()
    assert not gradient[1].any()
    assert values[[0, 2]].all()
    assert gradient[[0, 2]].all()


def test_large_logits_do_not_overflow():
    values, gradient = loss_and_gradient(1e4 * LOGITS, LABELS)
    assert np.isfinite(values).all()
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(values[:, 0], [1.5e4, 0.0, 3e4])
