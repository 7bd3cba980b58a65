"""Train a GAN from 4x4 up to --resolution.

Prints the plan, then a line per tick. The same command again goes on where
the last one stopped.
"""

import dataclasses
from pathlib import Path

from progan_keras.cli import data_options, train_arguments
from progan_keras.cli.shared import show_log
from progan_keras.cli.train_options import read_network, read_recipe

HELP = "train on images; resumes by itself"
add_arguments = train_arguments.add_arguments


def run(options):
    """Train, and say what was written and what to try next."""
    recipe = read_recipe(options)
    _check_start(options)
    if not options.start:  # a wrong number is told at once
        recipe.schedule(_resolution(options, recipe))

    import progan_keras as pk
    from progan_keras.training.devices import count_replicas, strategy
    from progan_keras.training.plan import Plan, get_loss

    show_log()
    pk.updates.get(recipe.update)  # so is a wrong name
    get_loss(recipe)
    if options.dry_run:
        gan, images = _prepare(options, recipe)
        replicas = options.devices
        if replicas is None:
            replicas = count_replicas()
        print(Plan(gan, images, recipe, options.tick_kimg, replicas=replicas))
        return
    with strategy(options.devices).scope():
        gan, images = _prepare(options, recipe)
    result = pk.train(
        gan,
        images,
        run_dir=options.run_dir,
        recipe=recipe,
        tick_kimg=options.tick_kimg,
        metrics=[name for name in options.metrics.split(",") if name],
        metrics_kimg=options.metrics_kimg,
        metrics_count=options.metrics_count,
        features=options.features,
        keep_checkpoints=options.keep_checkpoints,
        checkpoint_minutes=options.checkpoint_minutes,
        roll_backs=options.roll_backs,
    )
    if result is None:  # the chief tells
        return
    print(
        f"\nFinished at {gan.images_seen / 1000:g} kimg.\n"
        f"  pictures   {result.grids}\n"
        f"  generator  {result.final}\n\n"
        "Try next:\n"
        f"  progan generate {result} --seed 7\n"
        f"  progan timelapse {result}\n"
        f"  progan export {result}"
    )


def _prepare(options, recipe):
    """The GAN and its images; no images for a plan without data."""
    import progan_keras as pk

    if options.start:
        start = pk.ProGAN.from_preset(options.start)
        config = start.config
        if options.resolution is not None:
            config = dataclasses.replace(config, resolution=options.resolution)
        images = _load(options, config)
        conditional = config.num_classes and images is not None
        if conditional:
            images.check_labelled()
        gan = start.branch(
            config.resolution,
            options.freeze_below,
            num_classes=images.num_classes if conditional else None,
            seed=options.seed,
            precision=recipe.network.get("precision"),
        )
        return gan, images
    config = pk.networks.NetworkConfig(
        resolution=_resolution(options, recipe),
        num_channels=3 if options.channels is None else options.channels,
        seed=options.seed or 0,
        **read_network(options, recipe),
    )
    images = _load(options, config)
    if options.conditional:
        images.check_labelled()
        config = dataclasses.replace(config, num_classes=images.num_classes)
    return pk.ProGAN(**dataclasses.asdict(config)), images


def _resolution(options, recipe):
    """The resolution that was asked for, or the recipe's, or 32."""
    if options.resolution is not None:
        return options.resolution
    return recipe.resolution or 32


def _load(options, config):
    """The images for a network; None for a plan that can do without."""
    import progan_keras as pk

    conditional = options.conditional or config.num_classes
    if options.labels and not conditional:
        raise ValueError(
            "Labels are for a conditional GAN: add --conditional. "
            f"Received: --labels {options.labels}"
        )
    if options.dry_run and not (options.data or options.conditional):
        return None
    return pk.data.load(
        options.data or train_arguments.DEFAULT_DATA,
        resolution=config.resolution,
        num_channels=config.num_channels,
        # A GAN without classes does not mind labels that are of no use.
        labels=options.labels if conditional else False,
        **data_options.load_options(options),
    )


def _check_start(options):
    """Refuse options that contradict the weights to start from."""
    names = ("channels", "fmap_base", "fmap_max", "latent_dim")
    names += ("attention", "conditional")
    given = [name for name in names if getattr(options, name) is not None]
    if options.start and given:
        raise ValueError(
            "With --from, the networks are those of the weights to start "
            f"from. Received: --{given[0].replace('_', '-')}"
        )
    if options.start and not options.dry_run:
        _check_source(options)
    if options.freeze_below is not None and not options.start:
        raise ValueError(
            "Only trained layers can be frozen: give the weights to start "
            "from with --from. "
            f"Received: --freeze-below {options.freeze_below}"
        )


def _check_source(options):
    """Refuse to start from "the newest run" of where the new one will be.

    The same command would then mean another start every time.
    """
    start, runs = Path(options.start), Path(options.run_dir)
    if start.resolve() == runs.resolve():
        raise ValueError(
            "The new run would itself be the newest in the folder to start "
            "from; name the run to start from, such as "
            f"{start / '00000-name'}, or another --run-dir. "
            f"Received: --from {options.start} --run-dir {options.run_dir}"
        )
