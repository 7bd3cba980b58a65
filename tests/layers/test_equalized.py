"""The layers with equalized learning rate."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import box, normal, plain_conv, repeat, run_layer_test

from progan_keras.layers import (
    EqualizedConv2D,
    EqualizedDense,
    EqualizedDownscaleConv2D,
    EqualizedUpscaleConv2D,
)

CONVOLUTIONS = [
    EqualizedConv2D,
    EqualizedDownscaleConv2D,
    EqualizedUpscaleConv2D,
]
SCALING = CONVOLUTIONS[1:]


def with_bias(layer, images):
    """Build a layer and give it a bias that is not zero."""
    layer(images)
    layer.bias.assign(normal(*layer.bias.shape, seed=3))
    return layer


def scaled_kernel(layer):
    """The kernel times gain / sqrt(fan in)."""
    kernel = layer.kernel.numpy()
    return kernel * layer.gain / math.sqrt(math.prod(kernel.shape[:-1]))


def assert_close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("bias", [True, False])
def test_equalized_conv_is_a_good_keras_layer(bias):
    run_layer_test(
        EqualizedConv2D,
        {
            "filters": 5,
            "kernel_size": 1,
            "gain": 1.0,
            "use_bias": bias,
            "equalized": False,
        },
        normal(2, 4, 4, 3),
        output_shape=(2, 4, 4, 5),
        num_trainable=1 + bias,
    )


@pytest.mark.parametrize("fused", [True, False])
def test_upscale_conv_is_a_good_keras_layer(fused):
    run_layer_test(
        EqualizedUpscaleConv2D,
        {
            "filters": 5,
            "fused": fused,
            "gain": 1.0,
            "equalized": False,
            "seed": 7,
        },
        normal(2, 4, 2, 3),
        output_shape=(2, 8, 4, 5),
        num_trainable=2,
    )


@pytest.mark.parametrize("fused", [True, False])
def test_downscale_conv_is_a_good_keras_layer(fused):
    run_layer_test(
        EqualizedDownscaleConv2D,
        {
            "filters": 5,
            "fused": fused,
            "gain": 1.0,
            "equalized": False,
            "seed": 7,
        },
        normal(2, 8, 4, 3),
        output_shape=(2, 4, 2, 5),
        num_trainable=2,
    )


@pytest.mark.parametrize(
    ("units", "shape"), [(6, (2, 6)), ((4, 4, 5), (2, 4, 4, 5))]
)
def test_equalized_dense_is_a_good_keras_layer(units, shape):
    run_layer_test(
        EqualizedDense,
        {"units": units, "gain": 0.5, "equalized": False},
        normal(2, 8),
        output_shape=shape,
        num_trainable=2,
    )


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
def test_conv_is_a_plain_one_with_the_scaled_kernel(kernel_size):
    images = normal(2, 6, 4, 3)
    layer = with_bias(EqualizedConv2D(5, kernel_size), images)
    expected = plain_conv(images, scaled_kernel(layer)) + layer.bias.numpy()
    assert_close(layer(images), expected)


def test_dense_is_a_plain_one_with_the_scaled_kernel():
    x = normal(4, 8)
    layer = with_bias(EqualizedDense(5), x)
    expected = x @ scaled_kernel(layer) + layer.bias.numpy()
    assert_close(layer(x), expected)


def test_dense_into_a_shape_has_one_bias_per_channel():
    x = normal(4, 8)
    layer = with_bias(EqualizedDense((2, 3, 5)), x)
    assert layer.bias.shape == (5,)
    expected = (x @ scaled_kernel(layer)).reshape(4, 2, 3, 5)
    assert_close(layer(x), expected + layer.bias.numpy())


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
@pytest.mark.parametrize("fused", [True, False])
def test_upscale_conv_repeats_pixels_then_convolves(fused, kernel_size):
    images = normal(2, 4, 6, 3)
    layer = EqualizedUpscaleConv2D(5, kernel_size, fused=fused)
    with_bias(layer, images)
    expected = plain_conv(repeat(images), scaled_kernel(layer))
    assert_close(layer(images), expected + layer.bias.numpy())


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
@pytest.mark.parametrize("fused", [True, False])
def test_downscale_conv_convolves_averages_adds_bias(fused, kernel_size):
    images = normal(2, 4, 6, 3)
    layer = EqualizedDownscaleConv2D(5, kernel_size, fused=fused)
    with_bias(layer, images)
    expected = box(plain_conv(images, scaled_kernel(layer)))
    assert_close(layer(images), expected + layer.bias.numpy())


@pytest.mark.parametrize("layer_class", SCALING)
def test_both_ways_to_compute_have_the_same_gradients(layer_class):
    """Of the weights through a penalty on gradients: second order."""
    images, results = tf.constant(normal(2, 4, 4, 3)), []
    for fused in (True, False):
        layer = layer_class(5, fused=fused, seed=3)
        layer(images)
        kernel = layer.kernel.value
        with tf.GradientTape() as outer:
            outer.watch(kernel)
            with tf.GradientTape() as inner:
                inner.watch(images)
                score = tf.reduce_sum(tf.square(layer(images)))
            gradient = inner.gradient(score, images)
            penalty = tf.reduce_sum(tf.square(gradient))
        results.append(outer.gradient(penalty, kernel).numpy())
    assert np.abs(results[0]).max() > 1
    np.testing.assert_allclose(*results, rtol=1e-3, atol=1e-2)


def test_weights_are_drawn_from_a_normal_distribution_of_deviation_one():
    for layer, x in (
        (EqualizedConv2D(64), normal(1, 4, 4, 64)),
        (EqualizedDense(512), normal(1, 64)),
    ):
        layer(x)
        drawn = layer.kernel.numpy()
        assert abs(drawn.mean()) < 0.03
        assert abs(drawn.std() - 1) < 0.02
        assert abs((np.abs(drawn) > 1).mean() - 0.317) < 0.01
        assert np.abs(drawn).max() > 3.5  # not truncated
        assert not layer.bias.numpy().any()


def every_layer(**kwargs):
    """Each kind of layer with the inputs to build it on."""
    for layer_class in CONVOLUTIONS:
        yield layer_class(64, **kwargs), normal(2, 4, 4, 16)
    yield EqualizedDense(64, **kwargs), normal(2, 16)


def test_unequalized_weights_are_drawn_small_and_used_as_they_are():
    """He's deviation, gain / sqrt(fan in), without a constant at use."""
    for gain in (1.0, math.sqrt(2)):
        for layer, x in every_layer(equalized=False, gain=gain, seed=1):
            layer(x)
            kernel = layer.kernel.numpy()
            constant = gain / math.sqrt(math.prod(kernel.shape[:-1]))
            assert abs(kernel.std() / constant - 1) < 0.05
            assert layer.scale == 1.0


