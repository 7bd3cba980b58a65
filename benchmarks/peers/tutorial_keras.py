"""A progressive GAN in Keras as tutorials write it; made for the benchmark.

`UpSampling2D` and `AveragePooling2D` beside plain convolutions, models of
their own for every stage, `train_step` of WGAN-GP compiled by Keras once per
stage, alpha set from Python before every step. The networks are the paper's
without fused scaling, at the widths of the case.
"""

import math
import sys

import keras
import numpy as np
import tensorflow as tf
from contestant import Prepared, feature_maps, resolutions
from graph_cost import count_multiplications
from keras import layers

SQRT_2 = math.sqrt(2)


class EqualizedConv2D(layers.Conv2D):
    """A convolution whose kernel is scaled whenever it is used."""

    def __init__(self, filters, kernel_size=3, gain=SQRT_2, **kwargs):
        normal = keras.initializers.RandomNormal(stddev=1.0)
        super().__init__(
            filters, kernel_size, kernel_initializer=normal, **kwargs
        )
        self.gain = gain

    def call(self, inputs):
        """Convolve."""
        fan_in = math.prod(self.kernel.shape[:3])
        kernel = self.kernel * (self.gain / math.sqrt(fan_in))
        padding = self.padding.upper()
        outputs = tf.nn.conv2d(inputs, kernel, strides=1, padding=padding)
        return tf.nn.bias_add(outputs, self.bias)


class EqualizedDense(layers.Dense):
    """A dense layer whose kernel is scaled whenever it is used."""

    def __init__(self, units, gain=SQRT_2, **kwargs):
        normal = keras.initializers.RandomNormal(stddev=1.0)
        super().__init__(units, kernel_initializer=normal, **kwargs)
        self.gain = gain

    def call(self, inputs):
        """Multiply."""
        kernel = self.kernel * (self.gain / math.sqrt(self.kernel.shape[0]))
        outputs = tf.matmul(inputs, kernel)
        return outputs if self.bias is None else outputs + self.bias


class PixelNorm(layers.Layer):
    """Every pixel's features to unit mean square."""

    def call(self, inputs):
        """Normalise."""
        mean = tf.reduce_mean(tf.square(inputs), axis=-1, keepdims=True)
        return inputs / tf.sqrt(mean + 1e-8)


class ChannelBias(layers.Layer):
    """A bias per channel."""

    def build(self, shape):
        """Make it."""
        self.bias = self.add_weight(shape=shape[-1:], initializer="zeros")

    def call(self, inputs):
        """Add it."""
        return inputs + self.bias


class MinibatchStdev(layers.Layer):
    """One more channel: the deviation over groups of four images."""

    def call(self, inputs):
        """Append it."""
        _, height, width, channels = inputs.shape
        groups = tf.reshape(inputs, (4, -1, height, width, channels))
        variance = tf.math.reduce_variance(groups, axis=0)
        stdev = tf.reduce_mean(tf.sqrt(variance + 1e-8), [1, 2, 3], True)
        stdev = tf.tile(stdev, (4, height, width, 1))
        return tf.concat([inputs, stdev], axis=-1)


class WeightedSum(layers.Layer):
    """Fades from its first input to its second."""

    def build(self, shapes):
        """Make alpha, which the training loop sets."""
        self.alpha = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="alpha"
        )

    def call(self, inputs):
        """Add."""
        old, new = inputs
        return (1.0 - self.alpha) * old + self.alpha * new


def build_generator(case):
    """Return the model from latents to images of one stage."""

    def activate(x):
        return PixelNorm()(layers.LeakyReLU(negative_slope=0.2)(x))

    def conv(x, filters):
        return activate(EqualizedConv2D(filters, padding="same")(x))

    inputs = layers.Input((case["latent_dim"],))
    for side in resolutions(case):
        maps = feature_maps(case, side)
        if side == 4:
            x = PixelNorm()(inputs)
            x = EqualizedDense(16 * maps, math.sqrt(2) / 4, use_bias=False)(x)
            x = activate(ChannelBias()(layers.Reshape((4, 4, maps))(x)))
        else:
            below = x
            x = conv(layers.UpSampling2D()(x), maps)
        x = conv(x, maps)
    images = EqualizedConv2D(3, kernel_size=1, gain=1.0)(x)
    if case["fade_in"]:
        old = EqualizedConv2D(3, kernel_size=1, gain=1.0)(below)
        images = WeightedSum()([layers.UpSampling2D()(old), images])
    return keras.Model(inputs, images)


