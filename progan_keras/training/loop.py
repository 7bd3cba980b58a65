"""The loop over stages: plan, resume, train tick by tick, finish."""

import dataclasses
import math

import keras
import tensorflow as tf

from progan_keras.schedule import Stage
from progan_keras.training import checkpoint
from progan_keras.training.callbacks import (
    Checkpoints,
    Diagnose,
    ImageGrids,
    Records,
    Table,
)
from progan_keras.training.console import Console
from progan_keras.training.meter import Meter
from progan_keras.training.plan import Plan
from progan_keras.training.run_folder import find_same_run, new_run
from progan_keras.training.scores import Scores
from progan_keras.training.tensorboard import Events
from progan_keras.version import __version__


def train(
    gan,
    images,
    run_dir="runs",
    recipe="quickstart",
    tick_kimg=None,
    callbacks=(),
    verbose=True,
    metrics=(),
    metrics_kimg=None,
    metrics_count=None,
    features="efficientnet_lite0",
):
    """Train a GAN up to its resolution, into a run folder.

    The same call again takes up where it stopped: at the last checkpoint of
    the newest run with the same network, data and recipe. The result is the
    one that an undisturbed run would have had.

    Args:
        gan: `ProGAN`. It starts to grow at its `start_resolution`, and trains
            on the devices of the strategy that it was built in.
        images: `ImagePyramid` of at least the GAN's resolution; with as many
            classes where it has classes, whose names it takes over.
        run_dir: Folder that holds runs, or one run folder.
        recipe: Name of a recipe or a `Recipe`; used as it is for that number
            of devices.
        tick_kimg: Number; after so many thousands of images, a status line, a
            grid and a checkpoint. None for fifty in the whole run.
        callbacks: Keras callbacks; a tick is their epoch, its logs hold
            "kimg", "alpha", "s_per_kimg", the means of the losses and the
            measurements of `training.diagnostics`.
        verbose: Whether to print the plan, status lines and progress.
        metrics: Names of what to measure, such as ["swd", "kid"], see
            `progan_keras.evaluate`. By the first, the best generator of the
            last resolution is kept in the run's folder `best`.
        metrics_kimg: Number; measure after so many thousands of images, at
            the next tick, and at the end. None for a tenth of the run.
        metrics_count: Integer, images of each kind; None as for `evaluate`.
        features: Feature network of metrics that need one.

    Returns:
        `RunFolder`.

    Raises:
        ValueError: for images, a batch size or a run folder that do not fit.
        OSError: if the run folder cannot be written.
    """
    plan = Plan(gan, images, recipe, tick_kimg)
    total_kimg = plan.schedule.total_images / 1000
    scores = []
    if metrics:  # what is wrong with them is told before the training
        apart = total_kimg / 10 if metrics_kimg is None else metrics_kimg
        scores = [Scores(images, metrics, apart, metrics_count, features)]
    options = _options(plan)
    run = find_same_run(run_dir, options)
    if gan.images_seen and not (run and run.checkpoints):
        raise ValueError(
            "A new run starts with a GAN whose clock stands at zero: build a "
            "new ProGAN, take gan.branch() to start from these weights, or "
            "give the folder of the run to go on with. "
            f"Received: a GAN that has seen {gan.images_seen:,} images"
        )
    run = run or new_run(run_dir, plan.run_name, options)
    console = Console(plan.schedule.total_images, verbose)
    console.say(f"{plan}\n\nrun folder  {run}\n")
    _compile(plan)
    _take_up(plan, run)
    start = gan.images_seen
    if start:
        console.say(f"going on from {start / 1000:g} kimg")
    checkpoints, diagnose = Checkpoints(run), Diagnose(run, images)
    for callback in scores:
        callback.attach(run, total_kimg, console.say)
    events = Events(run.path / "tensorboard")
    callbacks = keras.callbacks.CallbackList(
        [
            checkpoints,
            ImageGrids(run, images),
            diagnose,
            Records(run, console.say, diagnose, events),
            Table(run.path / "logs.csv", append=True),
            *scores,
            *callbacks,
        ],
        model=gan,
    )
    gan.stop_training = False
    try:
        if start < plan.schedule.total_images:
            _train_stages(plan, callbacks, console)
    except KeyboardInterrupt:
        if gan.images_seen > start:
            checkpoints.save()
        console.say(
            f"Stopped at {gan.images_seen / 1000:g} kimg. The same call, or "
            "command, goes on from there."
        )
        raise
    if not (run.final / "saved_model").exists() and not gan.stop_training:
        _finish(gan, run)
    return run


