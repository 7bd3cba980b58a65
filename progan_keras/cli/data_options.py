"""Options on where images come from and how they become squares."""

DATA_HELP = (
    "name of an embedded data set or of one of tensorflow-datasets, a folder "
    "of images, a .zip, .npz or .npy file, or a prepared folder"
)


def add_arguments(parser):
    """Declare the options that `load_options` reads."""
    parser.add_argument(
        "--split",
        help="part of a data set of tensorflow-datasets, such as train+test "
        "(default: train)",
    )
    parser.add_argument(
        "--fit",
        default="crop",
        help="how images become squares: crop, pad, stretch or celeba_128 "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--background",
        default="white",
        metavar="COLOUR",
        help="behind padding and transparent pixels (default: %(default)s)",
    )
    parser.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help="where tensorflow-datasets keeps its data sets",
    )


def add_skip_broken(parser):
    """Declare --skip-broken."""
    parser.add_argument(
        "--skip-broken",
        action="store_true",
        help="leave out images that cannot be read, and list them (default: "
        "stop)",
    )


def load_options(options):
    """Return what was given, as keyword arguments of `pk.data.load`."""
    names = ("split", "fit", "background", "data_dir", "skip_broken")
    return {n: getattr(options, n) for n in names if hasattr(options, n)}
