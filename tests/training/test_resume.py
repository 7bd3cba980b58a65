"""A run that was stopped ends bitwise where an undisturbed one does."""

import collections
import dataclasses
import shutil

import keras
import numpy as np
import pytest
from conftest import tiny_gan

import progan_keras as pk
from progan_keras.training import checkpoint, trainer
from progan_keras.training.console import Console
from progan_keras.training.runs import find_run


def final_state(run):
    meta, arrays = checkpoint.read(run.checkpoints[-1])
    del meta["meter"]["seconds"]  # of the clock on the wall
    return meta, arrays


def assert_same_state(run, other):
    meta, arrays = final_state(run)
    other_meta, other_arrays = final_state(other)
    assert meta == other_meta
    assert arrays.keys() == other_arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, other_arrays[name], err_msg=name)


class StopAt(keras.callbacks.Callback):
    def __init__(self, tick):
        super().__init__()
        self.tick = tick

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch == self.tick


def test_stopped_at_a_tick_in_a_fade_and_resumed_is_bitwise_the_same(
    images, recipe, finished, tmp_path
):
    settings = {"run_dir": tmp_path, "recipe": recipe, "tick_kimg": 0.016}
    settings["verbose"] = False
    gan = tiny_gan()
    stopped = pk.train(gan, images, callbacks=[StopAt(3)], **settings)
    assert gan.stage.fade_in
    assert 0 < gan.stage.alpha(gan.images_seen) < 1
    assert not stopped.final.exists()

    resumed = pk.train(tiny_gan(), images, **settings)

    assert resumed.path == stopped.path
    assert_same_state(resumed, finished)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("network", "changes"),
    [
        ({}, {"loss": "wgan_gp", "update": "alternating", "n_critic": 2}),
        ({"num_classes": 3}, {}),
        (
            {
                "num_classes": 3,
                "architecture": {
                    "conditioning": "projection",
                    "generator_norm": "batch",
                },
            },
            {"update": "alternating", "n_critic": 2, "adam_beta_1": 0.5},
        ),
    ],
    ids=["n_critic", "acgan", "projection, batch norm and n_critic"],
)
def test_other_kinds_of_runs_resume_bitwise_too_and_are_traced_once(
    labelled, recipe, tmp_path, monkeypatch, network, changes
):
    settings = {"recipe": dataclasses.replace(recipe, **changes)}
    settings |= {"tick_kimg": 0.016, "verbose": False}
    traces = []
    original = pk.ProGAN.train_step
    monkeypatch.setattr(
        pk.ProGAN,
        "train_step",
        lambda gan, data: (traces.append(gan.stage), original(gan, data))[1],
    )

    def train(folder, callbacks=()):
        gan, run_dir = tiny_gan(**network), tmp_path / folder
        run = pk.train(gan, labelled, run_dir, callbacks=callbacks, **settings)
        return gan, run

    gan, undisturbed = train("undisturbed")
    assert len(traces) == len(set(traces)) == 3
    stopped, run = train("stopped", [StopAt(3)])
    assert 0 < stopped.stage.alpha(stopped.images_seen) < 1
    _, resumed = train("stopped")
    assert resumed.path == run.path
    assert_same_state(resumed, undisturbed)

    loaded = pk.ProGAN.from_preset(undisturbed.path)
    if network:
        assert loaded.class_names == ("ant", "bee", "cat")
        data = undisturbed.options["data"]
        assert data["class_names"] == ["ant", "bee", "cat"]
    np.testing.assert_array_equal(loaded.generate(6), gan.generate(6))


@pytest.mark.slow
def test_on_two_devices_a_resumed_run_is_bitwise_the_same_and_traced_once(
    images, recipe, two_devices, tmp_path, monkeypatch
):
    paper = dataclasses.replace(
        recipe, loss="wgan_gp", update="alternating", batch_size=8
    )
    settings = {"recipe": paper, "tick_kimg": 0.016, "verbose": False}
    traces = []
    original = pk.ProGAN.train_step
    monkeypatch.setattr(
        pk.ProGAN,
        "train_step",
        lambda gan, data: (traces.append(gan.stage), original(gan, data))[1],
    )

    def train(folder, callbacks=()):
        with two_devices.scope():
            gan = tiny_gan()
        run = tmp_path / folder
        return pk.train(
            gan, images, run_dir=run, callbacks=callbacks, **settings
        )

    undisturbed = train("undisturbed")
    assert collections.Counter(traces) == dict.fromkeys(set(traces), 2)
    assert len(set(traces)) == 3
    train("stopped", [StopAt(3)])
    assert_same_state(train("stopped"), undisturbed)


