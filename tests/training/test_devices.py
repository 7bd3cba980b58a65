"""Which strategy a number of devices gets; no GPU is needed to ask."""

import json
import signal
import types

import pytest
import tensorflow as tf

from progan_keras.training.devices import count_replicas, strategy


@pytest.fixture
def gpus(monkeypatch):
    """A function that makes TensorFlow see so many GPUs."""
    monkeypatch.delenv("TF_CONFIG", raising=False)

    def see(count):
        names = [f"/device:GPU:{number}" for number in range(count)]
        monkeypatch.setattr(
            tf.config,
            "list_logical_devices",
            lambda kind: [types.SimpleNamespace(name=name) for name in names],
        )
        # A real one wants real devices, and there is only one per process.
        monkeypatch.setattr(
            tf.distribute, "MirroredStrategy", lambda devices: devices
        )

    return see


@pytest.mark.parametrize(
    ("seen", "devices"), [(0, None), (0, 1), (1, None), (1, 1), (8, 1)]
)
def test_one_device_needs_no_mirroring(gpus, seen, devices):
    gpus(seen)
    found = strategy(devices)
    assert found is tf.distribute.get_strategy()
    assert found.num_replicas_in_sync == 1


@pytest.mark.parametrize(
    ("seen", "devices", "count"), [(2, None, 2), (4, 2, 2), (8, 8, 8)]
)
def test_several_devices_are_the_first_gpus(gpus, seen, devices, count):
    gpus(seen)
    names = [f"/device:GPU:{number}" for number in range(count)]
    assert strategy(devices) == names


@pytest.mark.parametrize(
    ("seen", "words"), [(0, "sees 0 GPUs.*none"), (1, "sees 1 GPU .*GPU:0")]
)
def test_more_gpus_than_there_are_is_refused_with_what_there_is(
    gpus, seen, words
):
    gpus(seen)
    with pytest.raises(ValueError, match=words + ".*devices=2"):
        strategy(2)


@pytest.mark.parametrize("devices", [0, -1, 1.5, "2", True])
def test_a_number_of_devices_that_is_none_is_refused(gpus, devices):
    gpus(4)
    with pytest.raises(ValueError, match=f"devices={devices!r}"):
        strategy(devices)


@pytest.fixture
def two_workers(monkeypatch):
    """Two machines of four GPUs each; returns what is made visible here."""
    workers = {"cluster": {"worker": ["a:1", "b:2"]}}
    workers["task"] = {"type": "worker", "index": 1}
    monkeypatch.setenv("TF_CONFIG", json.dumps(workers))
    gpus = [types.SimpleNamespace(name=f"GPU:{n}") for n in range(4)]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    visible = []
    monkeypatch.setattr(
        tf.config,
        "set_visible_devices",
        lambda devices, kind: visible.extend(device.name for device in devices),
    )
    # A real one would wait for the other.
    monkeypatch.setattr(
        tf.distribute, "MultiWorkerMirroredStrategy", lambda: "all workers"
    )
    return visible


def test_several_workers_are_joined_with_all_their_gpus(two_workers, caplog):
    caplog.set_level("INFO", "progan_keras")
    assert strategy() == "all workers"
    assert two_workers == []
    assert "worker 1 (b:2) waits for worker 0 (a:1)" in caplog.text


def test_several_workers_take_as_many_gpus_each_as_asked_for(two_workers):
    assert strategy(2) == "all workers"
    assert two_workers == ["GPU:0", "GPU:1"]


def test_more_gpus_than_a_worker_has_are_refused(two_workers):
    with pytest.raises(ValueError, match="sees 4 GPUs.*devices=5"):
        strategy(5)


def test_a_single_worker_is_no_cluster(gpus, monkeypatch):
    gpus(0)
    alone = {"cluster": {"worker": ["a:1"]}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(alone))
    assert strategy() is tf.distribute.get_strategy()


def test_devices_of_all_workers_are_counted_without_joining(two_workers):
    assert count_replicas() == 8
    assert count_replicas(3) == 6


def test_devices_of_one_machine_are_counted(gpus):
    gpus(0)
    assert count_replicas() == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RuntimeError("at startup"), (ValueError, "before any other.*startup")),
        (
            tf.errors.UnknownError(None, None, "no server\nmore"),
            (OSError, "port.*no server.*a:1, b:2"),
        ),
    ],
)
def test_workers_that_cannot_be_joined_are_told_of(
    two_workers, monkeypatch, error, sentence
):
    def fail():
        raise error

    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", fail)
    kind, words = sentence
    with pytest.raises(kind, match=words):
        strategy()


def test_signals_end_the_process_while_it_waits_and_are_given_back(
    two_workers, monkeypatch
):
    def wait():
        # As TensorFlow does, which takes this one for itself.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return signal.getsignal(signal.SIGINT)

    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", wait)
    before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)]
    assert strategy() == signal.SIG_DFL
    after = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)]
    assert after == before
