"""Train a GAN from 4x4 up to --resolution.

Prints the plan, then a line per tick. The same command again goes on where
the last one stopped.
"""

import dataclasses
import logging
import math
import sys

from progan_keras import recipes

HELP = "train on images; resumes by itself"


def add_arguments(parser):
    """Declare the options of `progan train`."""
    parser.add_argument(
        "data",
        nargs="?",
        default="emoji_portraits",
        help="name of an embedded data set, a folder of images, an .npz or "
        ".npy file (default: %(default)s)",
    )
    parser.add_argument(
        "--resolution",
        type=int,
        default=32,
        help="power of two from 4 to 1024 (default: %(default)s)",
    )
    parser.add_argument(
        "--channels",
        type=int,
        default=3,
        help="1 (grey), 3 (RGB) or 4 (RGBA) (default: %(default)s)",
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
        "--run-dir",
        default="runs",
        help="folder that holds runs, or one run folder (default: %(default)s)",
    )
    parser.add_argument(
        "--recipe",
        default="quickstart",
        help=f"one of {', '.join(recipes.RECIPES)} (default: %(default)s)",
    )
    parser.add_argument(
        "--loss", help="wgan_gp or non_saturating (default: the recipe's)"
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
        "--seed", type=int, default=0, help="default: %(default)s"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the plan and stop"
    )


def run(options):
    """Train, and say what was written and what to try next."""
    recipe = _recipe(options)
    recipe.schedule(options.resolution)  # a wrong number is told at once

    import progan_keras as pk
    from progan_keras.training.plan import Plan

    _show_log()
    gan = pk.ProGAN(
        resolution=options.resolution,
        num_channels=options.channels,
        seed=options.seed,
        **_network(options, recipe),
    )
    # A wrong name is told before the data is prepared.
    gan.compile(loss=recipe.loss, update=recipe.update)
    images = pk.data.load(
        options.data,
        resolution=options.resolution,
        num_channels=options.channels,
    )
    if options.dry_run:
        print(Plan(gan, images, recipe, options.tick_kimg))
        return
    result = pk.train(
        gan,
        images,
        run_dir=options.run_dir,
        recipe=recipe,
        tick_kimg=options.tick_kimg,
    )
    print(
        f"\nFinished at {gan.images_seen / 1000:g} kimg.\n"
        f"  pictures   {result.grids}\n"
        f"  generator  {result.final}\n\n"
        "Try next:\n"
        f"  progan generate {result} --seed 7\n"
        f"  progan timelapse {result}\n"
        f"  progan export {result}"
    )


def _show_log():
    """Show what the package logs, and not what TensorFlow chats."""
    log = logging.getLogger("progan_keras")
    log.setLevel(logging.INFO)
    log.handlers = [logging.StreamHandler(sys.stdout)]
    logging.getLogger("tensorflow").setLevel(logging.WARNING)


def _recipe(options):
    """The recipe with the options that were given in its place."""
    changes = {
        "loss": options.loss,
        "update": options.update,
        "batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "mirror": options.mirror,
        "stabilise_images": _images(options.stabilise_kimg),
        "fade_images": _images(options.fade_kimg),
        "total_images": _images(options.total_kimg),
    }
    changes = {name: v for name, v in changes.items() if v is not None}
    return dataclasses.replace(recipes.get(options.recipe), **changes)


def _network(options, recipe):
    """The recipe's sizes with those that were given in their place."""
    given = {
        "fmap_base": options.fmap_base,
        "fmap_max": options.fmap_max,
        "latent_dim": options.latent_dim,
    }
    given = {name: v for name, v in given.items() if v is not None}
    return {**recipe.network, **given}


def _images(kimg):
    """Whole images of so many thousands; the schedule refuses the rest."""
    if kimg is None or not math.isfinite(kimg):
        return kimg
    return round(1000 * kimg)
