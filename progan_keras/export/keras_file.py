"""A `.keras` file of a generator."""

import keras

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
        _for_all_backends(gan.current_generator()).save(temporary)


def _for_all_backends(generator):
    """The same generator, whose batch normalisation counts one device.

    That of several, which only matters in training, is TensorFlow's alone.
    """

    def clone(layer):
        config = layer.get_config()
        if isinstance(layer, keras.layers.BatchNormalization):
            config["synchronized"] = False
        return type(layer).from_config(config)

    copy = keras.models.clone_model(generator, clone_function=clone)
    copy.set_weights(generator.get_weights())
    return copy
