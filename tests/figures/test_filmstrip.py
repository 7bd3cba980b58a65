"""The same pictures growing, and real beside generated ones."""

import numpy as np
import pytest
from figures.made_runs import SCHEDULE, add_grids, make_run

from progan_keras import figures
from progan_keras.figures.filmstrip import choose_moments

CLASSES = ["ant", "$b{$", "a cat\nwith a very long name"]


def middle_colours(axes, rows, columns):
    """The colour in the middle of each picture: `[rows, columns, 3]`."""
    pixels = np.asarray(axes.images[0].get_array())
    step = 17  # pictures of 16x16 and a gap
    return pixels[8::step, 8::step][:rows, :columns].astype(int)


def labels(ticks):
    return [text.get_text() for text in ticks]


def test_a_filmstrip_shows_the_same_latents_from_left_to_right(tmp_path):
    run = add_grids(make_run(tmp_path), range(13))
    figure = figures.growth(run, count=4, steps=6)
    (axes,) = figure.axes
    captions = labels(axes.get_xticklabels())
    kimgs = [int(caption.split(" ")[0]) for caption in captions]
    assert kimgs == [0, 2, 4, 6, 8, 12]
    assert captions[1] == "2 kimg\n4x4"
    assert captions[-1] == "12 kimg\n16x16"
    colours = middle_colours(axes, 4, 6)
    for row in range(4):  # the first four of the first row of the grid
        for column, kimg in enumerate(kimgs):
            assert colours[row, column].tolist() == [0, row, kimg]


def test_of_a_conditional_run_it_shows_a_picture_per_class(tmp_path):
    run = add_grids(make_run(tmp_path, classes=CLASSES), range(13), CLASSES)
    figure = figures.growth(run, steps=3)
    (axes,) = figure.axes
    names = labels(axes.get_yticklabels())
    assert names == ["ant", "$b{$", "a cat with a ve…"]
    assert figure._repr_png_()
    colours = middle_colours(axes, 3, 3)
    assert colours[..., 0].tolist() == [[0] * 3, [1] * 3, [2] * 3]
    assert (colours[..., 1] == 0).all()


def test_narrow_figures_show_fewer_moments(tmp_path):
    run = add_grids(make_run(tmp_path), range(13))
    wide, narrow = (
        len(figures.growth(run, width=width).axes[0].get_xticks())
        for width in (7.5, 4.2)
    )
    assert (wide, narrow) == (9, 5)


def test_moments_are_spread_over_stages_not_images():
    kimgs = [0.5 * n for n in range(25)]
    chosen = choose_moments(kimgs, SCHEDULE.stages, 11)
    assert chosen == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12]
    assert choose_moments([3.0], SCHEDULE.stages, 5) == [3.0]
    assert choose_moments(kimgs, [], 3) == [0, 6, 12]
    # Beyond the plan, where the clock stopped after the last image.
    assert choose_moments([11.0, 12.01], SCHEDULE.stages, 5) == [11.0, 12.01]


def test_a_single_grid_is_a_filmstrip_too(tmp_path):
    run = add_grids(make_run(tmp_path), [0])
    (axes,) = figures.growth(run).axes
    assert labels(axes.get_xticklabels()) == ["0 kimg\n4x4"]


def test_given_frames_are_brought_to_one_size():
    frames = [
        np.full((2, side, side, 1), value, np.uint8)
        for side, value in ((4, 10), (8, 20), (16, 30))
    ]
    figure = figures.filmstrip(frames, ["a", "b", "c"], ["x", "y"], "T", "N")
    (axes,) = figure.axes
    colours = middle_colours(axes, 2, 3)
    assert colours.tolist() == [[[10] * 3, [20] * 3, [30] * 3]] * 2
    assert figure.get_suptitle() == "T"
    assert figure.get_supxlabel() == "N"


FRAME = np.zeros((2, 4, 4, 3), np.uint8)
BAD = {
    "other numbers": ([FRAME, FRAME[:1]], ["a", "b"], None, "as many square"),
    "grey": ([FRAME, FRAME[..., :1]], ["a", "b"], None, "as many square"),
    "not square": ([FRAME[:, :2]], ["a"], None, "as many square"),
    "none": ([], [], None, r"shapes=\[\]"),
    "captions": ([FRAME], ["a", "b"], None, "a caption for each"),
    "names": ([FRAME], ["a"], ["x"], "a name for each row"),
}


@pytest.mark.parametrize("case", BAD)
def test_frames_that_do_not_fit_are_refused(case):
    *arguments, message = BAD[case]
    with pytest.raises(ValueError, match=message):
        figures.filmstrip(*arguments)


def test_real_pictures_stand_beside_the_newest_generated_ones(tmp_path):
    run = add_grids(make_run(tmp_path), [0, 5, 11])
    real, fake = figures.real_and_fake(run).axes
    assert real.get_title(loc="left") == "Real"
    assert "11 kimg" in fake.get_title(loc="left")
    rows, columns = np.mgrid[:6, :5]
    for axes, blue in ((real, 255), (fake, 11)):
        colours = middle_colours(axes, 6, 5)
        assert (colours[..., 0] == rows).all()
        assert (colours[..., 1] == columns).all()
        assert (colours[..., 2] == blue).all()
    _, fake = figures.real_and_fake(run, kimg=5).axes
    assert (middle_colours(fake, 6, 5)[..., 2] == 5).all()


def test_a_conditional_run_has_its_classes_beside_the_rows(tmp_path):
    run = add_grids(make_run(tmp_path, classes=CLASSES), [3], CLASSES)
    real, fake = figures.real_and_fake(run).axes
    assert labels(real.get_yticklabels())[:2] == ["ant", "$b{$"]
    assert not labels(fake.get_yticklabels())
    assert middle_colours(fake, 3, 5)[2, 4].tolist() == [2, 4, 3]


def test_given_pictures_stand_beside_each_other():
    real = np.linspace(-1, 1, 11).reshape(11, 1, 1, 1) * np.ones((1, 8, 8, 3))
    fake = np.zeros((7, 16, 16, 3), np.uint8)
    left, right = figures.beside(real, fake, columns=3, title="T").axes
    for axes in (left, right):
        assert axes.images[0].get_array().shape == (33, 50, 3)  # 2 x 3
    assert middle_colours(left, 2, 3)[1, 2, 0] == 128  # the sixth of eleven
    for bad, message in ((real[:0], "nothing to compare"), (real[0], "square")):
        with pytest.raises(ValueError, match=message):
            figures.beside(bad, fake)


def test_without_grids_there_is_nothing_to_show(tmp_path):
    run = make_run(tmp_path)
    with pytest.raises(figures.NothingToShow, match="no image grids"):
        figures.growth(run)
    with pytest.raises(figures.NothingToShow, match=r"kimg=\[\]"):
        figures.real_and_fake(run)
    add_grids(run, [1])
    with pytest.raises(figures.NothingToShow, match="Received: kimg=2"):
        figures.real_and_fake(run, kimg=2)
