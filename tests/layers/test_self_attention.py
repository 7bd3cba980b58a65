import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_penalty_gradients, normal, run_layer_test

from progan_keras.layers import SelfAttention2D


def attentive(images, gamma=0.7, **kwargs):
    """A layer whose gamma is not zero any more."""
    layer = SelfAttention2D(seed=1, **kwargs)
    layer(images)
    layer.gamma.assign(gamma)
    return layer


def slow_attention(layer, images):
    """Straight from the paper's equations, pixel by pixel."""

    def matrix(conv):
        kernel = conv.kernel.numpy()[0, 0].astype("float64")
        return kernel / math.sqrt(len(kernel))

    query, key, value, output = (
        matrix(conv)
        for conv in (layer.query, layer.key, layer.value, layer.merge)
    )
    results = images.astype("float64").copy()
    for n, y, x in np.ndindex(images.shape[:3]):
        total, gathered = 0.0, 0.0
        for pixel in images[n].reshape(-1, images.shape[-1]):
            weight = math.exp((images[n, y, x] @ query) @ (pixel @ key))
            total += weight
            gathered += weight * (pixel @ value)
        results[n, y, x] += layer.gamma.numpy() * (gathered / total @ output)
    return results


@pytest.mark.parametrize("equalized", [True, False])
def test_self_attention_is_a_good_keras_layer(equalized):
    run_layer_test(
        SelfAttention2D,
        {"equalized": equalized, "seed": 5},
        0.3 * normal(2, 4, 2, 8),
        output_shape=(2, 4, 2, 8),
        num_trainable=5,
    )


@pytest.mark.parametrize("channels", [1, 3, 16])
def test_it_is_what_the_slow_loop_computes(channels):
    images = normal(2, 4, 3, channels)
    layer = attentive(images)
    expected = slow_attention(layer, images)
    assert np.abs(expected - images).max() > 0.1
    np.testing.assert_allclose(layer(images), expected, rtol=1e-4, atol=1e-5)


def test_a_new_layer_changes_nothing_but_gamma_learns_at_once():
    images, layer = tf.constant(normal(2, 4, 4, 8)), SelfAttention2D(seed=1)
    with tf.GradientTape() as tape:
        outputs = layer(images)
        score = tf.reduce_sum(tf.square(outputs))
    np.testing.assert_array_equal(outputs, images)
    assert abs(float(tape.gradient(score, layer.gamma.value))) > 0.1


def test_a_far_pixel_is_seen():
    images = normal(1, 4, 4, 8)
    layer = attentive(images)
    changed = images.copy()
    changed[0, 3, 3] += 1.0
    difference = layer(changed).numpy() - layer(images).numpy()
    assert np.abs(difference[0, 0, 0]).max() > 1e-3


def test_channels_are_an_eighth_and_a_half_and_one_at_least():
    for channels, few, half in ((64, 8, 32), (8, 1, 4), (1, 1, 1)):
        layer = SelfAttention2D(name="attention")
        layer.build((None, 4, 4, channels))
        shapes = {w.path: tuple(w.shape) for w in layer.weights}
        assert shapes == {
            "attention/gamma": (),
            "attention/query/kernel": (1, 1, channels, few),
            "attention/key/kernel": (1, 1, channels, few),
            "attention/value/kernel": (1, 1, channels, half),
            "attention/output/kernel": (1, 1, half, channels),
        }


def test_its_convolutions_start_unlike_each_other_and_by_the_seed():
    def kernels(seed):
        layer = SelfAttention2D(seed=seed)
        layer.build((None, 4, 4, 16))
        return [conv.kernel.numpy() for conv in (layer.query, layer.key)]

    query, key = kernels(1)
    assert not (query == key).any()
    np.testing.assert_array_equal(kernels(1), kernels(1))
    assert not (kernels(2)[0] == query).any()
    assert not (kernels(None)[0] == kernels(None)[0]).any()


def test_unequalized_it_starts_as_the_same_function():
    images, results = normal(2, 4, 4, 16), []
    for equalized in (True, False):
        layer = attentive(images, equalized=equalized)
        results.append(layer(images))
    np.testing.assert_allclose(*results, rtol=1e-4, atol=1e-5)
    kernel = layer.query.kernel.numpy()
    assert kernel.std() < 0.5  # 1 / sqrt(16), not 1


def test_gradients_of_a_gradient_penalty_are_those_of_finite_differences():
    layer = SelfAttention2D(dtype="float64")
    check_penalty_gradients(layer, normal(2, 3, 2, 8).astype("float64"))


def test_half_precision_does_not_overflow_in_the_softmax():
    images = np.full((1, 2, 2, 16), 300.0, "float16")
    layer = SelfAttention2D(dtype="float16")
    layer(images)
    for conv in (layer.query, layer.key):  # 2 * 1200 ** 2 is no float16
        conv.kernel.assign(tf.ones_like(conv.kernel))
    layer.gamma.assign(1.0)
    assert np.isfinite(layer(images).numpy()).all()


def test_one_function_serves_every_batch_size():
    signature = [tf.TensorSpec((None, 4, 4, 8))]
    layer = attentive(normal(1, 4, 4, 8))
    call = tf.function(layer, input_signature=signature)
    for batch in (1, 3):
        images = normal(batch, 4, 4, 8)
        np.testing.assert_allclose(call(images), layer(images), rtol=1e-5)


def test_unknown_sizes_are_refused():
    with pytest.raises(ValueError, match="known height and width.*None"):
        SelfAttention2D()(keras.Input((None, 4, 8)))
