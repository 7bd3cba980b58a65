"""A TensorFlow SavedModel of a generator."""

import keras
import tensorflow as tf

from progan_keras.files import as_os_error, atomic_path


def export_saved_model(gan, path):
    """Write a SavedModel that runs wherever TensorFlow does.

    Load it with `model = tf.saved_model.load(path)`, keep that object, and
    call one of its endpoints with latents, float32 `[N, latent_dim]` from
    N(0, 1), any N:

    - `model.serve(latents)`: float32 images `[N, R, R, C]`, about [-1, 1];
    - `model.pictures(latents)`: the same as uint8 pictures in [0, 255].

    A conditional GAN's endpoints take `(latents, labels)`, the labels being
    class indices, int32 `[N]`.

    Args:
        gan: `ProGAN`.
        path: Folder to write.
    """
    generator, num_classes = gan.current_generator(), gan.config.num_classes
    signature = [
        tf.TensorSpec((None, gan.config.latent_dim), "float32", "latents")
    ]
    if num_classes:
        signature.append(tf.TensorSpec((None,), "int32", "labels"))

    def images(latents, labels=None):
        if labels is None:
            return generator(latents)
        # Otherwise an unknown class would quietly be none at all.
        in_range = tf.reduce_all((labels >= 0) & (labels < num_classes))
        check = tf.debugging.Assert(
            in_range, [f"Labels are 0 to {num_classes - 1}. Received:", labels]
        )
        with tf.control_dependencies([check]):
            vectors = tf.one_hot(labels, num_classes)
        return generator([latents, vectors])

    def pictures(latents, labels=None):
        scaled = (images(latents, labels) + 1.0) * 127.5
        rounded = tf.round(tf.clip_by_value(scaled, 0.0, 255.0))
        return tf.cast(rounded, tf.uint8)

    archive = keras.export.ExportArchive()
    archive.track(generator)
    archive.add_endpoint("serve", images, input_signature=signature)
    archive.add_endpoint("pictures", pictures, input_signature=signature)
    with atomic_path(path) as temporary:
        try:
            archive.write_out(temporary, verbose=False)
        except tf.errors.OpError as error:
            raise as_os_error(error) from error
