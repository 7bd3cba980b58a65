"""What holds for every layer of this package, and the slow way to convolve."""

import inspect
import json
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


def run_layer_test(
    layer_class,
    init_kwargs,
    inputs,
    output_shape,
    num_trainable=0,
    num_non_trainable=0,
):
    """Check what a Keras user may expect of any layer.

    Args:
        layer_class: Subclass of `keras.layers.Layer`.
        init_kwargs: Dict of arguments, other than the defaults.
        inputs: Float32 array, or list of arrays, with two images or more.
        output_shape: Tuple, of the outputs for `inputs`.
        num_trainable: Integer, how many trainable weights there are.
        num_non_trainable: Integer, how many others.
    """
    _check_config(layer_class, init_kwargs)

    layer = layer_class(**init_kwargs)
    layer(inputs)
    assert len(layer.trainable_weights) == num_trainable
    assert len(layer.non_trainable_weights) == num_non_trainable
    _randomise(layer)
    outputs = _to_numpy(layer(inputs))
    assert outputs.shape == output_shape
    assert outputs.dtype == "float32"

    _check_shapes(layer, inputs, outputs)
    _check_saved_model(layer, inputs)
    _check_half_precision(layer, inputs, outputs)


def check_penalty_gradients(layer, inputs):
    """Compare a gradient penalty's gradients with finite differences.

    The penalty is that of WGAN-GP and R1, a norm of the gradient of scores
    with respect to images; its gradient is of second order.

    Args:
        layer: Layer of dtype "float64" with weights.
        inputs: Float64 array.
    """
    inputs = tf.constant(inputs)
    layer(inputs)
    weights = layer.trainable_weights
    for seed, weight in enumerate(weights):
        weight.assign(normal(*weight.shape, seed=seed + 10))

    def penalty():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            score = tf.reduce_sum(tf.sin(layer(inputs)))
        return tf.reduce_sum(tf.square(tape.gradient(score, inputs)))

    with tf.GradientTape() as tape:
        value = penalty()
    gradients = tape.gradient(value, [weight.value for weight in weights])
    for weight, gradient in zip(weights, gradients, strict=True):
        direction = normal(*weight.shape, seed=3).astype("float64")
        expected = np.sum(gradient.numpy() * direction)
        assert abs(expected) > 1e-3
        start, values = weight.numpy(), []
        for step in (1e-5, -1e-5):
            weight.assign(start + step * direction)
            values.append(float(penalty()))
        weight.assign(start)
        difference = (values[0] - values[1]) / 2e-5
        np.testing.assert_allclose(difference, expected, rtol=1e-5)


def _check_config(layer_class, init_kwargs):
    """A layer is made again from its configuration, in each of two ways."""
    layer = layer_class(**init_kwargs)
    config = layer.get_config()
    assert json.loads(json.dumps(config))["name"] == layer.name
    arguments = set(inspect.signature(layer_class).parameters)
    assert arguments - {"args", "kwargs"} <= set(config)
    for name, value in init_kwargs.items():
        assert config[name] == value

    revived = layer_class.from_config(config)
    assert revived.get_config() == config
    serialised = keras.saving.serialize_keras_object(layer)
    assert serialised["registered_name"].startswith("progan_keras>")
    revived = keras.saving.deserialize_keras_object(
        json.loads(json.dumps(serialised))
    )
    assert type(revived) is layer_class
    assert json.dumps(revived.get_config()) == json.dumps(config)


def _check_shapes(layer, inputs, outputs):
    """Shapes are known before computing, for any size of batch."""
    shapes = _map(np.shape, inputs)
    assert layer.compute_output_shape(shapes) == outputs.shape
    known = layer(_map(lambda x: keras.Input(batch_shape=x.shape), inputs))
    assert known.shape == outputs.shape

    model = _functional(layer, inputs)
    assert model.output.shape == (None, *outputs.shape[1:])
    for count in (len(outputs), 1):
        part = _map(lambda x, count=count: x[:count], inputs)
        expected = _to_numpy(layer(part))
        np.testing.assert_allclose(
            model.predict(part, verbose=0), expected, rtol=1e-5, atol=1e-6
        )


def _check_saved_model(layer, inputs):
    """A model with the layer computes the same after a round trip to disk."""
    model = _functional(layer, inputs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        loaded = keras.saving.load_model(path)
    np.testing.assert_array_equal(
        _to_numpy(loaded(inputs)), _to_numpy(model(inputs))
    )


def _check_half_precision(layer, inputs, outputs):
    """Weights stay float32, computing is bfloat16 and about right."""
    config = {**layer.get_config(), "dtype": "mixed_bfloat16"}
    half = type(layer).from_config(config)
    half(inputs)
    half.set_weights(layer.get_weights())
    result = half(inputs)
    assert keras.backend.standardize_dtype(result.dtype) == "bfloat16"
    assert all(weight.dtype == "float32" for weight in half.weights)
    result = _to_numpy(keras.ops.cast(result, "float32"))
    assert np.isfinite(result).all()
    np.testing.assert_allclose(result, outputs, rtol=0.05, atol=0.05)


def _functional(layer, inputs):
    symbolic = _map(lambda x: keras.Input(x.shape[1:]), inputs)
    return keras.Model(symbolic, layer(symbolic))


def _randomise(layer):
    """Give biases and the like values that would show if they were lost."""
    generator = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(generator.uniform(size=weight.shape))


def _map(function, inputs):
    if isinstance(inputs, list):
        return [function(x) for x in inputs]
    return function(inputs)


def _to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def normal(*shape, seed=0):
    """Float32 numbers from N(0, 1)."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def plain_conv(images, kernel):
    """Convolution of odd size, stride 1 and zero padding, by definition."""
    margin = kernel.shape[0] // 2
    sides = (margin, margin)
    padded = np.pad(images, ((0, 0), sides, sides, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(
        padded, kernel.shape[:2], axis=(1, 2)
    )
    return np.einsum("nhwcij,ijcf->nhwf", windows, kernel)


def box(images):
    """Mean of every 2x2 pixels."""
    n, height, width, channels = images.shape
    blocks = (n, height // 2, 2, width // 2, 2, channels)
    return images.reshape(blocks).mean((2, 4))


def repeat(images):
    """Every pixel 2x2 times."""
    return images.repeat(2, 1).repeat(2, 2)
