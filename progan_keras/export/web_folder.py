"""A folder with a generator and a page that runs it in the browser."""

import json
import shutil
from pathlib import Path

from progan_keras.export.endpoints import Endpoints
from progan_keras.export.onnx_file import onnx_bytes
from progan_keras.files import atomic_path
from progan_keras.version import __version__

MODEL, FACTS = "generator.onnx", "model.json"
_PAGE = Path(__file__).parent / "web"


def export_web(gan, path):
    """Write a page on which anybody can make pictures, without a server's help.

    The folder works from every web server and asks no other one for anything:

    - `index.html`, `style.css`, `page.js`, `latents.js`, `generator.js`: the
      page;
    - `generator.onnx`: as of `export_onnx`, with an output for each resolution
      that the generator grew through besides: `images_4x4` and so on;
    - `model.json`: what the page has to know of the generator;
    - `onnxruntime`: what runs it there, with its licences.

    Args:
        gan: `ProGAN`.
        path: Folder to write.

    Raises:
        ValueError: without tf2onnx.
    """
    endpoints = Endpoints(gan)
    data = onnx_bytes(endpoints.growth(), endpoints.signature)
    with atomic_path(path) as temporary:
        shutil.copytree(_PAGE, temporary)
        (temporary / MODEL).write_bytes(data)
        (temporary / FACTS).write_text(
            json.dumps(_facts(gan, endpoints), indent=1) + "\n",
            encoding="utf-8",
        )


def _facts(gan, endpoints):
    """What the page has to know of the generator."""
    return {
        "progan_keras": __version__,
        "resolution": endpoints.generator.output_shape[1],
        "latent_dim": gan.config.latent_dim,
        "class_names": gan.class_names,
        "notice": gan.notice,
        # Where truncation leads to.
        "centre": gan.centre.tolist(),
    }


def page_names():
    """Names of all files and folders at the top of such a folder."""
    return {MODEL, FACTS, *(entry.name for entry in _PAGE.iterdir())}
