"""The relativistic mean is one over all devices' images."""

import numpy as np
import pytest
import tensorflow as tf

from progan_keras import losses

# The halves that two devices get differ much.
REAL = np.array([[4.0], [5.0], [-1.0], [-3.0]])
FAKE = np.array([[0.5], [-2.0], [3.0], [6.0]])


def values_and_gradients(function, *scores):
    """This replica's values, and gradients of its share of the mean."""
    replicas = tf.distribute.get_replica_context().num_replicas_in_sync
    with tf.GradientTape() as tape:
        tape.watch(scores)
        values = function(*scores)
        share = tf.reduce_mean(values) / replicas
    return values, *tape.gradient(share, scores)


def on_both(strategy, function, *scores):
    """Run it with half of the scores on each device; join the results."""

    def half(array):
        return strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(
                np.split(array, 2)[context.replica_id_in_sync_group]
            )
        )

    @tf.function
    def run(*halves):
        return strategy.run(values_and_gradients, args=(function, *halves))

    results = run(*(half(array) for array in scores))
    return [
        np.concatenate(strategy.experimental_local_results(x)) for x in results
    ]


@pytest.mark.parametrize("method", ["discriminator_loss", "generator_loss"])
def test_two_devices_have_the_values_and_gradients_of_one(two_devices, method):
    function = getattr(losses.RelativisticAverage(), method)
    alone = values_and_gradients(function, tf.constant(REAL), tf.constant(FAKE))
    for one, both in zip(
        alone, on_both(two_devices, function, REAL, FAKE), strict=True
    ):
        assert np.abs(both).max() > 0.01
        np.testing.assert_allclose(both, one, rtol=1e-12, atol=1e-15)


def test_on_one_device_it_is_the_mean():
    assert float(losses.global_mean(tf.constant(REAL))) == REAL.mean()


def test_outside_of_the_replicas_it_is_the_mean(two_devices):
    with two_devices.scope():
        assert float(losses.global_mean(tf.constant(REAL))) == REAL.mean()
