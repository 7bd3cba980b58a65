"""What happens at every tick of a run, as Keras callbacks.

A tick is their epoch; its logs hold "kimg", "alpha" and means of the losses.
"""

import csv
import logging
import time

import keras

from progan_keras.images import image_grid, save_image, upscale_nearest
from progan_keras.training.advice import Setting, advise
from progan_keras.training.diagnostics import Probe
from progan_keras.training.memory import peak_memory

COLUMNS = 10  # of the image grids
ROWS = 6
MOST_CLASSES = 10  # that are shown, in a row each
_LOG = logging.getLogger("progan_keras")


class ImageGrids(keras.callbacks.Callback):
    """Writes a grid of real images, and one of generated ones per tick.

    The latents stay the same, so that the grids show one set of pictures
    growing; smaller resolutions are enlarged to the last one. A conditional
    GAN has a row per class, the first ten of them, made from the same latents
    in every row.

    Args:
        run: `RunFolder`.
        images: `ImagePyramid`, to show some of once.
        seed: Integer, of the latents.
    """

    def __init__(self, run, images, seed=0):
        super().__init__()
        self.run, self.images, self.seed = run, images, seed

    def on_train_begin(self, logs=None):
        """Write the reals, and what the untrained generator makes."""
        self._save(self._reals(), self.run.grids / "reals.png")
        if self.model.images_seen == 0:
            self._write(0)

    def on_epoch_end(self, epoch, logs=None):
        """Write the grid of this tick."""
        self._write(logs["kimg"])

    def _reals(self):
        config = self.model.config
        if not config.num_classes:
            return self.images.at(config.resolution)[: COLUMNS * ROWS]
        examples = self.images.class_examples(COLUMNS, config.resolution)
        return examples[: COLUMNS * MOST_CLASSES]

    def _write(self, kimg):
        gan, config = self.model, self.model.config
        # No more at once than a training step takes, so that it fits too.
        settings = {"seed": self.seed, "batch_size": gan.stage.batch_size}
        if config.num_classes:
            labels = range(min(config.num_classes, MOST_CLASSES))
            pictures = gan.generate_by_class(COLUMNS, labels=labels, **settings)
        else:
            pictures = gan.generate(COLUMNS * ROWS, **settings)
        pictures = upscale_nearest(pictures, config.resolution)
        self._save(pictures, self.run.grid_path(kimg))

    def _save(self, pictures, path):
        """Write a grid, with the names of the classes if there are any."""
        names = self.model.class_names[:MOST_CLASSES]
        grid = image_grid(pictures, COLUMNS, row_names=names or None)
        save_image(grid, path)


class Diagnose(keras.callbacks.Callback):
    """Looks into the networks, and says what may be going wrong.

    What it measures is added to the logs, for all callbacks behind it.

    Args:
        run: `RunFolder`, for the ticks before this one.
        images: `ImagePyramid` that is trained on.

    Attributes:
        details: Dict of what is no number: "rms", see `diagnostics`, and
            "warnings", a list of strings, if there are any.
    """

    def __init__(self, run, images):
        super().__init__()
        self.run, self.images = run, images
        self.details, self._probe = {}, None

    def on_epoch_end(self, epoch, logs=None):
        """Measure, and compare with the ticks before."""
        gan = self.model
        if self._probe is None or self._probe.stage != gan.stage:
            self._probe = Probe(gan, self.images)
        measured, rms = self._probe.measure()
        logs.update(measured)
        record = {**_place(epoch, gan.stage), **logs, "rms": rms}
        warnings = advise(
            [*self.run.records(), record], _setting(gan, len(self.images))
        )
        self.details = {"rms": rms}
        if warnings:
            self.details["warnings"] = warnings


class Records(keras.callbacks.Callback):
    """Writes one line per tick: for people to `log.txt`, as JSON beside it.

    Args:
        run: `RunFolder`.
        say: Function that shows a line to the user.
        diagnose: `Diagnose`, called before.
        events: `tensorboard.Events`, which are given all of it too.
    """

    def __init__(self, run, say, diagnose, events):
        super().__init__()
        self.run, self.say = run, say
        self.diagnose, self.events = diagnose, events
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Write the line of this tick, and the warnings there are."""
        stage = self.model.stage
        record = {**_place(epoch, stage), **logs}
        record["memory_gib"] = peak_memory()
        record["minutes"] = (time.perf_counter() - self._started) / 60
        record |= self.diagnose.details
        line = status_line(stage, record)
        self.say(line)
        self.run.log(line)
        for warning in record.get("warnings", ()):
            _LOG.warning(warning)
            self.run.log(warning)
        self.run.append(_rounded(record))
        self.events.write(record, self.model.images_seen)


class Table(keras.callbacks.CSVLogger):
    """Writes a row per tick, with the same columns in every stage.

    Whoever wrote the first row decided on the columns.
    """

    def on_train_begin(self, logs=None):
        """Open the file, and see which columns it has."""
        super().on_train_begin(logs)
        if not self.append_header:
            with open(self.filename, newline="", encoding="utf-8") as file:
                self.keys = next(csv.reader(file))[1:]

    def on_epoch_end(self, epoch, logs=None):
        """Write the row of this tick."""
        stage = self.model.stage
        place = {"resolution": stage.resolution, "fade_in": int(stage.fade_in)}
        logs = {**place, **logs}
        # Left to itself, Keras adds columns for validation.
        self.keys = self.keys or list(logs)
        super().on_epoch_end(epoch, logs)


def _place(tick, stage):
    """Where in the run a tick is."""
    return {
        "tick": tick,
        "resolution": stage.resolution,
        "fade_in": stage.fade_in,
    }


def _setting(gan, num_images):
    """What advice needs to know of the training."""
    loss = gan.objective.loss

    def d_loss(real, fake):
        scores = (keras.ops.full((1, 1), score) for score in (real, fake))
        return float(loss.discriminator_loss(*scores)[0, 0])

    gamma = getattr(loss, "gamma", None) if loss.penalty_interval else None
    return Setting(num_images, gan.stage.learning_rate, d_loss, gamma)


def _rounded(value):
    """A record with numbers as long as anybody needs them."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return round(value, 6) if isinstance(value, float) else value


def status_line(stage, logs):
    """One line for a tick: stage, alpha, kimg, s/kimg, losses, memory."""
    parts = [
        f"tick {logs['tick']:<4d} {stage!s:<17}",
        f"alpha {logs['alpha']:.2f}",
        f"kimg {logs['kimg']:<7g}",
        f"s/kimg {logs['s_per_kimg']:<6.1f}",
        f"D {logs['d_loss']:<7.3f} G {logs['g_loss']:<7.3f}",
        f"min {logs['minutes']:<6.1f}",
    ]
    if logs["memory_gib"]:
        parts.append(f"GiB {logs['memory_gib']:.1f}")
    return "  ".join(parts).rstrip()
