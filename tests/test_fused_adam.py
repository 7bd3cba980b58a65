"""Adam by one operation does what Keras' Adam does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from progan_keras.fused_adam import FusedAdam


def compiled(optimizer, variables):
    return tf.function(lambda gradients: optimizer.apply(gradients, variables))


@pytest.mark.parametrize(
    "settings",
    [
        {"beta_1": 0.0, "beta_2": 0.99, "epsilon": 1e-8},
        {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-3},
        {"weight_decay": 0.1, "clipnorm": 0.5},
        {"amsgrad": True},
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_and_moments_are_those_of_keras(settings, dtype):
    results = []
    for kind in (FusedAdam, keras.optimizers.Adam):
        numbers = np.random.default_rng(0)
        variables = [
            keras.Variable(numbers.normal(size=shape), dtype=dtype)
            for shape in ((3, 3, 4, 5), (7,), ())
        ]
        optimizer = kind(0.01, **settings)
        optimizer.build(variables)
        apply = compiled(optimizer, variables)
        for scale in (1.0, 1e-4, 100.0):
            gradients = [
                tf.constant(scale * numbers.normal(size=v.shape), dtype)
                for v in variables
            ]
            apply(gradients)
        assert int(optimizer.iterations.numpy()) == 3
        values = [v.numpy() for v in [*variables, *optimizer.variables]]
        results.append(values)
    for ours, theirs in zip(*results, strict=True):
        # A power of beta_2 rounded to float32 is that far from the other.
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_it_is_restored_from_its_configuration():
    optimizer = FusedAdam(0.25, beta_1=0.5, name="mine")
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(again) is FusedAdam
    assert again.get_config() == optimizer.get_config()
