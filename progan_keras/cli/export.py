"""Export a trained generator for use without this package."""

import importlib.util

from progan_keras.cli.shared import PRESET_HELP
from progan_keras.export_formats import FORMATS

HELP = "write a SavedModel, an ONNX, LiteRT or .keras file, a web page"
_USES = {
    "saved_model": """Use it wherever TensorFlow is:
  import tensorflow as tf
  model = tf.saved_model.load({path!r})
  pictures = model.sample({sample})  # uint8 {shape}
  latents = tf.random.normal((16, {latent_dim}))
  pictures = model.pictures({arguments})""",
    "keras": """Use it wherever Keras and progan-keras are, on any backend:
  import keras
  import progan_keras.layers
  model = keras.models.load_model({path!r})
  latents = keras.random.normal((16, {latent_dim}))
  images = model({keras_arguments})  # float {shape}, about [-1, 1]""",
    "onnx": """Use it wherever onnxruntime is:
  import numpy as np, onnxruntime
  model = onnxruntime.InferenceSession({path!r})
  latents = np.random.randn(16, {latent_dim}).astype("float32")
  (images,) = model.run(None, {{{feeds}}})  # float {shape}, about [-1, 1]""",
    "litert": """Use it wherever LiteRT is:
  import numpy as np
  from ai_edge_litert.interpreter import Interpreter
  serve = Interpreter({path!r}).get_signature_runner("serve")
  latents = np.random.randn(16, {latent_dim}).astype("float32")
  images = serve({keywords})["images"]  # float {shape}, about [-1, 1]""",
    "web": """Use it in the browser: put the folder on any web server, such as
  python -m http.server --bind 127.0.0.1 --directory {path!r}
which serves it on this machine, at http://127.0.0.1:8000/""",
}


def add_arguments(parser):
    """Declare the options of `progan export`."""
    parser.add_argument("run", help=PRESET_HELP)
    names = ", ".join(form.default for form in FORMATS.values())
    parser.add_argument("--output", help=f"default: {names}")
    parser.add_argument(
        "--format",
        default="saved_model",
        choices=tuple(FORMATS),
        help="default: %(default)s",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace what is there"
    )


def run(options):
    """Export, run what was written beside the generator, show its use."""
    import progan_keras as pk
    from progan_keras.export import difference

    format = options.format
    gan = pk.ProGAN.from_preset(options.run)
    path = gan.export(
        options.output or FORMATS[format].default,
        format=format,
        overwrite=options.overwrite,
    )
    print(f"{format} in {path}")
    runtime = FORMATS[format].runtime
    if importlib.util.find_spec(runtime):
        apart = difference(gan, path, format)
        print(
            "Run in a process of its own, its images differ from the "
            f"generator's by {apart:.1e} at most."
        )
    else:
        print(f"It was not run here, where there is no {runtime}.")
    print("\n" + _use(gan, path, format))


def _use(gan, path, format):
    """A few lines of Python that make 16 pictures."""
    classes = gan.config.num_classes
    arguments = keras_arguments = "latents"
    sample, feeds, keywords = "16, 0", '"latents": latents', "latents=latents"
    if classes:
        arguments = f"latents, tf.range(16) % {classes}"
        sample = f"16, 0, tf.range(16) % {classes}"
        labels = f'np.arange(16, dtype="int32") % {classes}'
        feeds += f', "labels": {labels}'
        keywords += f", labels={labels}"
        one_hot = f"keras.ops.eye({classes})"
        keras_arguments = f"[latents, keras.ops.tile({one_hot}, (16, 1))[:16]]"
    return _USES[format].format(
        path=str(path),
        latent_dim=gan.config.latent_dim,
        shape=[16, *gan.current_generator().output_shape[1:]],
        arguments=arguments,
        sample=sample,
        feeds=feeds,
        keywords=keywords,
        keras_arguments=keras_arguments,
    )
