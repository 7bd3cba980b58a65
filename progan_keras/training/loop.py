"""Training a GAN into a run folder: plan, take up, train, finish."""

import contextlib

import keras

from progan_keras.checks import check_integer
from progan_keras.training import run_lock
from progan_keras.training.callbacks import (
    Diagnose,
    ImageGrids,
    Records,
    Table,
)
from progan_keras.training.checkpoints import Checkpoints
from progan_keras.training.console import Console
from progan_keras.training.faults import NonFiniteError
from progan_keras.training.follow import follow
from progan_keras.training.plan import Plan
from progan_keras.training.run_options import remarks, run_options
from progan_keras.training.runs import find_same_run, new_run
from progan_keras.training.scores import Scores
from progan_keras.training.stop_request import StopRequest
from progan_keras.training.tensorboard import Events
from progan_keras.training.trainer import Trainer
from progan_keras.training.workers import Workers


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
    keep_checkpoints=2,
    checkpoint_minutes=10,
    roll_backs=0,
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
        keep_checkpoints: Integer, how many of them to keep; the best
            networks by the first of `metrics` are kept besides.
        checkpoint_minutes: Number; in ticks that take longer, a checkpoint
            after so many minutes, too.
        roll_backs: Integer, how often a run that diverges may go back to its
            last checkpoint and on with half the learning rate. What comes of
            it depends on where that checkpoint was.

    Returns:
        `RunFolder`; None on workers that follow another, the chief, which
        alone has the run folder and calls the callbacks.

    Raises:
        ValueError: for images, a batch size or a run folder that do not fit,
            or workers that were not started alike.
        OSError: if the run folder cannot be written, was taken away, or is
            in use by another process. What could be saved was saved.
        FloatingPointError: if the training diverged (`NonFiniteError`); the
            checkpoint before is kept.
        MemoryError: if the device has too little (`DeviceMemoryError`).
        KeyboardInterrupt: after Ctrl-C; the state was saved.
        SystemExit: after SIGTERM, with 143; the state was saved.
    """
    for name, value, least in (
        ("keep_checkpoints", keep_checkpoints, 1),
        ("roll_backs", roll_backs, 0),
    ):
        check_integer(value, name, least)
    if not checkpoint_minutes > 0:
        raise ValueError(
            "Checkpoints are some minutes apart. Received: "
            f"checkpoint_minutes={checkpoint_minutes!r}"
        )
    plan = Plan(gan, images, recipe, tick_kimg)
    total_kimg = plan.schedule.total_images / 1000
    scores = []
    if metrics:  # what is wrong with them is told before the training
        apart = total_kimg / 10 if metrics_kimg is None else metrics_kimg
        scores = [Scores(images, metrics, apart, metrics_count, features)]
    options = run_options(plan)
    workers = Workers(gan.distribute_strategy)
    workers.check_same(options, roll_backs)
    _compile(plan)
    if not workers.is_chief:
        with StopRequest() as stop, workers.explained():
            _go_through(follow(plan, stop, workers))
        return None
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
    checkpoints = Checkpoints(gan, run, keep_checkpoints, checkpoint_minutes)
    for callback in scores:
        callback.attach(run, total_kimg, console.say)
    ticks = _callbacks(gan, run, images, console, [*scores, *callbacks])
    with run_lock.locked(run) as left, StopRequest() as stop:
        trainer = Trainer(plan, run, ticks, checkpoints, console, stop, workers)
        for line in remarks(run, options, left):
            console.say(line)
        with workers.explained():
            _go_through(trainer, roll_backs)
    return run


def _go_through(trainer, roll_backs=0):
    """Train to the end, and leave what a finished run leaves."""
    trainer.gan.stop_training = False
    _train(trainer, roll_backs)
    with _told(trainer), trainer.alone():
        if trainer.finished and trainer.workers.is_chief:
            _finish(trainer.gan, trainer.run)


def _callbacks(gan, run, images, console, others):
    """What is done at every tick, in this order."""
    diagnose = Diagnose(run, images)
    events = Events(run.path / "tensorboard")
    return keras.callbacks.CallbackList(
        [
            ImageGrids(run, images),
            diagnose,
            Records(run, console.say, diagnose, events),
            Table(run.table, append=True),
            *others,
        ],
        model=gan,
    )


def _train(trainer, roll_backs):
    """Train to the end, going back `roll_backs` times at most."""
    while True:
        with _told(trainer):
            trainer.take_up()
            seen = trainer.gan.images_seen
            if seen:
                was = (
                    "trained before, to"
                    if trainer.finished
                    else "going on from"
                )
                trainer.console.say(f"{was} {seen / 1000:g} kimg")
            try:
                if not trainer.finished:
                    trainer.train()
                return
            except NonFiniteError as error:
                if trainer.rollbacks >= roll_backs:
                    raise
                trainer.rollbacks += 1
                trainer.console.say(
                    f"{error} Going back to the last checkpoint, and on with "
                    f"half the learning rate ({trainer.rollbacks} of "
                    f"{roll_backs} times)."
                )


@contextlib.contextmanager
def _told(trainer):
    """Save what can be saved before an error leaves, and say so."""
    try:
        yield
    except NonFiniteError as error:
        more = trainer.rollbacks + 3
        way_on = (
            "; the same call, or command, goes on from there with "
            f"roll_backs={more} (--roll-backs {more}), which halves the "
            "learning rate. Or begin"
            if trainer.workers.cluster is None
            else ". Begin"
        )
        raise NonFiniteError(
            f"{error} The last checkpoint is sound{way_on} anew with a smaller "
            "learning rate, or a stronger penalty."
        ) from error
    except BaseException as error:
        where = f"{trainer.gan.images_seen / 1000:g} kimg"
        if trainer.rescue(error):
            trainer.console.say(
                f"Stopped at {where}. The same call, or command, goes on from "
                "there."
            )
        if isinstance(error, KeyboardInterrupt):
            trainer.stop.leave()
        raise


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


def _finish(gan, run):
    """Leave the finished generator in forms that work without the run."""
    if (run.final / "saved_model").exists():
        return
    gan.export(run.final / "generator.keras", format="keras", overwrite=True)
    gan.export(run.final / "saved_model", overwrite=True)
