"""Runs in half precision: sound, resumed bitwise, exported in float32."""

import dataclasses
import json

import keras
import numpy as np
import pytest
from conftest import tiny_gan

import progan_keras as pk
from progan_keras.training import checkpoint
from progan_keras.training.plan import Plan

MIXED = ["mixed_bfloat16", "mixed_float16"]


class StopAt(keras.callbacks.Callback):
    """Stops at a tick, noting how far its fade was."""

    alpha = None

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 3:
            self.model.stop_training, self.alpha = True, logs["alpha"]


@pytest.fixture(scope="module", params=MIXED)
def trained(request, images, recipe, tmp_path_factory):
    """A run of all three stages, the same stopped and resumed, and traces."""
    folder = tmp_path_factory.mktemp(request.param)
    settings = {"recipe": recipe, "tick_kimg": 0.016, "verbose": False}
    traces, original = [], pk.ProGAN.train_step

    def noted(gan, data):
        traces.append(gan.stage)
        return original(gan, data)

    def train(name, callbacks=()):
        gan = tiny_gan(precision=request.param)
        return gan, pk.train(
            gan, images, folder / name, callbacks=callbacks, **settings
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pk.ProGAN, "train_step", noted)
        gan, run = train("undisturbed")
        traced = list(traces)
        stop = StopAt()
        train("stopped", [stop])
        _, resumed = train("stopped")
    assert 0 < stop.alpha < 1
    return request.param, gan, run, resumed, traced


def test_a_run_in_half_precision_stays_finite_and_is_traced_once(trained):
    precision, gan, run, _, traced = trained
    assert gan.images_seen == 96
    assert [str(stage) for stage in traced] == [
        "4x4 stabilise",
        "8x8 fade in",
        "8x8 stabilise",
    ]
    assert run.options["network"]["precision"] == precision
    for record in run.records():
        json.dumps(record, allow_nan=False)


def test_it_resumes_bitwise(trained):
    _, _, run, resumed, _ = trained
    (meta, arrays), (other_meta, others) = (
        checkpoint.read(one.checkpoints[-1]) for one in (run, resumed)
    )
    assert meta["images_seen"] == other_meta["images_seen"]
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, others[name], err_msg=name)


def test_its_weights_are_float32_and_so_is_its_state(trained):
    precision, gan, run, _, _ = trained
    compute = precision.removeprefix("mixed_")
    for family in ("generator", "discriminator"):
        layers = gan.pair(8, family).straight.layers
        kinds = {layer.compute_dtype for layer in layers}
        assert kinds == {"float32", compute}
    _, arrays = checkpoint.read(run.checkpoints[-1])
    whole = {name for name in arrays if arrays[name].dtype.kind != "f"}
    assert all(
        name == "clock" or name.endswith(("/iteration", "/step_counter"))
        for name in whole
    )
    floats = {str(arrays[name].dtype) for name in arrays.keys() - whole}
    assert floats == {"float32"}
    scales = [name for name in arrays if name.endswith("/dynamic_scale")]
    assert len(scales) == (2 if precision == "mixed_float16" else 0)


def test_it_is_loaded_as_trained_and_exported_in_float32(trained, tmp_path):
    precision, gan, run, _, _ = trained
    loaded = pk.ProGAN.from_preset(run.path)
    assert loaded.config.precision == precision
    pictures = gan.generate(6, seed=1)
    np.testing.assert_array_equal(loaded.generate(6, seed=1), pictures)
    assert_float32(loaded.current_generator())

    preset = loaded.save_preset(tmp_path / "preset")
    again = pk.ProGAN.from_preset(preset)
    assert again.config == loaded.config
    np.testing.assert_array_equal(again.generate(6, seed=1), pictures)

    path = loaded.export(tmp_path / "generator.keras", format="keras")
    alone = keras.models.load_model(path)
    assert_float32(alone)
    images = alone.predict(pk.latents.sample(6, 8, seed=1), verbose=0)
    np.testing.assert_allclose(pk.images.to_uint8(images), pictures, atol=1)


def assert_float32(model):
    kinds = {layer.compute_dtype for layer in model.layers}
    assert kinds == {"float32"}


def test_it_goes_on_in_float32_as_a_run_of_its_own(trained, images, recipe):
    precision, gan, run, _, _ = trained
    branch = gan.branch(precision="float32")
    assert branch.config.precision == "float32"
    np.testing.assert_array_equal(
        branch.generate(6, resolution=8), gan.generate(6, resolution=8)
    )
    with pytest.raises(ValueError, match=f"precision was '{precision}', now"):
        pk.train(tiny_gan(), images, run.path, recipe, tick_kimg=0.016)


def test_the_plan_tells_the_precision_where_it_is_not_float32(recipe):
    assert "precision" not in str(Plan(tiny_gan(), None, recipe))
    gan = tiny_gan(precision="mixed_bfloat16")
    assert "precision='mixed_bfloat16'" in str(Plan(gan, None, recipe))


def test_activations_take_half_of_the_memory(recipe):
    def size(precision, batch_size):
        changed = dataclasses.replace(recipe, batch_size=batch_size)
        gan = tiny_gan(precision=precision)
        return Plan(gan, None, changed).estimate.bytes()

    fixed = size("float32", 4)
    full, half = size("float32", 4096), size("mixed_bfloat16", 4096)
    # Less than half is saved: pixel normalisation computes in float32.
    assert 0.5 < (half - fixed) / (full - fixed) < 0.8


def test_float16_is_refused_on_several_devices(recipe):
    even = dataclasses.replace(recipe, batch_size=8)
    gan = tiny_gan(precision="mixed_float16")
    Plan(gan, None, even, replicas=1)
    with pytest.raises(ValueError, match="mixed_bfloat16.*2 devices$"):
        Plan(gan, None, even, replicas=2)
    Plan(tiny_gan(precision="mixed_bfloat16"), None, even, replicas=2)