def build_discriminator(case):
    """Return the model from images to scores of one stage."""

    def conv(x, filters, kernel_size=3):
        x = EqualizedConv2D(filters, kernel_size, padding="same")(x)
        return layers.LeakyReLU(negative_slope=0.2)(x)

    top = case["resolution"]
    images = layers.Input((top, top, 3))
    x = conv(images, feature_maps(case, top), kernel_size=1)
    for side in reversed(resolutions(case)[1:]):
        x = conv(x, feature_maps(case, side))
        x = conv(x, feature_maps(case, side // 2))
        x = layers.AveragePooling2D(2)(x)
        if side == top and case["fade_in"]:
            old = layers.AveragePooling2D(2)(images)
            old = conv(old, feature_maps(case, side // 2), kernel_size=1)
            x = WeightedSum()([old, x])
    x = conv(MinibatchStdev()(x), feature_maps(case, 4))
    units = feature_maps(case, 2)
    x = EqualizedDense(units)(layers.Flatten()(x))
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(images, EqualizedDense(1, gain=1.0)(x))


class GAN(keras.Model):
    """WGAN-GP of one stage."""

    def __init__(self, case):
        super().__init__()
        self.latent_dim = case["latent_dim"]
        self.generator = build_generator(case)
        self.discriminator = build_discriminator(case)
        self.average = build_generator(case)
        self.average.set_weights(self.generator.get_weights())

    def compile(self, d_optimizer, g_optimizer, **kwargs):
        """Keep both optimizers."""
        super().compile(**kwargs)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

    def set_alpha(self, alpha):
        """Set it in every layer that fades."""
        for model in (self.generator, self.discriminator):
            for layer in model.layers:
                if isinstance(layer, WeightedSum):
                    layer.alpha.assign(alpha)

    def gradient_penalty(self, reals, fakes):
        """Return the penalty, a scalar."""
        mix = tf.random.uniform((tf.shape(reals)[0], 1, 1, 1))
        mixed = reals + mix * (fakes - reals)
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            scores = self.discriminator(mixed, training=True)
        gradients = tape.gradient(scores, mixed)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradients), [1, 2, 3]) + 1e-12)
        return tf.reduce_mean(tf.square(norm - 1.0))

    def train_step(self, reals):
        """Update D, the average, G."""
        shape = (tf.shape(reals)[0], self.latent_dim)
        fakes = self.generator(tf.random.normal(shape), training=True)
        with tf.GradientTape() as tape:
            real_scores = self.discriminator(reals, training=True)
            fake_scores = self.discriminator(fakes, training=True)
            d_loss = tf.reduce_mean(fake_scores) - tf.reduce_mean(real_scores)
            d_loss += 0.001 * tf.reduce_mean(tf.square(real_scores))
            d_loss += 10.0 * self.gradient_penalty(reals, fakes)
        weights = self.discriminator.trainable_weights
        gradients = tape.gradient(d_loss, weights)
        self.d_optimizer.apply_gradients(zip(gradients, weights, strict=True))

        weights = self.generator.trainable_weights
        for average, weight in zip(
            self.average.trainable_weights, weights, strict=True
        ):
            average.assign(0.999 * average + 0.001 * weight)

        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal(shape), training=True)
            scores = self.discriminator(fakes, training=True)
            g_loss = -tf.reduce_mean(scores)
        gradients = tape.gradient(g_loss, weights)
        self.g_optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return {"d_loss": d_loss, "g_loss": g_loss}


def prepare(case, eager=False):
    """Prepare the training step, what `fit` would call for every batch.

    Reals come as float32 in [-1, 1], faded before.
    """

    def adam():
        return keras.optimizers.Adam(0.001, 0.0, 0.99, epsilon=1e-8)

    gan = GAN(case)
    gan.compile(adam(), adam(), run_eagerly=eager)
    shape = (case["batch_size"], case["resolution"], case["resolution"], 3)
    reals = np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")
    batches = iter(tf.data.Dataset.from_tensors(reals).repeat())
    gan.built = True
    gan.make_train_function()

    def run(steps):
        for number in range(steps):
            gan.set_alpha(0.5 + number * 1e-6)
            logs = gan.train_function(batches)
        logs["d_loss"].numpy()  # waits for the last one

    def count():
        spec = tf.TensorSpec(shape, tf.float32)
        return count_multiplications(gan.train_step, spec)

    versions = {
        "Python": sys.version.split()[0],
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
    }
    models = (gan.generator, gan.discriminator)
    parameters = [
        sum(math.prod(weight.shape) for weight in model.trainable_weights)
        for model in models
    ]
    return Prepared(run, versions, parameters, count)
