"""TensorFlow's errors in the middle of a training, as sentences."""

import contextlib

import numpy as np
import tensorflow as tf

from progan_keras import transfer
from progan_keras.finite import not_finite
from progan_keras.training.faults import DeviceMemoryError, NonFiniteError


@contextlib.contextmanager
def explained(trainer):
    """Raise errors of training steps in this block as what they mean.

    Args:
        trainer: `Trainer`, whose GAN is in a stage.

    Raises:
        NonFiniteError: for a quantity that is not finite.
        DeviceMemoryError: if the device's memory is used up.
    """
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        name = not_finite(error.message)
        if name is None:
            raise
        raise NonFiniteError(_what_is_not_finite(trainer, name)) from error
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        raise DeviceMemoryError(_what_is_too_large(trainer.gan)) from error


def _what_is_not_finite(trainer, name):
    """The first bad quantity: a weight that spoils all others, or a result."""
    gan, stage = trainer.gan, trainer.gan.stage
    return (
        f"{_bad_weight(gan) or name} is NaN or infinite after "
        f"{trainer.seen / 1000:g} kimg, in stage {stage} (batch size "
        f"{stage.batch_size}, learning rate {stage.learning_rate:g}): the "
        "training diverged."
    )


def _bad_weight(gan):
    for family, pairs in gan.families.items():
        for path, variable in transfer.weights(pairs).items():
            if not np.isfinite(variable.numpy()).all():
                return f"the weight {family}/{path}"
    return None


def _what_is_too_large(gan):
    stage, replicas = gan.stage, gan.distribute_strategy.num_replicas_in_sync
    smaller = stage.batch_size // 2 // replicas * replicas
    if smaller:
        advice = (
            f"Take a smaller batch, such as --batch-size {smaller}, which "
            "is another run; --from RUN starts it with these weights"
        )
    else:
        advice = "Take smaller networks (--fmap-max) or a lower resolution"
    side = stage.resolution
    return (
        f"The device has too little memory for a batch of {stage.batch_size} "
        f"images at {side}x{side} ({stage}). {advice}; `progan train --dry-run`"
        " tells about how much a run needs."
    )
