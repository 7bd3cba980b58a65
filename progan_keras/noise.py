"""Random numbers of a training step, decided by the clock alone.

Every draw is a function of (seed, stream, images seen), so that there is no
random state to save: a run that is resumed draws what it would have drawn.
The draw is made for the global batch and each replica takes its images'
share, so that the numbers do not depend on how many devices there are.
"""

import numpy as np
import tensorflow as tf

# One independent stream of numbers for each use.
_STREAMS = ("latents_d", "latents_g", "mix", "labels_g")


class StepNoise:
    """The random numbers of one step on this replica.

    Replica r of R takes rows r, r + R, r + 2R, ... of the global batch, as
    `ImagePyramid.stream` deals out the real images.

    Args:
        config: `NetworkConfig`, for the seed and the latents' length.
        clock: Integer tensor, images seen before this step.
        batch: Integer (or tensor), images per step on this replica.

    Attributes:
        clock: Int64 tensor, images seen before this step.
        num_replicas: Integer, replicas that step together.
        global_batch: Integer (or tensor), images per step on all of them.
    """

    def __init__(self, config, clock, batch):
        context = tf.distribute.get_replica_context()
        self.num_replicas = context.num_replicas_in_sync
        self.global_batch = batch * self.num_replicas
        self._replica = context.replica_id_in_sync_group
        self._config = config
        self.clock = tf.cast(clock, "int64")

    def latents(self, stream):
        """Draw latents from N(0, 1): float32 `[N, latent_dim]`."""
        shape = (self._config.latent_dim,)
        return self._draw(tf.random.stateless_normal, stream, shape)

    def mix(self):
        """Draw mixing factors from U[0, 1): float32 `[N, 1, 1, 1]`."""
        return self._draw(tf.random.stateless_uniform, "mix", (1, 1, 1))

    def labels(self, frequencies):
        """Draw classes as often as given: one-hot float32 `[N, classes]`.

        Args:
            frequencies: Floats `[classes]` that add up to 1.
        """
        values = self._draw(tf.random.stateless_uniform, "labels_g", ())
        upper = tf.constant(np.cumsum(frequencies)[:-1], "float32")
        indices = tf.searchsorted(upper, values, side="right")
        return tf.one_hot(indices, len(frequencies))

    def _draw(self, distribution, stream, shape):
        first = self._config.seed * len(_STREAMS)
        stream = first + _STREAMS.index(stream)
        values = distribution(
            (self.global_batch, *shape),
            seed=tf.stack([tf.constant(stream, "int64"), self.clock]),
            alg="philox",
        )
        return values[self._replica :: self.num_replicas]
