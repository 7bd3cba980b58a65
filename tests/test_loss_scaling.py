"""Steps in half precision: scaled, and left out where they overflow."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from gan_checks import (
    AT_4,
    BATCH,
    FADE,
    changed,
    images,
    tiny,
    tiny_in,
    weights,
)

from progan_keras.finite import not_finite
from progan_keras.fused_adam import FusedAdam
from progan_keras.loss_scaling import SMALLEST_SCALE
from progan_keras.losses import NonSaturating


class Steep(NonSaturating):
    """G's loss is finite, its gradients are not what float16 can hold."""

    def generator_loss(self, fake_scores, real_scores=None):
        return 1e9 * super().generator_loss(fake_scores)


def in_float16(stage, **compile_settings):
    return tiny_in(stage, compile_settings, precision="mixed_float16")


def scale(gan, family):
    return gan.optimizers[family].dynamic_scale


def step(gan, resolution):
    """A compiled step."""
    logs = tf.function(gan.train_step)(tf.constant(images(BATCH, resolution)))
    return {name: float(value) for name, value in logs.items()}


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_an_overflow_leaves_out_the_step_of_its_network_alone(update):
    gan = in_float16(FADE, update=update)
    scale(gan, "discriminator").assign(2.0**100)
    before = weights(gan)
    logs = step(gan, 8)
    assert np.isfinite(list(logs.values())).all()
    moved = changed(before, weights(gan))
    assert {name.split("/")[0] for name in moved} == {
        "generator",
        # The average moves towards G as it was before its step, or after.
        *(["ema_generator"] if update == "simultaneous" else []),
    }
    assert float(scale(gan, "discriminator").numpy()) == 2.0**99
    assert float(scale(gan, "generator").numpy()) == 2.0**15
    counts = [int(o.iterations.numpy()) for o in gan.optimizers.values()]
    assert counts == [1, 0]
    assert gan.images_seen == BATCH


def test_the_gradients_that_are_applied_do_not_depend_on_the_scale():
    results = []
    for exponent in (0, 10):
        gan = in_float16(AT_4, optimizer=keras.optimizers.SGD())
        for family in gan.optimizers:
            scale(gan, family).assign(2.0**exponent)
        before = weights(gan, "generator", "discriminator")
        step(gan, 4)
        after = weights(gan, "generator", "discriminator")
        results.append({name: after[name] - before[name] for name in after})
    for name, value in results[0].items():
        np.testing.assert_allclose(
            value, results[1][name], rtol=0.02, atol=1e-6, err_msg=name
        )


def test_an_overflow_at_the_smallest_scale_is_a_failure():
    gan = in_float16(AT_4, loss=Steep())
    before = weights(gan, "generator")
    scale(gan, "generator").assign(2 * SMALLEST_SCALE)
    step(gan, 4)
    assert float(scale(gan, "generator").numpy()) == SMALLEST_SCALE
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        step(gan, 4)
    assert not_finite(error.value.message).startswith(
        "the gradient of generator/"
    )
    assert not changed(before, weights(gan, "generator"))


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_other_precisions_are_trained_without_scales(precision):
    gan = tiny_in(AT_4, precision=precision)
    kinds = {type(optimizer) for optimizer in gan.optimizers.values()}
    assert kinds == {FusedAdam}


def test_a_fixed_scale_of_the_optimizer_cancels_out():
    results = []
    for factor in (None, 1024.0):
        optimizer = keras.optimizers.SGD(loss_scale_factor=factor)
        gan = tiny_in(AT_4, {"optimizer": optimizer})
        step(gan, 4)
        results.append(weights(gan))
    for name, value in results[0].items():
        np.testing.assert_allclose(value, results[1][name], atol=1e-6)


def moves(gan, seen=BATCH):
    """What a step of gradient descent adds to the weights, as one vector."""
    gan.clock.assign(seen)
    before = weights(gan, "generator", "discriminator")
    logs = step(gan, 8)
    after = weights(gan, "generator", "discriminator")
    vectors = {
        family: np.concatenate(
            [
                (after[name] - before[name]).ravel()
                for name in after
                if name.startswith(family)
            ]
        )
        for family in ("generator", "discriminator")
    }
    return logs, vectors


@pytest.mark.parametrize("loss", ["wgan_gp", "non_saturating"])
def test_half_precision_takes_nearly_the_same_step(loss):
    """Through both penalties, hence gradients of gradients, and a fade."""
    fade = dataclasses.replace(FADE, start=0, learning_rate=1.0)
    results = {}
    for precision in ("float32", "mixed_bfloat16", "mixed_float16"):
        settings = {"loss": loss, "update": "simultaneous"}
        settings["optimizer"] = keras.optimizers.SGD()
        results[precision] = moves(tiny_in(fade, settings, precision=precision))
    logs, vectors = results["float32"]
    # With 8 bits for a number, single activations change their sign.
    for precision, tolerance, rel in (
        ("mixed_bfloat16", 0.3, 0.02),
        ("mixed_float16", 0.01, 0.01),
    ):
        near_logs, near = results[precision]
        for name in logs:
            assert near_logs[name] == pytest.approx(
                logs[name], rel=rel, abs=0.01
            )
        for family, vector in vectors.items():
            away = np.linalg.norm(near[family] - vector)
            assert 0 < away < tolerance * np.linalg.norm(vector)


def test_bfloat16_is_trained_on_several_devices_too(two_devices):
    stage = dataclasses.replace(AT_4, learning_rate=1.0)
    settings = {"optimizer": keras.optimizers.SGD()}
    moved = []
    for strategy in (tf.distribute.get_strategy(), two_devices):
        with strategy.scope():
            gan = tiny_in(stage, settings, precision="mixed_bfloat16")
            before = weights(gan, "generator", "discriminator")
            pixels = images(BATCH, 4)
            if strategy is two_devices:  # each takes every second one
                pixels = np.concatenate([pixels[::2], pixels[1::2]])
            batches = tf.data.Dataset.from_tensors(pixels)
            gan.fit(batches, shuffle=False, verbose=0)
        after = weights(gan, "generator", "discriminator")
        moved.append(
            np.concatenate([(after[n] - before[n]).ravel() for n in after])
        )
    alone, together = moved
    away = np.linalg.norm(alone - together) / np.linalg.norm(alone)
    assert away < 0.1


def test_several_devices_are_refused(two_devices):
    with two_devices.scope():
        gan = tiny(precision="mixed_float16")
        gan.compile()
        with pytest.raises(ValueError, match="mixed_bfloat16.*2 devices$"):
            gan.enter_stage(AT_4)
