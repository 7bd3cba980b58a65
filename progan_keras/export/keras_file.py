"""A `.keras` file of a generator."""

from progan_keras.files import atomic_path


def export_keras(gan, path):
    """Write the generator as a Keras model, latents to float images.

    It loads with `keras.models.load_model` on any Keras backend where this
    package is installed.

    Args:
        gan: `ProGAN`.
        path: File to write, ending in `.keras`.
    """
    with atomic_path(path) as temporary:
        gan.current_generator().save(temporary)