def test_unequalized_a_layer_starts_as_the_same_function():
    pairs = zip(
        every_layer(equalized=True, seed=3),
        every_layer(equalized=False, seed=3),
        strict=True,
    )
    for (equalized, x), (plain, _) in pairs:
        assert_close(plain(x), equalized(x).numpy())


@pytest.mark.parametrize("layer_class", CONVOLUTIONS)
def test_the_bias_is_not_scaled(layer_class):
    images = np.zeros((1, 4, 4, 3), "float32")
    layer = with_bias(layer_class(5, gain=0.1), images)
    outputs = layer(images).numpy()
    assert (outputs == layer.bias.numpy()).all()


def test_a_seed_decides_the_weights():
    def kernel(seed):
        layer = EqualizedConv2D(4, seed=seed)
        layer(normal(1, 4, 4, 3))
        return layer.kernel.numpy()

    np.testing.assert_array_equal(kernel(1), kernel(1))
    assert not (kernel(1) == kernel(2)).any()
    assert not (kernel(None) == kernel(None)).any()


@pytest.mark.parametrize("value", [0, -3, 2.5, "3", True, None])
def test_a_size_that_is_no_positive_integer_is_refused(value):
    for name, make in (
        ("filters", lambda: EqualizedConv2D(value)),
        ("kernel_size", lambda: EqualizedConv2D(4, kernel_size=value)),
        ("units", lambda: EqualizedDense(value)),
        ("units", lambda: EqualizedDense((4, value))),
    ):
        with pytest.raises(ValueError, match=f"{name}={value!r}"):
            make()


@pytest.mark.parametrize("layer_class", SCALING)
def test_a_scaling_convolution_needs_an_odd_kernel(layer_class):
    with pytest.raises(ValueError, match="odd kernel.*kernel_size=4"):
        layer_class(8, kernel_size=4)


def test_downscale_conv_needs_an_even_height_and_width():
    with pytest.raises(ValueError, match="even height and width"):
        EqualizedDownscaleConv2D(8)(keras.Input((5, 4, 3)))


def test_dense_takes_vectors_only():
    with pytest.raises(ValueError, match=r"Flatten.*\(1, 4, 4, 3\)"):
        EqualizedDense(8)(normal(1, 4, 4, 3))
