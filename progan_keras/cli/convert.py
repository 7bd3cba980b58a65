"""Convert weights of other projects into a preset folder.

Reads the pickles of the paper's authors (.pkl) without TensorFlow 1 and the
files of pro_gan_pth (.bin) without PyTorch. Nothing in them is executed.
"""

HELP = "convert weights of other projects"


def add_arguments(parser):
    """Declare the options of `progan convert`."""
    parser.add_argument(
        "weights", help="a .pkl of the paper's authors or a .bin of pro_gan_pth"
    )
    parser.add_argument("output", help="preset folder to write")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a preset there"
    )


def run(options):
    """Convert, and say what can be done with the result."""
    import progan_keras as pk

    gan = pk.zoo.load_file(options.weights)
    path = gan.save_preset(options.output, overwrite=options.overwrite)
    config = gan.config
    of_classes = f", {config.num_classes} classes" * (config.num_classes > 0)
    print(
        f"{config.resolution}x{config.resolution}, {config.num_channels} "
        f"channels, latents of {config.latent_dim}{of_classes}: {path}"
    )
    print(
        "\nTry next:\n"
        f"  progan generate {path} --seed 7\n"
        f"  progan train DATA --from {path}\n"
        f"  progan export {path}"
    )
