"""Find the latents of pictures: what a trained generator makes of them.

The picture that is written shows each picture beside what was found.
"""

from progan_keras.cli.shared import PRESET_HELP

HELP = "find the latent whose picture is nearest to a given one"


def add_arguments(parser):
    """Declare the options of `progan project`."""
    parser.add_argument("run", help=PRESET_HELP)
    parser.add_argument(
        "pictures", nargs="+", metavar="PICTURE", help="an image file"
    )
    parser.add_argument(
        "--output", default="projected.png", help="default: %(default)s"
    )
    parser.add_argument(
        "--fit",
        choices=("crop", "pad", "stretch"),
        help="what to do with a picture of another size or with other "
        "channels (default: refuse it)",
    )
    parser.add_argument(
        "--class",
        dest="label",
        metavar="CLASS",
        help="name or number of the class of all (default: that of the "
        "nearest sample)",
    )
    parser.add_argument(
        "--steps", type=int, default=500, help="default: %(default)s"
    )
    parser.add_argument(
        "--starts",
        type=int,
        default=4,
        help="samples to search from, for each picture (default: %(default)s)",
    )
    parser.add_argument(
        "--perceptual",
        action="store_true",
        help="also go by what EfficientNet-Lite0 sees, which is slower (needs "
        "progan-keras[metrics])",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="default: %(default)s"
    )
    parser.add_argument(
        "--scale",
        type=int,
        default=4,
        help="times that pixels are enlarged (default: %(default)s)",
    )
    parser.add_argument(
        "--save-latents",
        metavar="FILE",
        help="write what was found, as an .npz with latents, errors and, of "
        "a conditional generator, labels",
    )
    parser.add_argument(
        "--film",
        metavar="FILE",
        help="write the way of the search, as a .gif or .mp4",
    )


def run(options):
    """Search, write, and say how near it came."""
    import progan_keras as pk

    _check(options)
    gan = pk.ProGAN.from_preset(options.run)
    found = pk.project(
        gan,
        options.pictures,
        labels=options.label,
        steps=options.steps,
        seed=options.seed,
        fit=options.fit,
        starts=options.starts,
        perceptual=options.perceptual,
    )
    grid = _side_by_side(found.targets, found.pictures, options.scale)
    path = pk.images.save_image(grid, options.output)
    for number, name in enumerate(options.pictures):
        start, end = found.start_errors[number], found.errors[number]
        kind = ""
        if found.labels is not None:
            kind = f", as {gan.class_names[found.labels[number].argmax()]}"
        print(
            f"{name}: {end:.1f} of 255 levels apart{kind} (where the search "
            f"began: {start:.1f})"
        )
    print(f"given and found, side by side, in {path}")
    if options.save_latents:
        print(f"latents in {_save(found, options.save_latents)}")
    if options.film:
        print(f"the search in {_film(gan, found, options)}")


def _side_by_side(targets, pictures, scale):
    """A grid with pairs of a target and what was found."""
    import numpy as np

    import progan_keras as pk

    pairs = np.stack([targets, pictures], axis=1)
    count = len(pairs)
    columns = 2 * max(1, round((count / 2) ** 0.5))
    return pk.image_grid(
        pairs.reshape(2 * count, *targets.shape[1:]),
        columns=columns,
        scale=scale,
        padding=scale,
    )


def _check(options):
    """Refuse what could not be written, before the work."""
    from progan_keras.checks import check_integer
    from progan_keras.images import picture_format
    from progan_keras.timelapse import check_path

    check_integer(options.scale, "scale", least=1)
    picture_format(options.output)
    if options.film:
        check_path(options.film)
    if options.save_latents and not options.save_latents.endswith(".npz"):
        raise ValueError(
            "Latents are written as .npz: give the file a name that ends so. "
            f"Received: --save-latents {options.save_latents}"
        )


def _save(found, path):
    """Write latents and what belongs to them; return the path."""
    import numpy as np

    from progan_keras.files import atomic_path

    arrays = {"latents": found.latents, "errors": found.errors}
    if found.labels is not None:
        arrays["labels"] = found.labels
    with atomic_path(path) as temporary:
        np.savez(temporary, **arrays)
    return path


def _film(gan, found, options):
    """Write the way of the search; return the path."""
    from progan_keras.timelapse import timelapse

    frames = [
        _side_by_side(
            found.targets,
            gan.generate(latents=latents, labels=found.labels),
            options.scale,
        )
        for latents in found.way
    ]
    return timelapse(frames, options.film, duration=60)
