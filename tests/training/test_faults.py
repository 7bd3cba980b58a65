"""What goes wrong in mid-training ends in a sentence, and loses nothing."""

import dataclasses
import errno
import json
import os
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

import progan_keras as pk
from progan_keras import updates
from progan_keras.training import checkpoint, faults, trainer
from progan_keras.training.console import Console


@pytest.fixture
def settings(recipe, tmp_path):
    """64 images of 4x4, 4 a step, 16 a tick."""
    recipe = dataclasses.replace(recipe, batch_size=4, total_images=64)
    return {
        "run_dir": tmp_path / "runs",
        "recipe": recipe,
        "tick_kimg": 0.016,
        "verbose": False,
    }


def gan_4x4():
    return pk.ProGAN(4, latent_dim=8, fmap_base=32, fmap_max=8)


def only_run(settings):
    (path,) = settings["run_dir"].iterdir()
    return pk.training.RunFolder(path)


def whenever(monkeypatch, images_seen, action):
    """Do something when the clock, between two steps, stands there."""
    monkeypatch.setattr(
        Console,
        "update",
        lambda console, seen: action() if seen == images_seen else None,
    )


def spoil_data(monkeypatch, gan):
    original = pk.ProGAN._batches

    def batches(self, data, alpha):
        (batch,) = original(self, data, alpha)
        bad = tf.where(batch.noise.clock >= 40, np.float32("nan"), 0.0)
        return [dataclasses.replace(batch, reals=batch.reals + bad)]

    monkeypatch.setattr(pk.ProGAN, "_batches", batches)


def spoil_loss(monkeypatch, gan):
    original = updates._judge

    def judge(active, objective, batch, fakes):
        scores, loss = original(active, objective, batch, fakes)
        bad = tf.where(batch.noise.clock >= 40, np.float32("inf"), 1.0)
        return scores, loss * bad

    monkeypatch.setattr(updates, "_judge", judge)


def spoil_weight(monkeypatch, gan):
    kernel = gan.generators[0].straight.trainable_variables[0]

    def spoil():
        values = kernel.numpy()
        values.flat[3] = np.nan
        kernel.assign(values)

    whenever(monkeypatch, 40, spoil)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_data, "the batch of real images is NaN"),
        (spoil_loss, "the loss of D is NaN or infinite"),
        (spoil_weight, "the weight generator/4x4_"),
    ],
)
def test_what_is_not_finite_ends_the_step_and_is_not_saved(
    spoil, words, images, settings, monkeypatch
):
    gan = gan_4x4()
    spoil(monkeypatch, gan)
    with pytest.raises(faults.NonFiniteError, match=words) as caught:
        pk.train(gan, images, **settings)
    assert "after 0.04 kimg, in stage 4x4 stabilise" in str(caught.value)
    for variable in gan.discriminators[0].straight.trainable_variables:
        assert np.isfinite(variable.numpy()).all()
    meta, arrays = only_run(settings).newest_checkpoint()
    assert meta["images_seen"] == 32
    assert all(np.isfinite(array).all() for array in arrays.values())


def test_a_state_that_is_not_finite_is_not_saved(images, settings, monkeypatch):
    """The average of G takes part in no step, so no step notices."""
    gan = gan_4x4()
    bias = gan.ema_generators[0].straight.variables[-1]
    whenever(monkeypatch, 40, lambda: bias.assign(bias.value * np.nan))
    with pytest.raises(faults.NonFiniteError, match="ema_generator/4x4_"):
        pk.train(gan, images, **settings)
    assert only_run(settings).newest_checkpoint()[0]["images_seen"] == 32


def test_a_run_rolls_back_with_half_the_learning_rate_as_often_as_told(
    images, settings, monkeypatch, capsys
):
    gan = gan_4x4()
    kernel = gan.generators[0].straight.trainable_variables[0]
    rates = []

    def spoil_twice():
        rate = gan.optimizers["generator"].learning_rate
        rates.append(float(rate))
        if len(rates) <= 2:
            kernel.assign(kernel.value * np.nan)

    whenever(monkeypatch, 40, spoil_twice)
    settings["verbose"] = True
    run = pk.train(gan, images, roll_backs=2, **settings)
    np.testing.assert_allclose(rates, [0.002, 0.001, 0.0005], rtol=1e-6)
    assert run.newest_checkpoint()[0]["rollbacks"] == 2
    assert [r["kimg"] for r in run.records()] == [0.016, 0.032, 0.048, 0.064]
    assert "(2 of 2 times)" in capsys.readouterr().out


def test_what_diverges_more_often_than_told_ends(images, settings, monkeypatch):
    spoil_loss(monkeypatch, None)
    with pytest.raises(faults.NonFiniteError, match="--roll-backs 4"):
        pk.train(gan_4x4(), images, roll_backs=1, **settings)
    assert only_run(settings).newest_checkpoint()[0]["images_seen"] == 32


