import numpy as np
import pytest
import tensorflow as tf
from layer_checks import normal, run_layer_test

from progan_keras.layers import WeightedSum


def pair_of_all_sizes():
    """Two tensors of numbers from 1e-30 to 1e30, both signs."""
    exponents = np.random.default_rng(2).uniform(-30, 30, (2, 3, 4, 4, 3))
    return list((normal(2, 3, 4, 4, 3) * 10**exponents).astype("float32"))


def test_weighted_sum_is_a_good_keras_layer():
    run_layer_test(
        WeightedSum,
        {"alpha": 0.25},
        [normal(2, 4, 4, 3), normal(2, 4, 4, 3, seed=1)],
        output_shape=(2, 4, 4, 3),
        num_non_trainable=1,
    )


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_at_either_end_the_output_is_bitwise_one_of_the_inputs(alpha):
    inputs = pair_of_all_sizes()
    outputs = WeightedSum(alpha=alpha)(inputs).numpy()
    assert outputs.tobytes() == inputs[int(alpha)].tobytes()


@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.75])
def test_in_between_it_is_linear_in_alpha(alpha):
    old, new = normal(2, 4, 4, 3), normal(2, 4, 4, 3, seed=1)
    outputs = WeightedSum(alpha=alpha)([old, new])
    np.testing.assert_allclose(
        outputs, (1 - alpha) * old + alpha * new, rtol=1e-5, atol=1e-6
    )


def test_gradients_are_shared_out_by_alpha():
    layer = WeightedSum(alpha=0.25)
    old, new = tf.ones((1, 2)), tf.ones((1, 2))
    with tf.GradientTape() as tape:
        tape.watch([old, new])
        outputs = layer([old, new])
    to_old, to_new = tape.gradient(outputs, [old, new])
    assert to_old.numpy().tolist() == [[0.75, 0.75]]
    assert to_new.numpy().tolist() == [[0.25, 0.25]]
    assert layer.trainable_weights == []


def test_a_new_alpha_is_seen_by_a_compiled_function_without_a_new_trace():
    layer, traces = WeightedSum(), []

    @tf.function
    def fade(old, new):
        traces.append("one more")
        return layer([old, new])

    results = []
    for alpha in (0.0, 0.25, 1.0):
        layer.alpha.assign(alpha)
        results.append(float(fade(tf.zeros((1, 1)), tf.ones((1, 1)))[0, 0]))
    assert results == [0.0, 0.25, 1.0]
    assert len(traces) == 1


@pytest.mark.parametrize("alpha", [-0.1, 1.5, float("nan")])
def test_an_alpha_outside_of_0_to_1_is_refused(alpha):
    with pytest.raises(ValueError, match=rf"\[0, 1\].*alpha={alpha}"):
        WeightedSum(alpha=alpha)


def test_two_shapes_are_refused():
    layer = WeightedSum()
    with pytest.raises(ValueError, match=r"\(1, 8, 8, 3\).*\(1, 4, 4, 3\)"):
        layer.compute_output_shape([(1, 8, 8, 3), (1, 4, 4, 3)])


def test_in_half_precision_a_fade_ends_without_a_jump():
    """1 - 1/4096 is 1 in bfloat16, and 1/4096 is not 0."""
    layer = WeightedSum(alpha=1 - 2.0**-12, dtype="mixed_bfloat16")
    old, new = tf.ones((1, 2, 2, 3)), tf.zeros((1, 2, 2, 3))
    outputs = tf.cast(layer([old, new]), "float32").numpy()
    np.testing.assert_array_equal(outputs, np.full_like(outputs, 2.0**-12))
