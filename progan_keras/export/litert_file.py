"""A LiteRT (TensorFlow Lite) file of a generator."""

import tempfile

import keras
import tensorflow as tf

from progan_keras.export.endpoints import Endpoints
from progan_keras.files import atomic_path
from progan_keras.layers import EqualizedUpscaleConv2D
from progan_keras.layers.equalized_conv import spread_kernel


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
    endpoints.generator = _with_known_shapes(endpoints.generator)
    module = tf.Module()
    module.variables_kept = endpoints.variables()
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


def _with_known_shapes(generator):
    """The same generator, upscaling in a way that LiteRT is quick at.

    LiteRT tells a transposed convolution the whole shape of its output. With
    a free N that is computed while it runs; then no tensor behind it has a
    known shape, and the fast kernels, XNNPACK's, take none of them.
    """

    def clone(layer):
        kind = type(layer)
        if kind is EqualizedUpscaleConv2D:
            kind = _UpscaleByDepth
        return kind.from_config(layer.get_config())

    copy = keras.models.clone_model(generator, clone_function=clone)
    copy.set_weights(generator.get_weights())
    return copy


class _UpscaleByDepth(EqualizedUpscaleConv2D):
    """Computes the four pixels that a pixel becomes as channels, and deals.

    Any 2x2 pixels of the small image make 2x2 pixels of the large one, around
    the corner where they meet: as many multiplications as a transposed
    convolution has. What goes beyond the border is cut away. For kernels of
    3x3, which a generator's are.
    """

    def _convolve(self, x, kernel):
        spread = spread_kernel(kernel)  # [4, 4, C, filters]
        parts = [spread[i::2, j::2] for i in (1, 0) for j in (1, 0)]
        x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
        x = tf.nn.conv2d(x, tf.concat(parts, axis=-1), 1, "VALID")
        return tf.nn.depth_to_space(x, 2)[:, 1:-1, 1:-1]
