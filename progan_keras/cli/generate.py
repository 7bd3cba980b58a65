"""Make pictures with a trained generator: a grid, or single files."""

from pathlib import Path

HELP = "make pictures with a trained generator"


def add_arguments(parser):
    """Declare the options of `progan generate`."""
    parser.add_argument(
        "run", help="a run folder, or a folder that holds runs (the newest)"
    )
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
        "--count", type=int, default=64, help="default: %(default)s"
    )
    parser.add_argument(
        "--resolution",
        type=int,
        help="a smaller one that the network passed through",
    )
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
    pictures = gan.generate(
        options.count, seed=options.seed, resolution=options.resolution
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
    grid = pk.image_grid(pictures, columns=options.columns, scale=options.scale)
    path = pk.images.save_image(grid, options.output)
    print(f"{len(pictures)} pictures in {path}")
