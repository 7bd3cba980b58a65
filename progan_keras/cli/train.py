"""Train a GAN from 4x4 up to --resolution.

Prints the plan, then a line per tick. The same command again goes on where
the last one stopped.
"""

import dataclasses
from pathlib import Path

from progan_keras import recipes
from progan_keras.cli import data_options
from progan_keras.cli.shared import PRESET_HELP, show_log
from progan_keras.cli.train_options import read_network, read_recipe

HELP = "train on images; resumes by itself"
DEFAULT_DATA = "emoji_portraits"


def add_arguments(parser):
    """Declare the options of `progan train`."""
    parser.add_argument(
        "data",
        nargs="?",
        help=f"{data_options.DATA_HELP} (default: {DEFAULT_DATA})",
    )
    data_options.add_arguments(parser)
    data_options.add_skip_broken(parser)
    parser.add_argument(
        "--resolution",
        type=int,
        help="power of two from 4 to 1024 (default: that of --from, the "
        "recipe's, or 32)",
    )
    parser.add_argument(
        "--channels",
        type=int,
        help="1 (grey), 3 (RGB) or 4 (RGBA) (default: 3)",
    )
    parser.add_argument(
        "--fmap-base",
        type=int,
        help="feature maps halve with each doubling from here (default: by "
        "recipe and resolution)",
    )
    parser.add_argument(
        "--fmap-max", type=int, help="the most feature maps anywhere"
    )
    parser.add_argument(
        "--latent-dim", type=int, help="length of the latent vector"
    )
    parser.add_argument(
        "--attention",
        type=int,
        metavar="RESOLUTION",
        help="where both networks attend to themselves (default: nowhere)",
    )
    parser.add_argument(
        "--conditional",
        nargs="?",
        const="acgan",
        choices=("acgan", "projection"),
        help="train with the data's classes; D tells the class (acgan, the "
        "default) or is told it (projection)",
    )
    parser.add_argument(
        "--labels",
        metavar="FIELD",
        help="which labels of the data set, where it has several",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="PRESET",
        help="start from trained weights: " + PRESET_HELP,
    )
    parser.add_argument(
        "--freeze-below",
        type=int,
        metavar="RESOLUTION",
        help="with --from: layers of smaller resolutions do not learn",
    )
    parser.add_argument(
        "--devices",
        type=int,
        help="number of GPUs to train on (default: all there are)",
    )
    parser.add_argument(
        "--precision",
        help="float32, mixed_bfloat16 or mixed_float16 (default: float32, or "
        "that of --from)",
    )
    parser.add_argument(
        "--run-dir",
        default="runs",
        help="folder that holds runs, or one run folder (default: %(default)s)",
    )
    parser.add_argument(
        "--recipe",
        default="quickstart",
        help=f"one of {', '.join(recipes.RECIPES)}, or a .json file of your "
        "own (default: %(default)s)",
    )
    parser.add_argument(
        "--loss",
        help="wgan_gp, non_saturating, least_squares, hinge or "
        "relativistic_average (default: the recipe's)",
    )
    parser.add_argument(
        "--loss-option",
        metavar="NAME=NUMBER",
        action="append",
        default=[],
        help="such as gamma=750 or penalty_interval=4; several are allowed",
    )
    parser.add_argument(
        "--update",
        help="alternating or simultaneous (default: the recipe's)",
    )
    parser.add_argument(
        "--batch-size", type=int, help="images per step (default: recipe's)"
    )
    parser.add_argument(
        "--learning-rate", type=float, help="of Adam (default: the recipe's)"
    )
    parser.add_argument(
        "--stabilise-kimg",
        type=float,
        help="thousands of images per stabilising stage",
    )
    parser.add_argument(
        "--fade-kimg", type=float, help="thousands of images per fade"
    )
    parser.add_argument(
        "--total-kimg",
        type=float,
        help="thousands of images in all; the last stage takes the rest",
    )
    parser.add_argument(
        "--tick-kimg",
        type=float,
        help="thousands of images between status lines, grids and "
        "checkpoints (default: fifty in the run)",
    )
    parser.add_argument(
        "--metrics",
        default="",
        help="what to measure, such as swd,kid (see `progan evaluate`); by "
        "the first, the best generator is kept",
    )
    parser.add_argument(
        "--metrics-kimg",
        type=float,
        help="thousands of images between measurements (default: a tenth)",
    )
    parser.add_argument(
        "--metrics-count",
        type=int,
        help="images of each kind (default: half of the data, at most 16,384)",
    )
    parser.add_argument(
        "--features",
        default="efficientnet_lite0",
        help="network for kid, fid, ... (default: %(default)s)",
    )
    parser.add_argument(
        "--keep-checkpoints",
        type=int,
        default=2,
        help="of how many ticks to keep checkpoints (default: %(default)s)",
    )
    parser.add_argument(
        "--checkpoint-minutes",
        type=float,
        default=10,
        help="in long ticks, a checkpoint after so many minutes, too "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--roll-backs",
        type=int,
        default=0,
        help="how often a run that diverges may go back to its checkpoint, "
        "and on with half the learning rate (default: %(default)s)",
    )
    mirror = parser.add_mutually_exclusive_group()
    mirror.add_argument(
        "--mirror",
        action="store_true",
        default=None,
        help="flip half of the images (default: as suits the data)",
    )
    mirror.add_argument(
        "--no-mirror", dest="mirror", action="store_false", default=None
    )
    parser.add_argument(
        "--seed", type=int, help="default: 0, or that of --from"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the plan and stop"
    )


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
        options.data or DEFAULT_DATA,
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