def test_too_little_memory_names_batch_and_resolution_and_proposes_one(
    images, settings, monkeypatch
):
    def compile_step(gan):
        def step(batches):
            raise tf.errors.ResourceExhaustedError(None, None, "OOM")

        return step

    monkeypatch.setattr(trainer, "compile_step", compile_step)
    with pytest.raises(faults.DeviceMemoryError) as caught:
        pk.train(gan_4x4(), images, **settings)
    assert "a batch of 4 images at 4x4" in str(caught.value)
    assert "--batch-size 2, which is another run" in str(caught.value)


class RemoveFolder(keras.callbacks.Callback):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            shutil.rmtree(self.settings["run_dir"])


def test_a_run_folder_that_disappears_is_saved_once_more(
    images, settings, finished_4x4
):
    remove = RemoveFolder(settings)
    with pytest.raises(faults.RunFolderLostError, match="disappeared"):
        pk.train(gan_4x4(), images, callbacks=[remove], **settings)
    assert only_run(settings).newest_checkpoint()[0]["images_seen"] == 32
    run = pk.train(gan_4x4(), images, **settings)
    assert_same_weights(run, finished_4x4)


@pytest.fixture(scope="module")
def finished_4x4(images, recipe, tmp_path_factory):
    recipe = dataclasses.replace(recipe, batch_size=4, total_images=64)
    return pk.train(
        gan_4x4(),
        images,
        run_dir=tmp_path_factory.mktemp("undisturbed"),
        recipe=recipe,
        tick_kimg=0.016,
        verbose=False,
    )


def assert_same_weights(run, other):
    _, arrays = checkpoint.read(run.checkpoints[-1])
    _, expected = checkpoint.read(other.checkpoints[-1])
    assert arrays.keys() == expected.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


@pytest.mark.parametrize("number", [1, 4, 9])
def test_a_full_disk_ends_in_a_sentence_and_the_run_goes_on_later(
    images, settings, finished_4x4, monkeypatch, number
):
    """The system call that makes a file durable fails from some moment on."""
    calls, fsync = [], os.fsync

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) > number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left on device"):
            pk.train(gan_4x4(), images, **settings)
    run = pk.train(gan_4x4(), images, **settings)
    assert_same_weights(run, finished_4x4)
    assert run.records()[-1]["kimg"] == 0.064


class Fail(keras.callbacks.Callback):
    """Fails in the second tick, behind all the work of the tick."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            raise RuntimeError("a mistake of somebody's callback")


def test_a_tick_that_was_broken_off_is_done_again_and_recorded_once(
    images, settings, finished_4x4
):
    with pytest.raises(RuntimeError, match="mistake"):
        pk.train(gan_4x4(), images, callbacks=[Fail()], **settings)
    run = only_run(settings)
    assert run.newest_checkpoint()[0]["images_seen"] == 32
    assert [record["tick"] for record in run.records()] == [1, 2]

    pk.train(gan_4x4(), images, **settings)

    assert_same_weights(run, finished_4x4)
    for record, other in zip(
        run.records(), finished_4x4.records(), strict=True
    ):
        for name in ("s_per_kimg", "minutes", "memory_gib"):
            del record[name], other[name]
        assert record == other
    rows, others = (
        [row.split(",")[:2] for row in found.table.read_text().splitlines()]
        for found in (run, finished_4x4)
    )
    assert rows == others
    assert list(run.fakes()) == list(finished_4x4.fakes())


def test_another_number_of_devices_or_version_is_said(
    images, settings, finished_4x4, tmp_path, capsys
):
    copied = tmp_path / "runs" / finished_4x4.path.name
    shutil.copytree(finished_4x4.path, copied)
    options = json.loads((copied / "options.json").read_text())
    options |= {"devices": 8, "keras": "3.12.0"}
    (copied / "options.json").write_text(json.dumps(options))
    pk.train(gan_4x4(), images, **{**settings, "verbose": True})
    said = capsys.readouterr().out
    assert "begun with devices 8, now 1: the result will not" in said
    assert "begun with keras 3.12.0, now" in said


@pytest.mark.parametrize(
    "wrong",
    [
        {"keep_checkpoints": 0},
        {"checkpoint_minutes": 0},
        {"checkpoint_minutes": float("nan")},
        {"roll_backs": -1},
        {"roll_backs": True},
    ],
)
def test_numbers_out_of_range_are_refused(images, settings, wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"Received: {name}="):
        pk.train(gan_4x4(), images, **wrong, **settings)
    assert not settings["run_dir"].exists()


def test_long_ticks_have_checkpoints_in_between(
    images, settings, finished_4x4, monkeypatch
):
    class Killed(BaseException):
        pass

    def kill():
        raise Killed

    whenever(monkeypatch, 28, kill)
    monkeypatch.setattr(trainer.Trainer, "rescue", lambda *_: False)
    settings["checkpoint_minutes"] = 1e-9
    with pytest.raises(Killed):
        pk.train(gan_4x4(), images, **settings)
    meta, _ = only_run(settings).newest_checkpoint()
    assert (meta["images_seen"], meta["tick"]) == (24, 16)
    assert meta["meter"]["steps"] == 2
    monkeypatch.undo()
    run = pk.train(gan_4x4(), images, **settings)
    assert_same_weights(run, finished_4x4)
    losses = [record["d_loss"] for record in run.records()]
    expected = [record["d_loss"] for record in finished_4x4.records()]
    assert losses == expected
