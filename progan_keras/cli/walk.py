"""Walk round in the latent space of a trained generator, as a film."""

from progan_keras.cli.shared import PRESET_HELP, add_truncation

HELP = "walk from picture to picture, as a GIF or MP4 that ends as it began"


def add_arguments(parser):
    """Declare the options of `progan walk`."""
    parser.add_argument("run", help=PRESET_HELP)
    parser.add_argument(
        "--output",
        default="walk.gif",
        help="a name that ends in .gif or .mp4 (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="default: %(default)s"
    )
    parser.add_argument(
        "--points",
        type=int,
        default=6,
        help="random pictures that each walk passes (default: %(default)s)",
    )
    parser.add_argument(
        "--frames",
        type=int,
        default=96,
        help="of the whole round (default: %(default)s)",
    )
    parser.add_argument(
        "--count",
        type=int,
        default=9,
        help="walks beside each other (default: %(default)s)",
    )
    parser.add_argument(
        "--class",
        dest="label",
        metavar="CLASS",
        help="name or number of the class of all (default: all in turn)",
    )
    add_truncation(parser)
    parser.add_argument("--columns", type=int, help="default: about square")
    parser.add_argument(
        "--scale",
        type=int,
        default=2,
        help="times that pixels are enlarged (default: %(default)s)",
    )
    parser.add_argument(
        "--duration",
        type=int,
        default=60,
        help="milliseconds per frame (default: %(default)s)",
    )


def run(options):
    """Generate all frames, write the film, say where."""
    from tqdm import tqdm

    import progan_keras as pk
    from progan_keras.timelapse import check_path, timelapse

    check_path(options.output)  # before the work
    gan = pk.ProGAN.from_preset(options.run)
    way = pk.latents.walk(
        options.frames,
        gan.config.latent_dim,
        options.seed,
        options.points,
        options.count,
    )
    frames = []
    for latents in tqdm(way, "frames", disable=None):
        pictures = gan.generate(
            latents=latents,
            labels=options.label,
            truncation=options.truncation,
        )
        frames.append(pk.image_grid(pictures, columns=options.columns))
    path = timelapse(
        frames,
        options.output,
        scale=options.scale,
        duration=options.duration,
        last=options.duration,
    )
    print(f"a walk past {options.points} pictures in {path}")
