"""What `progan train` can be told."""

from progan_keras import recipes
from progan_keras.cli import data_options
from progan_keras.cli.shared import PRESET_HELP

DEFAULT_DATA = "emoji_portraits"


def add_arguments(parser):
    """Declare the options of `progan train`, in groups for its help."""
    _add_images(parser.add_argument_group("images and their classes"))
    _add_network(parser.add_argument_group("networks, and their start"))
    _add_training(parser.add_argument_group("how it is trained"))
    _add_metrics(parser.add_argument_group("what is measured meanwhile"))
    _add_run(parser.add_argument_group("where it is written, and how often"))


def _add_images(parser):
    parser.add_argument(
        "data",
        nargs="?",
        help=f"{data_options.DATA_HELP} (default: {DEFAULT_DATA})",
    )
    data_options.add_arguments(parser)
    data_options.add_skip_broken(parser)
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


def _add_network(parser):
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
        "--precision",
        help="float32, mixed_bfloat16 or mixed_float16 (default: float32, or "
        "that of --from)",
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
        "--seed", type=int, help="default: 0, or that of --from"
    )


def _add_training(parser):
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
        "--devices",
        type=int,
        help="number of GPUs to train on (default: all there are)",
    )


def _add_metrics(parser):
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


def _add_run(parser):
    parser.add_argument(
        "--run-dir",
        default="runs",
        help="folder that holds runs, or one run folder (default: %(default)s)",
    )
    parser.add_argument(
        "--tick-kimg",
        type=float,
        help="thousands of images between status lines, grids and "
        "checkpoints (default: fifty in the run)",
    )
    parser.add_argument(
        "--keep-checkpoints",
        type=int,
        default=2,
        help="how many checkpoints to keep (default: %(default)s)",
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
    parser.add_argument(
        "--dry-run", action="store_true", help="print the plan and stop"
    )
