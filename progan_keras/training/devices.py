"""On which devices to train: of this machine, or of several."""

import contextlib
import logging
import signal
import threading

import tensorflow as tf

from progan_keras.checks import check_integer
from progan_keras.training.cluster import read_tf_config

_LOG = logging.getLogger("progan_keras")


def strategy(devices=None):
    """Return the strategy to build and train a GAN in.

    Where the environment variable TF_CONFIG names several workers, as
    SLURM, Kubernetes or a shell script sets it, they train together. Call
    this before any other TensorFlow operation then; it waits for all of them.

    Args:
        devices: Integer, number of GPUs that share each batch, of each
            machine where there are several; None for all that TensorFlow
            sees. One device, GPU or CPU, needs no sharing.

    Returns:
        `tf.distribute.Strategy`: a `MultiWorkerMirroredStrategy` for several
        workers, else the default one for one device and a `MirroredStrategy`
        for more.

    Raises:
        ValueError: if there are fewer GPUs, if TF_CONFIG is not understood,
            or if TensorFlow was used before.
        OSError: if the workers cannot reach each other.

    Example:
    >>> import progan_keras as pk
    >>> with strategy().scope():
    ...     gan = pk.ProGAN(resolution=32)
    """
    if devices is not None:
        check_integer(devices, "devices", least=1)
    cluster = read_tf_config()
    if cluster:
        return _join(cluster, devices)
    gpus = tf.config.list_logical_devices("GPU")
    if devices is None:
        devices = max(1, len(gpus))
    if devices == 1:
        return tf.distribute.get_strategy()
    _check_there(devices, gpus)
    return tf.distribute.MirroredStrategy([gpu.name for gpu in gpus[:devices]])


def count_replicas(devices=None):
    """Return how many devices would share each batch, joining nobody.

    Args:
        devices: As for `strategy`.

    Raises:
        ValueError: as for `strategy`.
    """
    cluster = read_tf_config()
    if cluster is None:
        return strategy(devices).num_replicas_in_sync
    if devices is None:
        devices = max(1, len(tf.config.list_physical_devices("GPU")))
    return len(cluster.names) * check_integer(devices, "devices", least=1)


def _join(cluster, devices):
    """Return the strategy of all workers, when all of them are there."""
    gpus = tf.config.list_physical_devices("GPU")
    try:
        if devices is not None and max(devices, len(gpus)) > 1:
            _check_there(devices, gpus)
            tf.config.set_visible_devices(gpus[:devices], "GPU")
        _LOG.info(
            "%s waits for %s", cluster.describe(cluster.own), cluster.others
        )
        with _signals_end_the_process():
            return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:  # TensorFlow has been used already
        raise ValueError(
            "Several workers (TF_CONFIG) must be joined before any other "
            "TensorFlow operation: call training.devices.strategy() first. "
            f"Received: {error}"
        ) from error
    except tf.errors.OpError as error:
        first = str(error.message).strip().splitlines()[0]
        raise ConnectionError(
            "The workers of TF_CONFIG did not find each other, or the port of "
            f"this one is in use ({first}). Start the same command on all of "
            f"them. Received: {', '.join(cluster.addresses)}"
        ) from error


@contextlib.contextmanager
def _signals_end_the_process():
    """Keep signals from being lost while TensorFlow waits, and afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Python would be told of Ctrl-C only when TensorFlow returns.
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    # TensorFlow takes SIGTERM, to tell those who ask it: nobody here does.
    before[signal.SIGTERM] = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        for signum, handler in before.items():
            if handler is not None:  # set by Python
                signal.signal(signum, handler)


def _check_there(devices, gpus):
    if devices > len(gpus):
        count = f"{len(gpus)} GPU{'' if len(gpus) == 1 else 's'}"
        names = ", ".join(gpu.name for gpu in gpus) or "none"
        raise ValueError(
            f"TensorFlow sees {count} here ({names}); take as many at most, "
            "or leave the number out to take what there is. "
            f"Received: devices={devices}"
        )
