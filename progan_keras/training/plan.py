"""The plan of a run, told before it starts: stages, costs, time, memory."""

import dataclasses

from progan_keras import losses, recipes, updates
from progan_keras.checks import check_precision
from progan_keras.fused_adam import FusedAdam
from progan_keras.networks import Architecture
from progan_keras.training.estimate import Estimate


class Plan:
    """What a run will do, and about what it will cost.

    Args:
        gan: `ProGAN`.
        images: `ImagePyramid`; None for a plan without data, which cannot be
            trained by.
        recipe: Name of a recipe or a `Recipe`.
        tick_kimg: Thousands of images per tick, or None for fifty ticks.
        replicas: Integer, devices that share a batch; None for those of the
            strategy that the GAN was built in.

    Attributes:
        recipe: `Recipe` for so many devices.
        schedule: `Schedule`, from where the GAN starts to its resolution.
        optimizer: Keras optimizer, to be copied for D and G in every stage.

    Raises:
        ValueError: if images, network, batch and devices do not fit.
    """

    def __init__(self, gan, images, recipe, tick_kimg=None, replicas=None):
        if replicas is None:
            replicas = gan.distribute_strategy.num_replicas_in_sync
        self.gan, self.images, self.replicas = gan, images, replicas
        check_precision(gan.config.precision, replicas)
        self.recipe = recipe = recipes.get(recipe).for_devices(replicas)
        self.loss = get_loss(recipe)
        updates.get(recipe.update)  # a wrong name is told before any work
        # The paper's epsilon (appendix A.1); Keras' own is ten times that.
        self.optimizer = FusedAdam(
            beta_1=recipe.adam_beta_1,
            beta_2=recipe.adam_beta_2,
            epsilon=1e-8,
        )
        self.resolution = gan.config.resolution
        self.schedule = recipe.schedule(self.resolution, gan.start_resolution)
        self.mirror = recipe.mirror
        if self.mirror is None and images is not None:
            self.mirror = images.mirror
        self.tick_images = self._tick_images(tick_kimg)
        self.estimate = Estimate(
            gan, self.schedule, recipe.update, self.loss, replicas
        )
        self._check_batches()
        if images is not None:
            self._check_images()

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

    def _check_images(self):
        config, images = self.gan.config, self.images
        if images.resolution < config.resolution:
            raise ValueError(
                f"The network grows to {config.resolution}x"
                f"{config.resolution}, but the images were prepared at "
                f"{images.resolution}x{images.resolution}: load "
                f"them with resolution={config.resolution}. "
                f"Received: images={images!r}"
            )
        if images.num_channels != config.num_channels:
            raise ValueError(
                f"The network makes images of {config.num_channels} channels: "
                f"load them with num_channels={config.num_channels}. "
                f"Received: images={images!r}"
            )
        if config.num_classes and images.num_classes != config.num_classes:
            raise ValueError(
                f"The network has {config.num_classes} classes, the images "
                f"have {images.num_classes}: build it with "
                f"num_classes={images.num_classes}. "
                f"Received: images={images!r}"
            )

    def _check_batches(self):
        for stage in self.schedule.stages:
            if stage.batch_size % self.replicas:
                raise ValueError(
                    f"{self.replicas} devices cannot share a batch of "
                    f"{stage.batch_size} images evenly ({stage}); take a "
                    f"multiple of {self.replicas}. "
                    f"Received: batch_size={stage.batch_size}"
                )

    def __str__(self):
        return "\n".join(
            [
                f"images      {self._describe_images()}",
                f"network     {self._describe_network()}",
                f"start       {self._describe_start()}",
                f"loss        {self.loss!r}, {self.recipe.update} updates",
                f"optimizer   {self._describe_optimizer()}",
                f"devices     {self._describe_devices()}",
                "",
                *self._table(),
                "",
                f"memory      {self._describe_memory()}",
            ]
        )

    def _describe_images(self):
        mirrored = ", half of them mirrored" if self.mirror else ""
        if self.images is None:
            return f"none yet{mirrored}"
        classes = self.gan.config.num_classes
        told = f", of {classes} classes" if classes else ""
        most = max(stage.images_per_step for stage in self.schedule)
        if len(self.images) < most:
            told += f", fewer than a step of {most} takes: they repeat in it"
        return f"{len(self.images):,} of {self.images.name}{told}{mirrored}"

    def _describe_network(self):
        config = self.gan.config
        parts = [
            f"latents of {config.latent_dim}, feature maps fmap_base="
            f"{config.fmap_base} fmap_max={config.fmap_max}"
        ]
        if not config.fused_scale:
            parts.append("fused_scale=False")
        if config.precision != "float32":
            parts.append(f"precision={config.precision!r}")
        switches = dataclasses.asdict(config.architecture)
        usual = dataclasses.asdict(Architecture())
        if not config.num_classes:
            del switches["conditioning"]
        parts += [
            f"{name}={value!r}"
            for name, value in switches.items()
            if value != usual[name] or name == "conditioning"
        ]
        return ", ".join(parts)

    def _describe_start(self):
        gan = self.gan
        if gan.origin is None:
            return "untrained"
        side = gan.start_resolution
        text = f"weights {gan.origin}, trained up to {side}x{side}"
        if gan.frozen_below:
            side = gan.frozen_below
            text += f"; layers below {side}x{side} frozen"
        return text

    def _describe_optimizer(self):
        recipe = self.recipe
        average = f"average of G with decay {recipe.ema_decay:g} per update"
        if recipe.ema_half_life is not None:
            average = f"average of G over {recipe.ema_half_life:,} images"
        elif not recipe.ema_decay:
            average = "no average of G"
        betas = f"{recipe.adam_beta_1:g}, {recipe.adam_beta_2:g}"
        return f"Adam, betas {betas}; {average}"

    def _describe_devices(self):
        architecture = self.gan.config.architecture
        whole_batch = architecture.minibatch == "discrimination" or (
            architecture.minibatch == "stdev"
            and architecture.group_size is None
        )
        if self.replicas > 1 and whole_batch:
            return (
                f"{self.replicas}; each compares the images of its own share "
                "of the batch only"
            )
        return str(self.replicas)

    def _table(self):
        """Lines with a stage each, and their sum."""
        seconds = self.estimate.seconds()
        # Only where it says something.
        critics = any(stage.n_critic > 1 for stage in self.schedule)
        row = "{:<19} {:>6} {:>6}" + " {:>8}" * critics
        row += " {:>13}  {:<23} {:>7}"
        yield row.format(
            *("stage", "kimg", "batch", *["n_critic"] * critics),
            *("learning rate", "parameters G / D", "minutes"),
        )
        for stage, estimate in zip(self.schedule, seconds, strict=True):
            parameters = "{:,} / {:,}".format(*self.estimate.parameters(stage))
            yield row.format(
                str(stage),
                f"{stage.images / 1000:g}",
                stage.batch_size,
                *[stage.n_critic] * critics,
                f"{stage.learning_rate:g}",
                parameters,
                f"{estimate / 60:.{int(estimate < 60_000)}f}",
            )
        kimg = f"{self.schedule.total_images / 1000:g}"
        about = f"about {format_seconds(sum(seconds))}"
        yield f"{'in all':<19} {kimg:>6} {about:>{53 + 9 * critics}}"

    def _describe_memory(self):
        memory = f"about {self.estimate.bytes() / 2**30:.1f} GiB"
        return f"{memory} on each device" if self.replicas > 1 else memory

    def to_dict(self):
        """Return what decides the run's result, for its options."""
        gan, recipe = self.gan, self.recipe
        decisive = {
            "loss": repr(self.loss),
            "update": recipe.update,
            "adam_beta_1": recipe.adam_beta_1,
            "adam_beta_2": recipe.adam_beta_2,
            "ema_decay": recipe.ema_decay,
            "ema_half_life": recipe.ema_half_life,
            "mirror": self.mirror,
            "origin": gan.origin,
            "frozen_below": gan.frozen_below,
            "stages": self.schedule.to_dict(),
        }
        if gan.config.num_classes:
            decisive["class_weight"] = recipe.class_weight
            decisive["labels"] = self.images.label_fingerprint
        return decisive


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