def compile_step(gan):
    """Compile one training step of the stage that `gan` is in.

    Returns:
        Function from an iterator over batches of real images to the logs of
        `train_step`, means over all devices.
    """
    strategy = gan.distribute_strategy

    @tf.function
    def step(batches):
        logs = strategy.run(gan.train_step, args=(next(batches),))
        return {
            name: strategy.reduce("MEAN", value, axis=None)
            for name, value in logs.items()
        }

    return step


def _compile(plan):
    """Tell the GAN how it is trained, and what its classes are called."""
    gan, images, recipe = plan.gan, plan.images, plan.recipe
    classes = {}
    if gan.config.num_classes:
        gan.class_names = images.class_names
        classes["class_frequencies"] = images.class_frequencies
    gan.compile(
        loss=plan.loss,
        update=recipe.update,
        optimizer=plan.optimizer,
        ema_decay=recipe.ema_decay,
        ema_half_life=recipe.ema_half_life,
        class_weight=recipe.class_weight,
        **classes,
    )


def _take_up(plan, run):
    """Enter the stage in which the run stands, with its state restored."""
    gan = plan.gan
    found = run.newest_checkpoint()
    if found:
        checkpoint.restore_networks(gan, found[1])
    stage = plan.schedule.stage_at(gan.images_seen)
    gan.enter_stage(stage)
    # At the very start of a stage the checkpoint is still of the one before.
    if found and Stage(**found[0]["stage"]) == stage:
        checkpoint.restore_optimizers(gan, found[1])


def _train_stages(plan, callbacks, console):
    """Go through the stages from where the clock stands."""
    gan, total, tick = plan.gan, plan.schedule.total_images, plan.tick_images
    seen = gan.images_seen
    due = min((seen // tick + 1) * tick, total)
    callbacks.on_train_begin()
    meter = Meter(seen)
    for stage in plan.schedule.stages:
        if seen >= stage.end:
            continue
        if gan.stage != stage:
            gan.enter_stage(stage)
        batches = _batches(plan, stage, seen)
        step = compile_step(gan)
        while seen < stage.end:
            meter.add(step(batches))
            seen += stage.images_per_step
            console.update(seen)
            if seen < due:
                continue
            reached = total if seen >= total else seen // tick * tick
            due = min(reached + tick, total)
            logs = {"kimg": reached / 1000, "alpha": stage.alpha(seen)}
            logs |= meter.read(seen)
            gan.set_alpha(stage.alpha(seen))
            callbacks.on_epoch_end(math.ceil(reached / tick), logs)
            meter = Meter(seen)
            if gan.stop_training:
                break
        if gan.stop_training:
            break
    callbacks.on_train_end()


def _batches(plan, stage, seen):
    """Return an iterator over the stage's batches, from image `seen` on."""
    stream = plan.images.stream(
        stage.resolution,
        stage.images_per_step,
        start=seen,
        seed=plan.gan.config.seed,
        mirror=plan.mirror,
        num_replicas=plan.replicas,
        with_labels=bool(plan.gan.config.num_classes),
    )
    strategy = plan.gan.distribute_strategy
    return iter(strategy.experimental_distribute_dataset(stream))


def _finish(gan, run):
    """Leave the finished generator in forms that work without the run."""
    gan.export(run.final / "generator.keras", format="keras", overwrite=True)
    gan.export(run.final / "saved_model", overwrite=True)


def _options(plan):
    """Everything needed to do the run again, for its `options.json`."""
    images = plan.images
    data = {
        "name": images.name,
        "source": images.source,
        "fingerprint": images.fingerprint,
        "images": len(images),
    }
    if plan.gan.config.num_classes:
        data["class_names"] = images.class_names
    return {
        "progan_keras": __version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "network": dataclasses.asdict(plan.gan.config),
        "data": data,
        "training": plan.to_dict(),
        "tick_images": plan.tick_images,
        "devices": plan.replicas,
        "notice": plan.gan.notice,
    }
