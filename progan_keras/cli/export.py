"""Export a trained generator for use without this package."""

from progan_keras.cli.shared import PRESET_HELP

HELP = "write a SavedModel or a .keras file"


def add_arguments(parser):
    """Declare the options of `progan export`."""
    parser.add_argument("run", help=PRESET_HELP)
    parser.add_argument(
        "--output", help="default: saved_model, or generator.keras"
    )
    parser.add_argument(
        "--format",
        default="saved_model",
        choices=("saved_model", "keras"),
        help="default: %(default)s",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace what is there"
    )


def run(options):
    """Export and show how to use the result."""
    import progan_keras as pk

    names = {"saved_model": "saved_model", "keras": "generator.keras"}
    gan = pk.ProGAN.from_preset(options.run)
    path = gan.export(
        options.output or names[options.format],
        format=options.format,
        overwrite=options.overwrite,
    )
    print(f"{options.format} in {path}")
    if options.format == "saved_model":
        shape = [16, *gan.current_generator().output_shape[1:]]
        labels, arguments = "", "latents"
        if gan.config.num_classes:
            labels = f"  labels = tf.range(16) % {gan.config.num_classes}\n"
            arguments = "latents, labels"
        print(
            "\nUse it wherever TensorFlow is:\n"
            "  import tensorflow as tf\n"
            f"  model = tf.saved_model.load({str(path)!r})\n"
            f"  latents = tf.random.normal((16, {gan.config.latent_dim}))\n"
            f"{labels}"
            f"  pictures = model.pictures({arguments})  # uint8 {shape}"
        )
