"""A LiteRT (TensorFlow Lite) file of a generator."""

import tempfile

import tensorflow as tf

from progan_keras.export.endpoints import Endpoints
from progan_keras.files import atomic_path


def export_litert(gan, path):
    """Write the generator for phones and small computers.

    The file's signature `serve` takes `latents`, float32 `[N, latent_dim]`
    from N(0, 1), and of a conditional GAN `labels`, class indices, int32
    `[N]`; it returns `images`, float32 `[N, R, R, C]`, about [-1, 1]. N is
    free. All operations are LiteRT's own: its smallest runtime has them.

    Args:
        gan: `ProGAN`.
        path: File to write, ending in `.tflite`.
    """
    endpoints = Endpoints(gan)
    module = tf.Module()
    module.variables_kept = [v.value for v in endpoints.generator.variables]
    serve = tf.function(
        lambda *inputs: {"images": endpoints.images(*inputs)},
        input_signature=endpoints.signature,
    )
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serve": serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=["serve"]
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        data = converter.convert()
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
