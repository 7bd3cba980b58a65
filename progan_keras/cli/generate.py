"""Make pictures with a trained generator: a grid, or single files."""

from pathlib import Path

from progan_keras.cli.shared import PRESET_HELP, add_truncation

HELP = "make pictures with a trained generator"


def add_arguments(parser):
    """Declare the options of `progan generate`."""
    parser.add_argument("run", help=PRESET_HELP)
    parser.add_argument(
        "--output",
        default="generated.png",
        help="picture to write; with --separate, a folder (default: "
        "%(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="default: %(default)s"
    )
    parser.add_argument(
        "--count",
        type=int,
        help="default: 64; with --by-class 8, for each class",
    )
    parser.add_argument(
        "--class",
        dest="labels",
        metavar="CLASS",
        action="append",
        help="name or number of a class that a conditional generator knows; "
        "give it several times for several (default: all in turn)",
    )
    parser.add_argument(
        "--by-class",
        action="store_true",
        help="one row per class, from the same latents",
    )
    parser.add_argument(
        "--resolution",
        type=int,
        help="a smaller one that the network passed through",
    )
    add_truncation(parser)
    parser.add_argument(
        "--columns", type=int, help="of the grid (default: about square)"
    )
    parser.add_argument(
        "--scale",
        type=int,
        default=2,
        help="times that pixels are enlarged in the grid (default: "
        "%(default)s)",
    )
    parser.add_argument(
        "--separate",
        action="store_true",
        help="write one file per picture, not enlarged, into the folder "
        "--output",
    )


def run(options):
    """Generate, write, and say where."""
    import progan_keras as pk

    gan = pk.ProGAN.from_preset(options.run)
    labels = _labels(gan, options.labels)
    columns, row_names = options.columns, None
    if options.by_class:
        if columns is not None:
            raise ValueError(
                "A row per class has --count pictures; leave --columns out. "
                f"Received: --columns {columns}"
            )
        columns = 8 if options.count is None else options.count
        labels = range(gan.config.num_classes) if labels is None else labels
        row_names = [gan.class_names[label] for label in labels]
        pictures = gan.generate_by_class(
            columns,
            options.seed,
            labels,
            options.resolution,
            truncation=options.truncation,
        )
    else:
        count = 64 if options.count is None else options.count
        pictures = gan.generate(
            count,
            seed=options.seed,
            labels=labels and [labels[n % len(labels)] for n in range(count)],
            resolution=options.resolution,
            truncation=options.truncation,
        )
    if options.separate:
        folder = Path(options.output)
        if folder.suffix == ".png":
            folder = folder.with_suffix("")
        for number, picture in enumerate(pictures):
            name = f"seed{options.seed}-{number:05d}.png"
            pk.images.save_image(
                pk.image_grid(picture[None], columns=1), folder / name
            )
        print(f"{len(pictures)} pictures in {folder}")
        return
    grid = pk.image_grid(
        pictures, columns=columns, scale=options.scale, row_names=row_names
    )
    path = pk.images.save_image(grid, options.output)
    print(f"{len(pictures)} pictures in {path}")


def _labels(gan, given):
    """The classes that were asked for, as indices; None for all in turn."""
    if given is None:
        return None
    from progan_keras.classes import index_of

    gan.check_conditional()
    return [index_of(name, gan.class_names) for name in given]
