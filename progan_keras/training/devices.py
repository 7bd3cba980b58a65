"""On how many devices to train."""

import tensorflow as tf

from progan_keras.checks import check_integer


def strategy(devices=None):
    """Return the strategy to build and train a GAN in.

    Args:
        devices: Integer, number of GPUs that share each batch; None for all
            that TensorFlow sees. One device, GPU or CPU, needs no sharing.

    Returns:
        `tf.distribute.Strategy`: the default one for one device, else a
        `MirroredStrategy`.

    Raises:
        ValueError: if there are fewer GPUs.

    Example:
    >>> import progan_keras as pk
    >>> with strategy().scope():
    ...     gan = pk.ProGAN(resolution=32)
    """
    gpus = tf.config.list_logical_devices("GPU")
    if devices is None:
        devices = max(1, len(gpus))
    check_integer(devices, "devices", least=1)
    if devices == 1:
        return tf.distribute.get_strategy()
    if devices > len(gpus):
        count = f"{len(gpus)} GPU{'' if len(gpus) == 1 else 's'}"
        names = ", ".join(gpu.name for gpu in gpus) or "none"
        raise ValueError(
            f"TensorFlow sees {count} here ({names}); take as many at most, "
            "or leave the number out to take what there is. "
            f"Received: devices={devices}"
        )
    return tf.distribute.MirroredStrategy([gpu.name for gpu in gpus[:devices]])
