"""About how long a run takes and how much memory it needs."""

import time

import keras
import tensorflow as tf

from progan_keras.networks.cost import (
    count_activations,
    count_multiplications,
    count_parameters,
)

# Measured on CPUs: what a step takes beyond its convolutions, which lose
# time to normalisation and activation, and to the start of every operation.
_OVERHEAD_FACTOR = 1.1
_OVERHEAD_SECONDS = 0.009
_TRACE_SECONDS = 5.0
# Measured there too: a process with TensorFlow, the traced step of a stage per
# update of D, and how often the weights are in memory at once.
_BASE_BYTES = 0.65 * 2**30
_TRACE_BYTES = 15 * 2**20
_WEIGHT_COPIES = 10


class Estimate:
    """What the stages of a plan cost.

    Args:
        gan: `ProGAN`.
        schedule: `Schedule`.
        update: "alternating" or "simultaneous".
        loss: `losses.Loss`.
        replicas: Integer, devices that share a batch.
    """

    def __init__(self, gan, schedule, update, loss, replicas):
        self._gan, self._schedule = gan, schedule
        self._update, self._loss, self._replicas = update, loss, replicas

    def seconds(self):
        """Return about how long each stage takes, in seconds.

        Multiplications are counted, and this machine's speed at them is
        measured for a moment; more devices are taken to be as fast each.
        """
        policy = keras.DTypePolicy(self._gan.config.precision)
        speed = _multiplications_per_second(policy.compute_dtype)
        speed *= self._replicas
        return [self._stage_seconds(s, speed) for s in self._schedule]

    def _stage_seconds(self, stage, speed):
        multiplications = stage.batch_size * sum(
            count * count_multiplications(self.model(stage, family))
            for family, count in self._passes(stage.n_critic).items()
        )
        seconds = _OVERHEAD_FACTOR * multiplications / speed
        seconds += _OVERHEAD_SECONDS * stage.n_critic
        return _TRACE_SECONDS + stage.steps_from(stage.start) * seconds

    def _passes(self, n_critic):
        """How often a step goes through G and D, in forward passes of a batch.

        A backward pass counts as two.
        """
        critic = 6.0  # D's loss on reals and fakes
        if self._loss.penalty_interval:
            # Once forward, back to the images, and back through all of that.
            critic += 6.0 / self._loss.penalty_interval
        if self._update == "simultaneous":
            # Back to the fakes, for G, unless D's own way back serves.
            more = 0.0 if self._loss.zero_sum else 1.0
            return {"generator": 3.0, "discriminator": critic + more}
        return {
            "generator": n_critic + 3.0,
            "discriminator": n_critic * critic + 2.0,
        }

    def bytes(self):
        """Return about the most memory that one device needs, in bytes.

        Of the weights there are four copies of G (itself, its average, two
        moments of Adam) and three of D, and for the time of a step those
        scaled for use, and gradients.
        """
        weights = _WEIGHT_COPIES * sum(
            self.parameters(self._schedule.stages[-1])
        )
        activations = max(map(self._activations, self._schedule))
        traces = _TRACE_BYTES * sum(s.n_critic for s in self._schedule)
        return int(_BASE_BYTES + traces + 4 * (weights + activations))

    def _activations(self, stage):
        """Numbers that a device holds at once between forward and backward."""
        g, d = (
            stage.batch_size
            // self._replicas
            * count_activations(self.model(stage, family))
            for family in ("generator", "discriminator")
        )
        critic = 2 * d  # of reals and of fakes
        if self._loss.penalty_interval:
            critic += 2 * d  # of the mixture, and of the gradient there
        if self._update == "simultaneous":
            return critic + g
        # Images for further updates of D are made while the first goes on.
        return max(critic + (stage.n_critic - 1) * g // 2, g + d)

    def parameters(self, stage):
        """Return the trainable parameters of G and D in a stage."""
        return tuple(
            count_parameters(self.model(stage, family))
            for family in ("generator", "discriminator")
        )

    def model(self, stage, family):
        """Return the model of a family that a stage trains."""
        return self._gan.pair(stage.resolution, family).model(stage.fade_in)


def _multiplications_per_second(dtype):
    """Measure this device's convolutions for a quarter of a second."""
    images = tf.ones((16, 16, 16, 64), dtype)
    kernel = tf.ones((3, 3, 64, 64), dtype)
    tf.nn.conv2d(images, kernel, 1, "SAME")
    count, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < 0.25:
        tf.nn.conv2d(images, kernel, 1, "SAME").numpy()
        count += 1
    return count * 16 * 16 * 16 * 9 * 64 * 64 / elapsed
