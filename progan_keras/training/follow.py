"""A worker that follows the chief: the same steps, and nothing written."""

import keras

from progan_keras.training.console import Console
from progan_keras.training.trainer import Trainer


class _Nowhere:
    """Stands for the run folder and the checkpoints, which the chief has."""

    newest_checkpoint = None  # read by the chief

    def check_there(self):
        """Have nothing to look for."""

    def rewind(self, images_seen):
        """Have no records to forget."""

    def save(self, progress):
        """Write nothing."""

    def save_in_time(self, trainer):
        """Write nothing."""


def follow(plan, stop, workers):
    """Return the `Trainer` of a worker that is not the chief.

    Args:
        plan: `Plan`, its GAN compiled.
        stop: `StopRequest`.
        workers: `Workers`.
    """
    return Trainer(
        plan,
        run=_Nowhere(),
        callbacks=keras.callbacks.CallbackList([], model=plan.gan),
        checkpoints=_Nowhere(),
        console=Console(plan.schedule.total_images, verbose=False),
        stop=stop,
        workers=workers,
    )
