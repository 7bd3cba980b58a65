"""Where the lessons are, and what their notebooks hold."""

import base64
import importlib.util
import io
import sys
from pathlib import Path

import nbformat
from PIL import Image

TUTORIALS = Path(__file__).resolve().parents[2] / "tutorials"
sys.path.insert(0, str(TUTORIALS))

BROKEN = Path(__file__).parent / "broken"
SOURCES = sorted((TUTORIALS / "src").glob("*.py"))
# Of the lessons, and of their solutions.
NOTEBOOKS = [
    folder / f"{source.stem}.ipynb"
    for source in SOURCES
    for folder in (TUTORIALS, TUTORIALS / "solutions")
]


def name_of(path):
    """How a test calls a source or a notebook."""
    prefix = "solutions/" if path.parent.name == "solutions" else ""
    return prefix + path.stem


def read(path):
    """Return a notebook as nbformat reads it."""
    return nbformat.read(path, as_version=4)


def outputs(cell):
    """Return the outputs of a cell; none for text."""
    return cell.get("outputs", [])


def shows_picture(cell):
    return any("image/png" in out.get("data", {}) for out in outputs(cell))


def png(pixels):
    """Return a picture, uint8 [H, W, 3 or 4], as notebooks hold it."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def mistakes(source):
    """Return the mistakes that are made in a lesson, see `run_lesson`."""
    path = BROKEN / source.name
    spec = importlib.util.spec_from_file_location(f"broken_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BROKEN
