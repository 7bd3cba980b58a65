"""progan_keras: pictures from the generator, in Python and exported."""

import os
import tempfile

import numpy as np
import tensorflow as tf
from contestant import Prepared
from ours import build_gan, versions

from progan_keras.networks.cost import count_parameters

THREADS = int(os.environ["TF_NUM_INTRAOP_THREADS"])


def prepare(case, form):
    """Prepare to make one batch of uint8 pictures in a step.

    Args:
        case: Dict, see `steps.py`.
        form: Name, of `FORMS`.
    """
    gan, size = build_gan(case), case["batch_size"]
    shape = (size, case["latent_dim"])
    latents = np.random.default_rng(0).standard_normal(shape, np.float32)
    with tempfile.TemporaryDirectory() as folder:
        make = FORMS[form](gan, latents, folder)

    def run(steps):
        for _ in range(steps):
            make()

    parameters = [count_parameters(gan.generators[-1].straight)]
    return Prepared(run, versions(), parameters)


def _python(gan, latents, folder):
    return lambda: gan.generate(latents=latents, batch_size=len(latents))


def _saved_model(gan, latents, folder):
    gan.export(f"{folder}/saved_model")
    model = tf.saved_model.load(f"{folder}/saved_model")
    return lambda: model.pictures(latents).numpy()


def _onnx(gan, latents, folder):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    path = gan.export(f"{folder}/generator.onnx", format="onnx")
    session = onnxruntime.InferenceSession(path, options)
    return lambda: _to_pictures(*session.run(["images"], {"latents": latents}))


def _litert(gan, latents, folder):
    from ai_edge_litert.interpreter import Interpreter

    path = gan.export(f"{folder}/generator.tflite", format="litert")
    interpreter = Interpreter(str(path), num_threads=THREADS)
    serve = interpreter.get_signature_runner("serve")
    return lambda: _to_pictures(serve(latents=latents)["images"])


def _to_pictures(images):
    """What the other forms do besides: float to uint8."""
    return ((images + 1.0) * 127.5).round().clip(0, 255).astype(np.uint8)


FORMS = {
    "python": _python,
    "saved_model": _saved_model,
    "onnx": _onnx,
    "litert": _litert,
}
