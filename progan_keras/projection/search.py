"""The search itself: many latents walk downhill at once."""

import keras
import tensorflow as tf

from progan_keras.fused_adam import FusedAdam
from progan_keras.projection.distance import pyramid_distance

# Found by trying, with pictures of the generator's own. A short memory of how
# large gradients are (beta_2) suits a search in which they become ever smaller.
# Noise on the latents did not help.
_LEARNING_RATE, _BETA_2 = 0.3, 0.9
# Of the steps, in which the learning rate rises; then it falls to zero.
_WARM_UP = 0.05
# Of what a feature network sees, beside pixels.
_PERCEPTUAL = 0.1


class Search:
    """Latents on their way to targets, one row for each attempt.

    One step of Adam for all of them is one compiled function, which is traced
    once, however many targets come one after the other.

    Args:
        generator: Keras model from latents, or latents and labels, to images.
        rows: Integer, attempts at a time.
        latent_dim: Integer.
        steps: Integer, of a whole search.
        perceptual: `PerceptualDistance` to add to that of pixels, or None.
    """

    def __init__(self, generator, rows, latent_dim, steps, perceptual):
        self._generator = generator
        self._perceptual = perceptual
        self._latents = keras.Variable(
            tf.zeros((rows, latent_dim)), name="latents"
        )
        self._optimizer = FusedAdam(beta_2=_BETA_2)
        self._optimizer.build([self._latents])
        warm_up = max(1, round(_WARM_UP * steps))
        self._learning_rate = keras.optimizers.schedules.CosineDecay(
            0.0,
            decay_steps=max(1, steps - warm_up),
            warmup_target=_LEARNING_RATE,
            warmup_steps=warm_up,
        )
        self._step = tf.function(self._take_step)

    @property
    def latents(self):
        """Where they are now, float32 array `[rows, latent_dim]`."""
        return self._latents.numpy()

    def start(self, latents, labels, targets):
        """Begin anew.

        Args:
            latents: Float32 array `[rows, latent_dim]`, where from.
            labels: Float32 array `[rows, classes]`, or None.
            targets: Float32 array `[rows, R, R, C]` in [-1, 1].
        """
        for variable in self._optimizer.variables:
            variable.assign(tf.zeros_like(variable.value))
        self._latents.assign(latents)
        self._labels = None if labels is None else tf.constant(labels)
        self._targets = tf.constant(targets)
        self._features = None
        if self._perceptual is not None:
            self._features = self._perceptual.features(self._targets)

    def step(self):
        """Take a step; return the distances before it, a tensor `[rows]`."""
        return self._step(self._labels, self._targets, self._features)

    def distances(self):
        """Return the distances where they are now, an array `[rows]`."""
        images = self._generate(self._latents.value, self._labels)
        return self._distances(images, self._targets, self._features).numpy()

    def _distances(self, images, targets, features):
        distances = pyramid_distance(images, targets)
        if features is not None:
            distances += _PERCEPTUAL * self._perceptual(images, features)
        return distances

    def _take_step(self, labels, targets, features):
        here = tf.identity(self._latents.value)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(here)
            images = self._generate(here, labels)
            distances = self._distances(images, targets, features)
        # Rows are independent: the gradient of the sum is that of each.
        gradient = tape.gradient(distances, here)
        rate = self._learning_rate(self._optimizer.iterations.value + 1)
        # Not `apply`, which makes TensorFlow keep this graph for ever.
        self._optimizer.update_step(gradient, self._latents.value, rate)
        self._optimizer.iterations.assign_add(1)
        # Back to the sphere that latents come from.
        moved = self._latents.value
        size = tf.reduce_mean(tf.square(moved), axis=1, keepdims=True)
        self._latents.assign(moved * tf.math.rsqrt(size))
        return distances

    def _generate(self, latents, labels):
        return self._generator(latents if labels is None else [latents, labels])
