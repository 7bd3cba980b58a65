"""Goes through the stages of a run: step by step, tick by tick."""

import contextlib
import dataclasses
import math
import signal

from progan_keras.training import checkpoint
from progan_keras.training.explain import explained
from progan_keras.training.faults import NonFiniteError, RunReplacedError
from progan_keras.training.meter import Meter
from progan_keras.training.step import batches_from, compile_step


class Trainer:
    """Trains from where a run stands to the end of its plan.

    A tick is over when its checkpoint is written, which comes last: whatever
    stops a run before that, the next one does the rest of the tick again,
    and forgets what was recorded of it.

    Args:
        plan: `Plan`, its GAN compiled.
        run: `RunFolder`.
        callbacks: `keras.callbacks.CallbackList`; a tick is their epoch.
        checkpoints: `Checkpoints`.
        console: `Console`.
        stop: `StopRequest`.
        workers: `Workers`; on those that follow the chief, nothing is done by
            callbacks, run and checkpoints.

    Attributes:
        seen: Integer, images shown in whole steps.
        rollbacks: Integer, how often the run went back to a checkpoint.
    """

    def __init__(
        self, plan, run, callbacks, checkpoints, console, stop, workers
    ):
        self.plan, self.run, self.callbacks = plan, run, callbacks
        self.checkpoints, self.console, self.stop = checkpoints, console, stop
        self.workers = workers
        self.gan, self.total = plan.gan, plan.schedule.total_images
        self.seen = self.rollbacks = 0
        self._sound = False

    @property
    def stages(self):
        """The plan's stages, slower after each roll-back."""
        factor = 0.5**self.rollbacks
        return [
            dataclasses.replace(s, learning_rate=s.learning_rate * factor)
            for s in self.plan.schedule.stages
        ]

    @property
    def progress(self):
        """Where the run stands beside its clock, for checkpoints.

        "tick": images at the end of the last whole tick; "meter": sums since
        then; "rollbacks": how often the learning rate was halved.
        """
        return {
            "tick": self._tick,
            "meter": self._meter.to_dict(),
            "rollbacks": self.rollbacks,
        }

    @property
    def finished(self):
        """Whether all images were shown, and the last tick is over."""
        return self._tick >= self.total

    def take_up(self):
        """Enter the stage in which the run stands, with its state restored.

        Where there is no checkpoint yet, one of the start is written.
        """
        self._sound = False
        found = self.workers.from_chief(self.run.newest_checkpoint)
        meta, arrays = found or ({}, {})
        if found:
            checkpoint.restore_networks(self.gan, arrays)
        self.seen = seen = self.gan.images_seen
        # Checkpoints of format 1 were written at ticks, or told nothing more.
        self._tick = meta.get("tick", self._last_tick())
        self._meter = Meter.from_dict(meta.get("meter"), seen)
        self.rollbacks = max(self.rollbacks, meta.get("rollbacks", 0))
        stage = self._stage_at(seen, meta)
        self.gan.enter_stage(stage)
        # At the very start of a stage the checkpoint is of the one before.
        if found and meta["stage"]["start"] == stage.start:
            checkpoint.restore_optimizers(self.gan, arrays)
            for optimizer in self.gan.optimizers.values():
                optimizer.learning_rate = stage.learning_rate
        self.run.rewind(self._tick)
        if not found:
            self.checkpoints.save(self.progress)
        self._sound = True

    def _stage_at(self, seen, meta):
        """The stage of this clock, or the one before if its tick is open."""
        before = meta["stage"]["start"] if self._tick_is_open else None
        for stage in self.stages:
            if seen < stage.end or stage.start == before:
                return stage
        return stage

    @property
    def _due(self):
        """Images after which the present tick ends."""
        return min(self._tick + self.plan.tick_images, self.total)

    @property
    def _tick_is_open(self):
        """Whether a tick's images were shown, but its work is not done."""
        return not self.finished and self.seen >= self._due

    def _last_tick(self):
        """Images at the last tick up to now, whole ones but for the end."""
        if self.seen >= self.total:
            return self.total
        return self.seen // self.plan.tick_images * self.plan.tick_images

    def train(self):
        """Go through what is left of the stages.

        Raises:
            NonFiniteError: if a number is not finite; nothing of it is saved.
            DeviceMemoryError: if a step does not fit into the device.
            KeyboardInterrupt: between two steps, when the user wants to stop.
        """
        with self.alone():
            self.callbacks.on_train_begin()
        for stage in self.stages:
            is_open = self._tick_is_open and self.gan.stage == stage
            if self.seen < stage.end or is_open:
                self._train_stage(stage)
            if self.gan.stop_training:
                break
        with self.alone():
            self.callbacks.on_train_end()

    def _train_stage(self, stage):
        gan, step = self.gan, None
        if gan.stage != stage:
            with explained(self):
                gan.enter_stage(stage)
        while not self._is_stopped():
            if self._tick_is_open:
                self._end_tick(stage)
                continue
            if self.seen >= stage.end:
                break
            if step is None:
                batches = batches_from(self.plan, stage, self.seen)
                step = compile_step(gan)
            with explained(self), self._stepping():
                self._meter.add(step(batches))
            self.seen += stage.images_per_step
            self.console.update(self.seen)
            self.checkpoints.save_in_time(self)

    @contextlib.contextmanager
    def alone(self):
        """Hold the other workers up while the chief does something.

        It can be done again: a wish to stop ends it at once.

        Raises:
            KeyboardInterrupt: when the user wants to stop, on all workers.
        """
        try:
            with self.stop.at_once():
                yield
        except KeyboardInterrupt:
            self.stop.signum = self.stop.signum or signal.SIGINT
        self._is_stopped()

    def _is_stopped(self):
        """Whether a callback ended the training, the same on all workers.

        Raises:
            KeyboardInterrupt: if the user wants to stop, on all of them.
        """
        signum, self.gan.stop_training = self.workers.agree(
            self.stop.signum, self.gan.stop_training
        )
        if signum is not None:
            self.stop.signum = signum
            raise KeyboardInterrupt
        return self.gan.stop_training

    def _end_tick(self, stage):
        """Have the callbacks do their work, then count the tick."""
        seen, reached = self.seen, self._last_tick()
        logs = {"kimg": reached / 1000, "alpha": stage.alpha(seen)}
        with explained(self):  # devices may be behind until they are read
            logs |= self._meter.read(seen)
        self.gan.set_alpha(stage.alpha(seen))
        number = math.ceil(reached / self.plan.tick_images)
        with self.alone():
            self.run.check_there()
            self.callbacks.on_epoch_end(number, logs)
        self._tick, self._meter = reached, Meter(seen)
        self.checkpoints.save(self.progress)

    @contextlib.contextmanager
    def _stepping(self):
        """Mark the time in which the weights are between two states."""
        self._sound = False
        yield
        self._sound = True

    def rescue(self, error):
        """Save what is in memory, if it is sound, before an error goes on.

        Args:
            error: What ended the training.

        Returns:
            Whether the run has a checkpoint of this moment.
        """
        bad = isinstance(error, (NonFiniteError, RunReplacedError))
        is_lost = not self._sound or bad
        if is_lost or not self.workers.is_chief:
            return False
        path = self.run.checkpoint_path(self.gan.images_seen)
        if self._tick_is_open or not path.exists():
            self.checkpoints.save(self.progress)
        return True
