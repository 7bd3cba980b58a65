"""The pictures of notebooks take few bytes, and look as they were drawn."""

import base64
import io

import course
import matplotlib.pyplot as plt
import numpy as np
import pytest
from pictures import CHANGE, shrink
from PIL import Image


def pixels(text):
    file = io.BytesIO(base64.b64decode(text))
    return np.asarray(Image.open(file).convert("RGB"), "int16")


@pytest.fixture
def drawing():
    """A plot as Jupyter stores it: RGBA, nothing transparent."""
    figure, axes = plt.subplots(figsize=(6, 3))
    for shift in range(5):
        axes.plot(np.sin(np.arange(99) / 9 + shift))
    file = io.BytesIO()
    figure.savefig(file, dpi=80)
    plt.close(figure)
    return base64.b64encode(file.getvalue()).decode()


def test_a_drawing_takes_half_its_bytes_and_looks_the_same(drawing):
    smaller = shrink(drawing)
    assert len(smaller) < len(drawing) / 2
    assert np.abs(pixels(smaller) - pixels(drawing)).max() <= CHANGE
    assert shrink(smaller) == smaller


def test_a_photograph_keeps_its_colours():
    random = np.random.default_rng(1)
    photograph = course.png(random.integers(0, 256, (64, 64, 3), "uint8"))
    assert shrink(photograph) == photograph


def test_a_transparent_picture_stays_transparent():
    glass = course.png(np.full((64, 64, 4), 100, "uint8"))
    assert shrink(glass) == glass
