"""One look, whatever the user's settings; matplotlib only when it is drawn."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from figures.made_runs import make_run, tick
from matplotlib.colors import to_rgb

from progan_keras import figures
from progan_keras.figures.style import LINES, encode, wrapped


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path, [tick(1), tick(2), tick(3)])


def test_importing_figures_waits_for_nothing_heavy():
    code = (
        "import sys, progan_keras.figures, progan_keras.report; "
        "print({'matplotlib', 'keras', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout == "set()\n", done.stderr


def test_drawing_needs_no_pyplot_and_no_display(run):
    code = (
        "import sys\n"
        "from progan_keras import figures\n"
        f"figures.losses({str(run.path)!r})._repr_png_()\n"
        "print({'matplotlib.pyplot', 'tensorflow'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout == "set()\n", done.stderr


@pytest.mark.parametrize("name", figures.__all__)
def test_without_matplotlib_every_figure_says_how_to_get_it(
    name, run, monkeypatch
):
    if name in ("History", "NothingToShow"):
        return
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    with pytest.raises(ValueError, match='pip install "progan-keras.figures.'):
        getattr(figures, name)(run, None)


def test_the_users_settings_neither_count_nor_change(run):
    expected = encode(figures.losses(run))
    dark = {"axes.facecolor": "black", "font.size": 30, "lines.linewidth": 9}
    with matplotlib.rc_context(dark):
        before = dict(matplotlib.rcParams)
        figure = figures.losses(run)
        assert dict(matplotlib.rcParams) == before
        assert encode(figure) == expected


def test_a_figure_shows_itself_in_a_notebook(run):
    figure = figures.losses(run)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_lines_differ_without_their_colours_and_are_seen_on_white():
    styles = [style for _, style in LINES]
    assert len(set(styles)) == len(styles)
    for colour, _ in LINES:
        luminance = np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722])
        assert luminance < 0.7, colour


def test_texts_are_broken_where_the_page_ends():
    text = "word " * 40
    narrow, wide = wrapped(text, 2, 10), wrapped(text, 8, 10)
    assert max(map(len, narrow.split("\n"))) <= 2 * 72 / 5.6
    assert narrow.count("\n") > wide.count("\n")
    assert narrow.split() == text.split()
