"""Which strategy a number of devices gets; no GPU is needed to ask."""

import types

import pytest
import tensorflow as tf

from progan_keras.training.devices import strategy


@pytest.fixture
def gpus(monkeypatch):
    """A function that makes TensorFlow see so many GPUs."""

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
