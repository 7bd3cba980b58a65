"""Pictures by a number: the strip for everyone, the slider for the living."""

import io
import types

import IPython
import numpy as np
import pytest
from PIL import Image

from progan_keras import figures
from progan_keras.figures.slider import make_widget


def draw(value):
    return np.full((2, 8, 8, 3), value, np.float32)


def captions(figure):
    (axes,) = figure.axes
    return [text.get_text() for text in axes.get_xticklabels()]


def test_the_strip_has_a_column_per_value():
    figure = figures.slider(draw, [0, 0.5, 1], "alpha")
    assert captions(figure) == ["alpha\n0", "alpha\n0.5", "alpha\n1"]
    pixels = np.asarray(figure.axes[0].images[0].get_array())
    # Pictures of 8x8 and a gap of 1; two rows.
    colours = pixels[4::9, 4::9, 0]
    assert colours.tolist() == [[128, 191, 255]] * 2


def test_of_many_values_the_strip_shows_the_first_the_last_and_some():
    calls = []

    def count(value):
        calls.append(value)
        return draw(value)

    values = np.linspace(0, 1, 41)
    shown = captions(figures.slider(count, values, "t", width=5))
    assert len(calls) == 41
    assert len(shown) == 6
    assert (shown[0], shown[-1]) == ("t\n0", "t\n1")


def test_one_picture_per_value_is_enough():
    assert captions(figures.slider(lambda v: draw(v)[0], [0], "x")) == ["x\n0"]


def test_the_slider_chooses_among_pictures():
    frames = [np.full((1, 8, 8, 3), value, np.uint8) for value in (10, 20)]
    box = make_widget(frames, ["a", "b"], "letter")
    handle, picture = box.children

    def middle():
        with Image.open(io.BytesIO(picture.value)) as image:
            return image.getpixel((image.width // 2, image.height // 2))

    assert middle() == (10, 10, 10)
    handle.value = 1
    assert middle() == (20, 20, 20)
    assert handle.description == "letter"


def test_the_slider_appears_where_a_kernel_runs(monkeypatch):
    shown = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    figures.slider(draw, [0, 1])
    assert not shown
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    figures.slider(draw, [0, 1])
    assert len(shown) == 1


def test_no_values_are_refused():
    with pytest.raises(ValueError, match="needs values"):
        figures.slider(draw, [])
