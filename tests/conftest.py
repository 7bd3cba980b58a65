"""Settings for all tests: two logical CPU devices and a cache of their own."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest
import tensorflow as tf

# Before any other TensorFlow operation: a mirrored strategy in one process.
_CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    _CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path_factory, monkeypatch):
    """Keep tests away from the user's cache of prepared images."""
    folder = tmp_path_factory.getbasetemp() / "cache"
    monkeypatch.setenv("PROGAN_KERAS_CACHE", str(folder))


@pytest.fixture(scope="session")
def two_devices():
    """A mirrored strategy over both devices, one for all tests.

    A second one in a process would count its collective operations from the
    start again, and mix them up with those of the first.
    """
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
