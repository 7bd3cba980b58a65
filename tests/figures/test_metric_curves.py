"""Metrics over kimg, with errors and floors; SWD level by level."""

import numpy as np
import pytest
from figures.made_runs import evaluation, make_run, result, tick

from progan_keras import figures
from progan_keras.figures.history import History
from progan_keras.figures.metric_curves import points


def note(figure):
    return figure.get_supxlabel().replace("\n", " ")


def drawn(axes):
    """Label -> (x, y, errors) of what is drawn with errors or without."""
    found = {}
    for container in axes.containers:
        line, _, bars = container.lines
        errors = None
        if bars:
            lengths = [np.ptp(s[:, 1]) / 2 for s in bars[0].get_segments()]
            errors = np.round(lengths, 9).tolist()
        values = line.get_xdata().tolist(), line.get_ydata().tolist()
        found[container.get_label()] = (*values, errors)
    return found


def test_every_metric_has_a_panel_and_shares_have_one_together(tmp_path):
    figure = figures.metric_curves(make_run(tmp_path))
    ruler, *panels = figure.axes
    titles = [axes.get_title(loc="left") for axes in panels]
    assert titles == [
        "Sliced Wasserstein distance x 1000",
        "MS-SSIM between generated images",
        "Kernel distance (KID), by net",
        "Shares, by net",
    ]
    assert [axes.get_ylabel() for axes in panels] == [
        "lower is better",
        "as reals is best",
        "lower is better",
        "higher is better",
    ]
    shares = drawn(panels[3])
    assert shares["precision"] == ([10, 12], [0.5, 0.6], [0.02, 0.02])
    assert shares["recall"][1] == pytest.approx([10 / 30, 12 / 30])


def test_values_have_their_errors_and_the_floor_is_dashed(tmp_path):
    figure = figures.metric_curves(make_run(tmp_path))
    values, floor = figure.axes[2].containers
    assert drawn(figure.axes[2])["ms_ssim"] == ([10, 12], [0.3] * 2, [0.01] * 2)
    assert floor.lines[0].get_ydata().tolist() == [0.2, 0.2]
    assert floor.lines[0].is_dashed()
    assert "By 1,000 images." in note(figure)
    assert "Dashed: what other real images reach." in note(figure)


def test_it_begins_with_the_resolution_first_measured(tmp_path):
    figure = figures.metric_curves(make_run(tmp_path))
    low, high = figure.axes[1].get_xlim()
    assert 5.8 < low <= 6  # where 16x16 begins to fade in
    assert 12 <= high < 12.2


def test_other_resolutions_are_not_connected(tmp_path):
    records = [
        evaluation(4, 8, swd=result(5.0)),
        evaluation(6, 8, swd=result(4.0)),
        evaluation(8, 16, swd=result(9.0)),
    ]
    columns = points(History(make_run(tmp_path, records)), "swd")
    np.testing.assert_array_equal(columns["value"], [5, 4, np.nan, 9])
    np.testing.assert_array_equal(columns["kimg"], [4, 6, 8, 8])


def test_other_numbers_of_images_are_told(tmp_path):
    records = [
        evaluation(8, swd=result(5.0)),
        evaluation(9, swd={**result(float("nan")), "count": 4096}),
        evaluation(10, swd={"value": None}),
    ]
    figure = figures.metric_curves(make_run(tmp_path, records))
    assert "By 1,000 or 4,096 images. Only equal numbers" in note(figure)
    (values,) = drawn(figure.axes[1]).values()
    np.testing.assert_array_equal(values[1], [5, np.nan, np.nan])


def test_unknown_metrics_are_drawn_by_their_name(tmp_path):
    records = [evaluation(9, beauty_net=result(5.0, features="net"))]
    figure = figures.metric_curves(make_run(tmp_path, records))
    assert figure.axes[1].get_title(loc="left") == "beauty, by net"


def test_copies_are_shown_beside_what_is_expected_of_real_images(tmp_path):
    records = [evaluation(9, duplicates=result(0.0, expected=0.01))]
    columns = points(History(make_run(tmp_path, records)), "duplicates")
    assert columns["floor"].tolist() == [0.01]


def test_swd_has_a_line_and_a_floor_per_level(tmp_path):
    def swd(kimg):
        return result(
            25.0,
            floor=5.0,
            levels={"16": 40.0 - kimg, "32": 10.0 + kimg},
            floor_levels={"16": 6.0, "32": 4.0},
            std_over_directions=0.5,
        )

    records = [evaluation(kimg, 32, swd=swd(kimg)) for kimg in (10, 12)]
    figure = figures.swd_levels(make_run(tmp_path, records))
    found = drawn(figure.axes[1])
    assert found["32x32"] == ([10, 12], [20, 22], None)
    assert found["16x16"] == ([10, 12], [30, 28], None)
    assert found["mean"] == ([10, 12], [25, 25], [0.5, 0.5])
    assert found["real images"][1] == [5, 5]
    floors = [c.lines[0] for c in figure.axes[1].containers]
    floors = [d.get_ydata()[0] for d in floors if d.get_marker() == "_"]
    assert sorted(floors) == [4, 5, 6]
    assert figure.axes[1].get_ylim()[0] == 0
    assert "random directions only" in note(figure)


def test_one_level_is_the_mean_and_drawn_once(tmp_path):
    figure = figures.swd_levels(make_run(tmp_path))
    assert list(drawn(figure.axes[1])) == ["16x16", "real images"]


def test_without_evaluations_there_is_nothing_to_show(tmp_path):
    run = make_run(tmp_path, [tick(1)])
    for draw in (
        figures.metric_curves,
        figures.swd_levels,
        figures.precision_recall,
    ):
        with pytest.raises(figures.NothingToShow, match="progan evaluate"):
            draw(run)