@pytest.mark.parametrize("images_seen", [6, 44])
def test_interrupted_between_ticks_and_resumed_is_bitwise_the_same(
    images, recipe, finished, tmp_path, monkeypatch, images_seen
):
    settings = {"run_dir": tmp_path, "recipe": recipe, "tick_kimg": 0.016}
    settings["verbose"] = False

    def interrupt(console, seen):
        if seen == images_seen:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Console, "update", interrupt)
        with pytest.raises(KeyboardInterrupt):
            pk.train(tiny_gan(), images, **settings)
    run = pk.train(tiny_gan(), images, **settings)
    assert_same_state(run, finished)


def test_a_run_starts_from_the_checkpoint_and_not_from_the_beginning(
    images, recipe, tmp_path, monkeypatch
):
    settings = {"run_dir": tmp_path, "recipe": recipe, "tick_kimg": 0.016}
    settings["verbose"] = False
    pk.train(tiny_gan(), images, callbacks=[StopAt(5)], **settings)
    steps = []
    original = trainer.Meter.add
    monkeypatch.setattr(
        trainer.Meter,
        "add",
        lambda meter, logs: (steps.append(1), original(meter, logs)),
    )
    pk.train(tiny_gan(), images, **settings)
    assert len(steps) == 4  # from image 80 to 96, by 4


def test_another_seed_ends_elsewhere(images, recipe, finished, tmp_path):
    run = pk.train(
        tiny_gan(seed=1),
        images,
        run_dir=tmp_path,
        recipe=recipe,
        tick_kimg=0.016,
        verbose=False,
    )
    name = "generator/8x8_conv1/kernel"
    state, other = final_state(run)[1][name], final_state(finished)[1][name]
    assert not np.array_equal(state, other)


def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(
    finished, tmp_path, caplog
):
    newest, before = finished.checkpoints[-1], finished.checkpoints[-2]
    data = newest.read_bytes()
    try:
        newest.write_bytes(data[: len(data) // 2])
        meta, _ = finished.newest_checkpoint()
        assert meta == checkpoint.read(before)[0]
        assert "is damaged" in caplog.text
        flipped = bytearray(data)
        flipped[len(data) // 2] ^= 1
        newest.write_bytes(flipped)
        meta, _ = finished.newest_checkpoint()
        assert meta == checkpoint.read(before)[0]
    finally:
        newest.write_bytes(data)
    assert finished.newest_checkpoint()[0]["images_seen"] == 96


def test_a_run_without_a_usable_checkpoint_is_not_started_over(
    finished, tmp_path
):
    shutil.copytree(finished.path, tmp_path / "00000-copy")
    run = find_run(tmp_path)
    for path in run.checkpoints:
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(checkpoint.CheckpointError, match="No checkpoint of"):
        run.newest_checkpoint()


def test_a_checkpoint_of_another_format_is_not_passed_over(
    finished, monkeypatch
):
    monkeypatch.setattr(checkpoint, "FORMAT", 0)
    with pytest.raises(checkpoint.CheckpointError, match="formats up to 0"):
        finished.newest_checkpoint()


def test_an_interrupt_while_resuming_leaves_the_checkpoint_as_it_was(
    images, recipe, tmp_path, monkeypatch
):
    settings = {"run_dir": tmp_path, "recipe": recipe, "tick_kimg": 0.016}
    settings["verbose"] = False
    run = pk.train(tiny_gan(), images, callbacks=[StopAt(3)], **settings)
    before = run.checkpoints[-1].read_bytes()

    def interrupt(gan):
        raise KeyboardInterrupt

    monkeypatch.setattr(trainer, "compile_step", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pk.train(tiny_gan(), images, **settings)
    assert run.checkpoints[-1].read_bytes() == before


def test_a_checkpoint_of_another_network_is_refused(finished):
    _, arrays = final_state(finished)
    other = pk.ProGAN(8, latent_dim=8, fmap_base=64, fmap_max=16)
    with pytest.raises(checkpoint.CheckpointError, match="another network"):
        checkpoint.restore_networks(other, arrays)


def test_a_finished_run_is_not_trained_again(images, recipe, finished, capsys):
    before = final_state(finished)[0]
    run = pk.train(
        tiny_gan(),
        images,
        run_dir=finished.path.parent,
        recipe=recipe,
        tick_kimg=0.016,
    )
    assert run.path == finished.path
    assert final_state(run)[0] == before
    assert "trained before, to 0.096 kimg" in capsys.readouterr().out
