"""An ONNX file of a generator."""

import tensorflow as tf

from progan_keras.export.endpoints import Endpoints
from progan_keras.files import write_atomically

# What onnxruntime has understood since 2022, in the browser too.
OPSET = 17


def export_onnx(gan, path):
    """Write the generator for onnxruntime and others.

    The file's inputs are `latents`, float32 `[N, latent_dim]` from N(0, 1),
    and of a conditional GAN `labels`, class indices, int32 `[N]`; its output
    is `images`, float32 `[N, R, R, C]`, about [-1, 1]. N is free.

    Args:
        gan: `ProGAN`.
        path: File to write, ending in `.onnx`.

    Raises:
        ValueError: without tf2onnx.
    """
    endpoints = Endpoints(gan)
    data = onnx_bytes(
        lambda *inputs: {"images": endpoints.images(*inputs)},
        endpoints.signature,
    )
    write_atomically(data, path)


def onnx_bytes(function, signature):
    """Convert a function to ONNX.

    Args:
        function: From tensors to a dict of tensors, the outputs by name.
        signature: List of `tf.TensorSpec`, the inputs with their names.

    Returns:
        Bytes of an ONNX file.

    Raises:
        ValueError: without tf2onnx.
    """
    try:
        import tf2onnx
    except ImportError as error:
        raise ValueError(
            "ONNX files are written by tf2onnx, which is not installed: `pip "
            'install "progan-keras[onnx]"`. '
            f"Received: {error}"
        ) from error
    model, _ = tf2onnx.convert.from_function(
        tf.function(function), input_signature=signature, opset=OPSET
    )
    return model.SerializeToString()
