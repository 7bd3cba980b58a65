"""Film a run: its grids, from noise to pictures, as a GIF or MP4."""

HELP = "film a run as a GIF or MP4"


def add_arguments(parser):
    """Declare the options of `progan timelapse`."""
    parser.add_argument(
        "run", help="a run folder, or a folder that holds runs (the newest)"
    )
    parser.add_argument(
        "--output",
        default="timelapse.gif",
        help="a name that ends in .gif or .mp4 (default: %(default)s)",
    )
    parser.add_argument(
        "--scale",
        type=int,
        default=2,
        help="times that pixels are enlarged (default: %(default)s)",
    )
    parser.add_argument(
        "--duration",
        type=int,
        default=120,
        help="milliseconds per frame (default: %(default)s)",
    )


def run(options):
    """Write the film and say where."""
    from progan_keras.training.film import film_run

    path = film_run(
        options.run,
        options.output,
        scale=options.scale,
        duration=options.duration,
    )
    print(f"time-lapse in {path}")
