"""Panels over kimg: stages, curves, gaps, long runs."""

import itertools

import numpy as np
import pytest
from figures.made_runs import SCHEDULE, make_run, tick
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

from progan_keras import figures
from progan_keras.figures.smoothing import readable_limits, running_median
from progan_keras.figures.style import SHADE
from progan_keras.schedule import Schedule


def lines(axes):
    """Label -> (x, y) of the lines that are in the legend."""
    return {
        line.get_label(): (line.get_xdata(), line.get_ydata())
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


def note(figure):
    return figure.get_supxlabel().replace("\n", " ")


def shades(axes):
    """(start, end) in kimg of what is shaded."""
    return [
        (patch.get_x(), patch.get_x() + patch.get_width())
        for patch in axes.patches
        if to_hex(patch.get_facecolor()) == SHADE.lower()
    ]


def test_curves_are_what_was_recorded(tmp_path):
    run = make_run(tmp_path, [tick(kimg) for kimg in range(1, 13)])
    ruler, losses, scores = figures.losses(run).axes
    for axes, columns in (
        (losses, {"D": "d_loss", "G": "g_loss", "penalty in D's": "penalty"}),
        (scores, {"real": "d_real", "generated": "d_fake"}),
    ):
        drawn = lines(axes)
        assert list(drawn) == list(columns)
        for label, column in columns.items():
            kimg, values = drawn[label]
            assert kimg.tolist() == list(range(1, 13))
            expected = [tick(kimg)[column] for kimg in range(1, 13)]
            np.testing.assert_allclose(values, expected)


def test_fades_are_shaded_in_every_panel_and_named_above(tmp_path):
    run = make_run(tmp_path, [tick(12)])
    ruler, *panels = figures.losses(run).axes
    for panel in panels:
        assert shades(panel) == [(2, 4), (6, 8)]
    names = [text.get_text().replace("\n", " ") for text in ruler.texts]
    assert names == [str(stage) for stage in SCHEDULE.stages]
    middles = [text.get_position()[0] for text in ruler.texts]
    assert middles == [1, 3, 5, 7, 10]


def test_the_axis_ends_with_the_stage_that_the_run_is_in(tmp_path):
    run = make_run(tmp_path, [tick(1), tick(3)])
    ruler, panel, _ = figures.losses(run).axes
    assert 4 <= panel.get_xlim()[1] < 4.1
    assert shades(panel) == [(2, 4)]
    assert len(ruler.texts) == 2


def test_gaps_stay_gaps_and_single_values_are_dots(tmp_path):
    records = [tick(kimg / 4) for kimg in range(1, 48)]
    for index in (10, 12):
        records[index]["d_loss"] = None
    figure = figures.losses(make_run(tmp_path, records))
    (line,) = (d for d in figure.axes[1].lines if d.get_label() == "D")
    gaps = np.flatnonzero(np.isnan(line.get_ydata()))
    assert gaps.tolist() == [10, 12]
    assert line.get_markevery() == [11]


def long_run(folder):
    """2,000 ticks with two spikes and a hole."""
    noise = np.random.default_rng(0).normal(size=2000)
    records = [
        tick(12 * (n + 1) / 2000, d_loss=noise[n], g_loss=2.0)
        for n in range(2000)
    ]
    records[700]["d_loss"], records[900]["d_loss"] = 1e9, float("nan")
    return make_run(folder, records[:1201] + records[1300:])


def test_a_long_run_is_a_bold_median_over_faint_ticks(tmp_path):
    figure = figures.losses(long_run(tmp_path))
    axes = figure.axes[1]
    faint = max(axes.lines, key=lambda line: len(line.get_xdata()))
    assert len(faint.get_xdata()) == 1902  # and the hole
    assert faint.get_linewidth() < 1
    kimg, bold = lines(axes)["D"]
    assert np.nanmax(np.abs(bold)) < 1.5  # no spike moves a median
    (hole,) = np.flatnonzero(np.isnan(bold) & (kimg > 7))
    assert 7.1 < kimg[hole] < 7.9
    assert max(axes.get_ylim()) < 10
    assert "the median of 21 ticks" in note(figure)
    assert "outside of the axis" in note(figure)


def test_a_short_run_says_nothing_of_medians(tmp_path):
    figure = figures.losses(make_run(tmp_path, [tick(1), tick(2)]))
    assert note(figure) == ""
    figure = figures.losses(make_run(tmp_path, [tick(3)]))
    assert note(figure) == "Shaded: new layers fade in."


def test_a_running_median_is_the_median_of_what_is_around():
    values = np.array([5.0, 1.0, np.nan, 3.0, 2.0, 9.0, 4.0])
    expected = [3.0, 3.0, np.nan, 2.5, 3.5, 3.5, 4.0]
    np.testing.assert_array_equal(running_median(values, 5), expected)


def test_limits_leave_out_spikes_but_never_the_median():
    noise = np.random.default_rng(0).normal(size=1000)
    noise[5] = 1e6
    (low, high), cut = readable_limits([noise], 11)
    assert -5 < low < high < 5
    assert cut
    steps = np.r_[np.zeros(997), 50, 50, 50]
    (low, high), cut = readable_limits([steps], 3)
    assert high > 50
    assert not cut
    (low, high), _ = readable_limits([np.ones(300)], 3)
    assert low < 1 < high


SCHEDULES = {
    "as in the paper": Schedule(1024),
    "one long stage": Schedule(1024, 600_000, 600_000, total_images=60_000_000),
    "one stage": Schedule(64, 5000, start_resolution=64),
    "two": Schedule(8, 100, 100),
    "no stabilising": Schedule(
        128, {4: 10, 128: 10_000, None: 0}, fade_images=10
    ),
}


@pytest.mark.parametrize("case", SCHEDULES)
@pytest.mark.parametrize("width", [7.5, 4.2])
def test_names_on_the_ruler_never_overlap(case, width, tmp_path):
    schedule = SCHEDULES[case]
    end = schedule.total_images / 1000
    run = make_run(tmp_path, [tick(end)], schedule)
    figure = figures.losses(run, width=width)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    ruler = figure.axes[0]
    assert ruler.texts
    boxes = [text.get_window_extent() for text in ruler.texts]
    assert all(box.x0 >= 0 and box.x1 <= width * 100 for box in boxes)
    for box, other in itertools.combinations(boxes, 2):
        assert not box.overlaps(other)


@pytest.mark.parametrize("width", [7.5, 4.2])
def test_titles_and_notes_stay_on_the_page(width, tmp_path):
    figure = figures.losses(long_run(tmp_path), width=width)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    words = (text for text in figure.findobj(Text) if text.get_text())
    texts = [text for text in words if text.get_text()[-1].isalpha()]
    assert len(texts) > 5
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, text
        assert box.x1 <= 100 * width, text


def test_without_a_tick_there_is_nothing_to_show(tmp_path):
    with pytest.raises(figures.NothingToShow, match="no losses yet.*Received"):
        figures.losses(make_run(tmp_path, []))
