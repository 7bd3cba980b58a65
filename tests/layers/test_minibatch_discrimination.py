import math

import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_penalty_gradients, normal, run_layer_test

from progan_keras.layers import MinibatchDiscrimination


def slow_features(layer, vectors):
    """Straight from the paper's equations, pair by pair."""
    tensor = layer.tensor.kernel.numpy().astype("float64")
    tensor = tensor / math.sqrt(len(tensor))
    tensor = tensor.reshape(-1, layer.num_kernels, layer.kernel_dim)
    rows = np.einsum("nf,fbc->nbc", vectors.astype("float64"), tensor)
    features = np.zeros((len(vectors), layer.num_kernels))
    for i, j, b in np.ndindex(len(vectors), len(vectors), layer.num_kernels):
        features[i, b] += math.exp(-np.abs(rows[i, b] - rows[j, b]).sum())
    return features


@pytest.mark.parametrize("equalized", [True, False])
def test_minibatch_discrimination_is_a_good_keras_layer(equalized):
    run_layer_test(
        MinibatchDiscrimination,
        {
            "num_kernels": 3,
            "kernel_dim": 2,
            "equalized": equalized,
            "seed": 5,
        },
        0.3 * normal(4, 6),
        output_shape=(4, 9),
        num_trainable=1,
    )


@pytest.mark.parametrize(("num_kernels", "kernel_dim"), [(1, 1), (3, 2)])
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_it_is_what_the_slow_loop_computes(batch, num_kernels, kernel_dim):
    vectors = normal(batch, 6)
    layer = MinibatchDiscrimination(num_kernels, kernel_dim, seed=1)
    outputs = layer(vectors).numpy()
    np.testing.assert_array_equal(outputs[:, :6], vectors)
    expected = slow_features(layer, vectors)
    np.testing.assert_allclose(outputs[:, 6:], expected, rtol=1e-4)


def test_features_count_the_vectors_that_are_alike():
    vectors = np.zeros((5, 6), "float32")
    vectors[3:] = 1000.0 * normal(2, 6)
    outputs = MinibatchDiscrimination(seed=1)(vectors).numpy()
    np.testing.assert_allclose(outputs[:3, 6:], 3.0, rtol=1e-6)
    np.testing.assert_allclose(outputs[3:, 6:], 1.0, rtol=1e-6)


def test_by_default_it_appends_32_features_of_rows_of_4():
    layer = MinibatchDiscrimination(name="discrimination")
    assert layer(normal(2, 6)).shape == (2, 6 + 32)
    shapes = {w.path: tuple(w.shape) for w in layer.weights}
    assert shapes == {"discrimination/tensor/kernel": (6, 32 * 4)}


def test_a_seed_decides_the_tensor():
    def kernel(seed):
        layer = MinibatchDiscrimination(seed=seed)
        layer.build((None, 6))
        return layer.tensor.kernel.numpy()

    np.testing.assert_array_equal(kernel(1), kernel(1))
    assert not (kernel(1) == kernel(2)).any()
    assert not (kernel(None) == kernel(None)).any()


def test_unequalized_it_starts_as_the_same_function():
    vectors, results = normal(4, 16), []
    for equalized in (True, False):
        layer = MinibatchDiscrimination(equalized=equalized, seed=1)
        results.append(layer(vectors))
    np.testing.assert_allclose(*results, rtol=1e-4)
    assert abs(layer.tensor.kernel.numpy().std() - 0.25) < 0.02


def test_gradients_of_a_gradient_penalty_are_those_of_finite_differences():
    layer = MinibatchDiscrimination(3, 2, dtype="float64")
    check_penalty_gradients(layer, normal(4, 5).astype("float64"))


def test_gradients_are_finite_for_equal_vectors():
    """Where the absolute value has a kink, at first and at second order."""
    vectors, layer = tf.ones((3, 4)), MinibatchDiscrimination(2, 2)
    layer(vectors)
    kernel = layer.tensor.kernel.value
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(vectors)
            score = tf.reduce_sum(tf.square(layer(vectors)))
        gradient = inner.gradient(score, vectors)
        penalty = tf.reduce_sum(tf.square(gradient))
    assert np.isfinite(gradient).all()
    second = outer.gradient(
        penalty, kernel, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    assert np.isfinite(second).all()


def test_half_precision_rounds_the_features_once():
    """Distances and sums of a float16 layer are those of float32."""
    vectors = normal(64, 4).astype("float16")
    layer = MinibatchDiscrimination(1, 4, dtype="float16")
    layer(vectors)
    layer.tensor.kernel.assign(2.0 * tf.eye(4))  # rows are the vectors
    outputs = layer(vectors)
    assert outputs.dtype == "float16"
    expected = slow_features(layer, vectors)
    np.testing.assert_allclose(outputs[:, 4:], expected, rtol=2**-11)


@pytest.mark.parametrize("value", [0, -1, 2.5, "3", True, None])
@pytest.mark.parametrize("name", ["num_kernels", "kernel_dim"])
def test_a_size_that_is_no_positive_integer_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name}={value!r}"):
        MinibatchDiscrimination(**{name: value})
