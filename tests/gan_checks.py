"""A tiny GAN, images for it, and a step of training written by hand."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

import progan_keras as pk
from progan_keras.noise import StepNoise
from progan_keras.reals import prepare_reals

BATCH = 8
LATENT = 8
AT_4 = pk.Stage(4, images=3 * BATCH, batch_size=BATCH)
FADE = pk.Stage(8, fade_in=True, images=4 * BATCH, batch_size=BATCH)


def tiny(resolution=8, **settings):
    settings = {"fmap_base": 32, "fmap_max": 8, **settings}
    return pk.ProGAN(resolution, latent_dim=LATENT, **settings)


def tiny_in(stage, compile_settings=None, **settings):
    gan = tiny(**settings)
    gan.compile(**compile_settings or {})
    gan.enter_stage(stage)
    return gan


def images(count, resolution, seed=0):
    shape = (count, resolution, resolution, 3)
    numbers = np.random.default_rng(seed)
    return numbers.integers(0, 256, shape, dtype=np.uint8)


def step(gan, data, labels=None):
    """One step without compiling it."""
    data = tf.constant(data)
    if labels is not None:
        data = (data, tf.constant(labels))
    logs = gan.train_step(data)
    return {name: float(value) for name, value in logs.items()}


def variables(gan, *families):
    """Name -> variable of all stages, but alpha."""
    return {
        f"{family}/{variable.path}": variable
        for family in families or gan.families
        for pair in gan.families[family]
        for model in (pair.straight, pair.fade_in)
        if model is not None
        for variable in model.variables
        if not variable.path.endswith("/alpha")
    }


def weights(gan, *families):
    """Name -> value of all weights but alpha."""
    found = variables(gan, *families)
    return {name: variable.numpy() for name, variable in found.items()}


def randomize(gan, seed=0, *families):
    """Give all weights values of their own: biases and the average too."""
    numbers = np.random.default_rng(seed)
    for name, variable in variables(gan, *families).items():
        values = numbers.normal(size=variable.shape)
        if name.endswith("moving_variance"):
            values = 0.5 + values**2
        variable.assign(values)
    return gan


def assert_equal(ours, theirs, tolerance=0.0):
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        np.testing.assert_allclose(
            value, theirs[name], rtol=0, atol=tolerance, err_msg=name
        )


def changed(before, after):
    return {name for name in before if (before[name] != after[name]).any()}


def check_step(update, loss, labels=None, n_critic=1, told=None, **network):
    """Compare a step of a fade with plain gradient descent.

    `told` are the settings of telling classes apart: class_weight and
    class_frequencies.
    """
    rate, decay, seen, told = 0.01, 0.9, BATCH, told or {}
    data = images(n_critic * BATCH, 8)
    gan, twin = tiny(**network), tiny(**network)
    for one in (gan, twin):
        # A new average is the generator, wherever it moves from there.
        randomize(one, 0, "ema_generator")
    stage = dataclasses.replace(
        FADE, start=0, learning_rate=rate, n_critic=n_critic
    )
    gan.compile(loss, update, keras.optimizers.SGD(), ema_decay=decay, **told)
    gan.enter_stage(stage)
    gan.clock.assign(seen)
    logs = step(gan, data, labels)

    descent = _Descent(twin, stage, loss, rate, decay, **told)
    d_loss, g_loss = descent.step(update, data, labels, seen)
    np.testing.assert_allclose(logs["d_loss"], d_loss, rtol=1e-4)
    np.testing.assert_allclose(logs["g_loss"], g_loss, rtol=1e-4, atol=1e-4)
    assert_equal(weights(gan), weights(twin), tolerance=2e-5)
    assert gan.images_seen == seen + n_critic * BATCH
    assert gan.alpha == stage.alpha(seen)


class _Descent:
    """Plain gradient descent, written down in the paper's order."""

    def __init__(
        self,
        gan,
        stage,
        loss,
        rate,
        decay,
        class_weight=1.0,
        class_frequencies=None,
    ):
        self.gan, self.stage, self.loss = gan, stage, loss
        self.rate, self.decay = rate, decay
        self.class_weight, self.frequencies = class_weight, class_frequencies
        self.g, self.d, self.average = (
            gan.pair(stage.resolution, family).model(stage.fade_in)
            for family in ("generator", "discriminator", "ema_generator")
        )

    def step(self, update, data, labels, seen):
        """Return D's loss on its last images, and G's."""
        alpha = self.stage.alpha(seen)
        self.gan.set_alpha(alpha)
        y = None
        for first in range(0, len(data), BATCH):
            rows = slice(first, first + BATCH)
            noise = StepNoise(self.gan.config, seen + first, BATCH)
            reals = prepare_reals(tf.constant(data[rows]), alpha)
            if labels is not None:
                classes = self.gan.config.num_classes
                y = tf.constant(np.eye(classes)[labels[rows]], "float32")
            with tf.GradientTape(persistent=True) as tape:
                fakes = self.generate(noise.latents("latents_d"), y)
                d_loss = self.d_loss(reals, fakes, y, noise.mix())
                g_loss = self.g_loss(reals, fakes, y, y)
            d_gradients = self.gradients(tape, d_loss, self.d)
            if update == "simultaneous":
                g_gradients = self.gradients(tape, g_loss, self.g)
                self.descend(self.d, d_gradients)
                self.descend(self.g, g_gradients)
            else:
                self.descend(self.d, d_gradients)
            self.move_average()
        if update == "alternating":
            asked = y if y is None else noise.labels(self.frequencies)
            with tf.GradientTape() as tape:
                fakes = self.generate(noise.latents("latents_g"), asked)
                g_loss = self.g_loss(reals, fakes, y, asked)
            self.descend(self.g, self.gradients(tape, g_loss, self.g))
        return float(d_loss), float(g_loss)

    def generate(self, z, y):
        return self.g(z if y is None else [z, y], training=True)

    def judge(self, x, y):
        """Return scores, and the mean loss of telling the class."""
        if y is None:
            return self.d(x), 0.0
        if self.gan.config.projection:
            return self.d([x, y]), 0.0
        scores, logits = self.d(x)
        told = keras.losses.categorical_crossentropy(y, logits, True)
        return scores, self.class_weight * tf.reduce_mean(told)

    def d_loss(self, reals, fakes, y, mix):
        (real, real_told), (fake, fake_told) = (
            self.judge(x, y) for x in (reals, fakes)
        )
        loss = tf.reduce_mean(self.loss.discriminator_loss(real, fake))
        loss += real_told + fake_told
        if self.loss.penalty_interval:
            penalty = self.loss.penalty(
                lambda x: self.judge(x, y)[0], reals, fakes, mix
            )
            loss += tf.reduce_mean(penalty)
        return loss

    def g_loss(self, reals, fakes, y, asked):
        real, _ = self.judge(reals, y)
        fake, told = self.judge(fakes, asked)
        return tf.reduce_mean(self.loss.generator_loss(fake, real)) + told

    def gradients(self, tape, loss, model):
        return tape.gradient(
            loss, model.trainable_variables, unconnected_gradients="zero"
        )

    def descend(self, model, gradients):
        for v, gradient in zip(
            model.trainable_variables, gradients, strict=True
        ):
            v.assign_sub(self.rate * gradient)

    def move_average(self):
        """Weights slowly; batch normalisation's statistics are copied."""
        averages = {a.path: a for a in self.average.variables}
        for v in self.g.variables:
            a = averages[v.path]
            decay = self.decay if v.trainable else 0.0
            a.assign(v + decay * (a - v))
