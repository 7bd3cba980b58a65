"""The plan of a run, told before it starts: stages, costs, time, memory."""

import time

import tensorflow as tf

from progan_keras import losses, updates
from progan_keras.networks.cost import (
    count_activations,
    count_multiplications,
    count_parameters,
)

# Passes through G and D in one step, in forward passes of one batch: a
# backward pass counts as two, a penalty with its second-order gradient six.
_PASSES = {
    "alternating": {"generator": 4.0, "discriminator": 8.0},
    "simultaneous": {"generator": 3.0, "discriminator": 7.0},
}
_PENALTY_PASSES = 6.0
# Measured on CPUs: what a step takes beyond its convolutions, which lose
# time to normalisation and activation, and to the start of every operation.
_OVERHEAD_FACTOR = 1.4
_OVERHEAD_SECONDS = 0.012
_TRACE_SECONDS = 5.0
# Bytes that a process with TensorFlow holds before any network.
_BASE_BYTES = 0.6 * 2**30
# Copies of the activations that live at once: values, gradients, workspace.
_ACTIVATION_COPIES = 6


class Plan:
    """What a run will do, and about what it will cost.

    Args:
        gan: `ProGAN`.
        images: `ImagePyramid`.
        recipe: `Recipe`.
        tick_kimg: Thousands of images per tick, or None for fifty ticks.

    Raises:
        ValueError: if images, network, batch and devices do not fit.
    """

    def __init__(self, gan, images, recipe, tick_kimg=None):
        self.recipe = recipe
        self.loss = get_loss(recipe)
        updates.get(recipe.update)  # a wrong name is told before any work
        self.resolution = gan.config.resolution
        self.schedule = recipe.schedule(self.resolution)
        self.replicas = gan.distribute_strategy.num_replicas_in_sync
        self.mirror = images.mirror if recipe.mirror is None else recipe.mirror
        self.tick_images = self._tick_images(tick_kimg)
        self.images = images
        self.gan = gan
        self._check()

    @property
    def run_name(self):
        """Name for the run folder, behind its number."""
        return f"{self.images.name}-{self.resolution}"

    def _tick_images(self, tick_kimg):
        if tick_kimg is None:
            return 1000 * max(1, round(self.schedule.total_images / 50_000))
        if not 0.001 <= tick_kimg < float("inf"):
            raise ValueError(
                "A tick is some thousands of images, at least 0.001. "
                f"Received: tick_kimg={tick_kimg!r}"
            )
        return round(1000 * tick_kimg)

    def _check(self):
        config = self.gan.config
        if self.images.resolution < config.resolution:
            raise ValueError(
                f"The network grows to {config.resolution}x"
                f"{config.resolution}, but the images were prepared at "
                f"{self.images.resolution}x{self.images.resolution}: load "
                f"them with resolution={config.resolution}. "
                f"Received: images={self.images!r}"
            )
        if self.images.num_channels != config.num_channels:
            raise ValueError(
                f"The network makes images of {config.num_channels} channels: "
                f"load them with num_channels={config.num_channels}. "
                f"Received: images={self.images!r}"
            )
        for stage in self.schedule.stages:
            if stage.batch_size % self.replicas:
                raise ValueError(
                    f"{self.replicas} devices cannot share a batch of "
                    f"{stage.batch_size} images evenly ({stage}); take a "
                    f"multiple of {self.replicas}. "
                    f"Received: batch_size={stage.batch_size}"
                )

    def estimate_seconds(self):
        """Return about how long each stage takes here, in seconds.

        Multiplications are counted, and this machine's speed at them is
        measured for a moment.
        """
        speed = _multiplications_per_second() * self.replicas
        return [self._stage_seconds(s, speed) for s in self.schedule.stages]

    def _stage_seconds(self, stage, speed):
        passes = dict(_PASSES[self.recipe.update])
        if self.loss.penalty_interval:
            lazily = _PENALTY_PASSES / self.loss.penalty_interval
            passes["discriminator"] += lazily
        multiplications = sum(
            count * count_multiplications(self._model(stage, family))
            for family, count in passes.items()
        )
        seconds = stage.batch_size * multiplications / speed
        step = _OVERHEAD_SECONDS + _OVERHEAD_FACTOR * seconds
        return _TRACE_SECONDS + stage.steps_from(stage.start) * step

    def estimate_bytes(self):
        """Return about the most memory that the run takes, in bytes.

        Weights of G, its average and D, two moments of Adam, gradients, and
        the activations of the greediest stage.
        """
        weights = sum(
            count * count_parameters(self._model(self.schedule.stages[-1], f))
            for f, count in (("generator", 5), ("discriminator", 4))
        )
        activations = max(
            stage.batch_size
            // self.replicas
            * sum(
                count_activations(self._model(stage, family))
                for family in ("generator", "discriminator", "discriminator")
            )
            for stage in self.schedule.stages
        )
        numbers = weights + _ACTIVATION_COPIES * activations
        return int(_BASE_BYTES + 4 * numbers)

    def _model(self, stage, family):
        return self.gan.pair(stage.resolution, family).model(stage.fade_in)

    def __str__(self):
        images = self.images
        mirrored = ", half of them mirrored" if self.mirror else ""
        lines = [
            f"images      {len(images):,} of {images.name}{mirrored}",
            f"loss        {self.loss!r}, {self.recipe.update} updates",
            f"devices     {self.replicas}",
            "",
            "stage                 kimg  batch  learning rate"
            "   parameters G / D      minutes",
        ]
        seconds = self.estimate_seconds()
        for stage, estimate in zip(self.schedule.stages, seconds, strict=True):
            g, d = (
                count_parameters(self._model(stage, family))
                for family in ("generator", "discriminator")
            )
            lines.append(
                f"{stage!s:<18} {stage.images / 1000:>7g} "
                f"{stage.batch_size:>6} {stage.learning_rate:>14g} "
                f"  {f'{g:,} / {d:,}':<21} {estimate / 60:>6.1f}"
            )
        lines.append(
            f"{'in all':<18} {self.schedule.total_images / 1000:>7g} "
            f"{'about ' + format_seconds(sum(seconds)):>54}"
        )
        memory = self.estimate_bytes() / 2**30
        lines.append(f"\nmemory      about {memory:.1f} GiB")
        return "\n".join(lines)

    def to_dict(self):
        """Return what decides the run's result, for its options."""
        return {
            "loss": repr(self.loss),
            "update": self.recipe.update,
            "ema_decay": self.recipe.ema_decay,
            "ema_half_life": self.recipe.ema_half_life,
            "mirror": self.mirror,
            "stages": self.schedule.to_dict(),
        }


def get_loss(recipe):
    """Return the `Loss` of a recipe, with the options it has for it."""
    options = {}
    if isinstance(recipe.loss, str):
        options = recipe.loss_options.get(recipe.loss, {})
    return losses.get(recipe.loss, **options)


def format_seconds(seconds):
    """Return a duration for people: "40 s", "12 min", "3.5 h", "12 days"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.0f} days"


def _multiplications_per_second():
    """Measure this device's convolutions for a quarter of a second."""
    images = tf.ones((16, 16, 16, 64))
    kernel = tf.ones((3, 3, 64, 64))
    tf.nn.conv2d(images, kernel, 1, "SAME")
    count, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < 0.25:
        tf.nn.conv2d(images, kernel, 1, "SAME").numpy()
        count += 1
    return count * 16 * 16 * 16 * 9 * 64 * 64 / elapsed
