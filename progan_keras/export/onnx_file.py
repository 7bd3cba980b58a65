"""An ONNX file of a generator."""

import tensorflow as tf

from progan_keras.export.endpoints import Endpoints
from progan_keras.files import atomic_path

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
    try:
        import tf2onnx
    except ImportError as error:
        raise ValueError(
            "ONNX files are written by tf2onnx, which is not installed: `pip "
            'install "progan-keras[onnx]"`. '
            f"Received: format='onnx' ({error})"
        ) from error
    endpoints = Endpoints(gan)
    model, _ = tf2onnx.convert.from_function(
        tf.function(endpoints.images),
        input_signature=endpoints.signature,
        opset=OPSET,
    )
    _rename_output(model.graph, "images")
    with atomic_path(path) as temporary:
        temporary.write_bytes(model.SerializeToString())


def _rename_output(graph, name):
    """Call the only output of an ONNX graph by `name`."""
    (output,) = graph.output
    for node in graph.node:
        for number, value in enumerate(node.output):
            if value == output.name:
                node.output[number] = name
        for number, value in enumerate(node.input):
            if value == output.name:
                node.input[number] = name
    output.name = name
