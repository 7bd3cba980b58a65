"""A schedule as a timeline."""

from figures.made_runs import SCHEDULE

from progan_keras import figures
from progan_keras.schedule import Schedule


def test_alpha_rises_in_every_fade_and_is_one_otherwise():
    band, panel = figures.schedule(SCHEDULE).axes
    drawn = [
        (line.get_xdata(), line.get_ydata())
        for line in panel.lines
        if len(line.get_xdata()) == 2 and line.get_linestyle() == "-"
    ]
    drawn = [(list(x), list(y)) for x, y in drawn if x[0] != x[1]]
    assert drawn == [
        ([0, 2], [1, 1]),
        ([2, 4], [0, 1]),
        ([4, 6], [1, 1]),
        ([6, 8], [0, 1]),
        ([8, 12], [1, 1]),
    ]
    names = [text.get_text().replace("\n", " ") for text in band.texts]
    assert names == [str(stage) for stage in SCHEDULE]
    assert band.get_xlim() == panel.get_xlim() == (0, 12)


def test_the_papers_schedule_can_be_drawn_narrow():
    assert figures.schedule(Schedule(1024), width=4.2)._repr_png_()
