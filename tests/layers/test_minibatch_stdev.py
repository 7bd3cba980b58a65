import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import normal, run_layer_test

from progan_keras.layers import MinibatchStdev

BATCHES = range(1, 10)


def images_of(batch):
    """Images whose spread differs from one to the next."""
    scale = np.arange(1, batch + 1, dtype="float32").reshape(-1, 1, 1, 1)
    return normal(batch, 4, 4, 3, seed=batch) * scale


def slow_map(images, group_size):
    """The appended number of every image, straight from the definition."""
    images, batch = images.astype("float64"), len(images)
    group = batch if group_size is None else min(group_size, batch)
    while batch % group:
        group -= 1
    num_groups = batch // group
    numbers = np.empty(batch)
    for m in range(num_groups):
        members = [n for n in range(batch) if n % num_groups == m]
        assert len(members) == group
        variance = images[members].var(axis=0)
        numbers[members] = np.sqrt(variance + 1e-8).mean()
    return numbers


def check(layer, call, batch):
    images = images_of(batch)
    outputs = np.asarray(call(images))
    assert outputs.shape == (batch, 4, 4, 4)
    np.testing.assert_array_equal(outputs[..., :3], images)
    expected = np.empty((batch, 4, 4))
    expected[:] = slow_map(images, layer.group_size)[:, None, None]
    np.testing.assert_allclose(outputs[..., 3], expected, rtol=1e-4)


def test_minibatch_stdev_is_a_good_keras_layer():
    run_layer_test(
        MinibatchStdev,
        {"group_size": 2, "epsilon": 1e-6},
        normal(1, 4, 4, 3).repeat(4, 0),
        output_shape=(4, 4, 4, 4),
    )


@pytest.mark.parametrize("group_size", [1, 3, 4, None])
def test_it_is_what_the_slow_loop_computes(group_size):
    layer = MinibatchStdev(group_size)
    for batch in BATCHES:
        check(layer, layer, batch)


@pytest.mark.parametrize("group_size", [3, 4, None])
def test_one_compiled_function_serves_every_batch_size(group_size):
    layer = MinibatchStdev(group_size)
    signature = [tf.TensorSpec((None, 4, 4, 3))]
    call = tf.function(layer, input_signature=signature)
    for batch in BATCHES:
        check(layer, call, batch)


def test_a_functional_model_takes_every_batch_size():
    layer = MinibatchStdev()
    images = keras.Input((4, 4, 3))
    model = keras.Model(images, layer(images))
    for batch in (3, 4, 6):
        check(layer, model, batch)


def test_gradients_are_finite_for_identical_images():
    images = tf.ones((4, 4, 4, 3))
    with tf.GradientTape() as tape:
        tape.watch(images)
        outputs = MinibatchStdev()(images)
    gradient = tape.gradient(outputs, images).numpy()
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(outputs[..., 3], 1e-4, rtol=1e-4)


def test_half_precision_does_not_lose_small_deviations():
    images = np.zeros((2, 4, 4, 3), "float16")
    images[1] = 6e-4  # a deviation of 3e-4, whose square is 0 in float16
    outputs = MinibatchStdev(dtype="float16")(images)
    assert outputs.dtype == "float16"
    np.testing.assert_allclose(outputs[..., 3], 3.16e-4, rtol=0.01)


@pytest.mark.parametrize("group_size", [0, -4, 2.5, True])
def test_a_group_size_that_is_no_number_of_images_is_refused(group_size):
    with pytest.raises(ValueError, match=f"group_size={group_size}"):
        MinibatchStdev(group_size)


def test_an_epsilon_of_zero_is_refused():
    with pytest.raises(ValueError, match="epsilon=0"):
        MinibatchStdev(epsilon=0.0)
