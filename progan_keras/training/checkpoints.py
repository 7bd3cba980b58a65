"""The checkpoints of a run: when they are written, and which are kept."""

import time

from progan_keras.training import checkpoint
from progan_keras.training.faults import RunFolderLostError
from progan_keras.training.run_folder import write_options


class Checkpoints:
    """Writes checkpoints, and keeps the newest few.

    Args:
        gan: `ProGAN`.
        run: `RunFolder`.
        keep: Integer, how many to keep, at least 1; with two, a damaged one
            is no loss.
        minutes: Float; in long ticks, another one after so many minutes.
    """

    def __init__(self, gan, run, keep=2, minutes=10.0):
        self.gan, self.run, self.keep = gan, run, keep
        self._seconds = 60 * minutes
        self._saved = time.monotonic()

    def save(self, progress):
        """Write the present state.

        Args:
            progress: Dict for JSON, see `Trainer`.

        Raises:
            NonFiniteError: if the state is not worth keeping.
            RunFolderLostError: if the folder is gone; then it is made again
                for this checkpoint.
            RunReplacedError: if another run is in its place.
            OSError: if it cannot be written. The one before is still there.
        """
        lost = None
        try:
            self.run.check_there()
        except RunFolderLostError as error:
            lost = error
            write_options(self.run.path, self.run.options)
        path = self.run.checkpoint_path(self.gan.images_seen)
        checkpoint.save(self.gan, path, progress)
        self._saved = time.monotonic()
        if lost:
            raise RunFolderLostError(
                f"{lost} It was made again, with a checkpoint at "
                f"{self.gan.images_seen / 1000:g} kimg."
            )
        older = [old for old in self.run.checkpoints if old < path]
        for old in older[::-1][self.keep - 1 :]:
            old.unlink(missing_ok=True)

    def save_in_time(self, trainer):
        """Write the state of a `Trainer` if the last one is long ago."""
        if time.monotonic() - self._saved > self._seconds:
            self.save(trainer.progress)
