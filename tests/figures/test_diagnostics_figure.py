"""Curves of the diagnostics: what was recorded, and no more."""

import numpy as np
import pytest
from figures.made_runs import full_tick, make_run, tick

from progan_keras import figures


def test_every_number_has_its_panel(tmp_path):
    run = make_run(tmp_path, [full_tick(kimg) for kimg in range(1, 13)])
    ruler, *panels = figures.diagnostics(run).axes
    drawn = {
        line.get_label(): line.get_ydata()
        for panel in panels
        for line in panel.lines
        if not line.get_label().startswith("_")
    }
    assert len(panels) == 4
    assert list(drawn) == ["measured", "real", "generated", "distance", "drift"]
    np.testing.assert_allclose(drawn["measured"], np.arange(1, 13) / 10)
    np.testing.assert_allclose(drawn["generated"], 0.4)


def test_a_network_without_minibatch_deviation_has_no_such_panel(tmp_path):
    records = [full_tick(kimg) for kimg in range(1, 5)]
    for record in records:
        del record["stdev_real"], record["stdev_fake"]
    figure = figures.diagnostics(make_run(tmp_path, records))
    assert len(figure.axes) == 1 + 3


def test_a_run_that_an_older_version_began_has_a_gap(tmp_path):
    records = [tick(1), tick(2), full_tick(3), full_tick(4)]
    figure = figures.diagnostics(make_run(tmp_path, records))
    (line,) = (d for d in figure.axes[1].lines if d.get_label() == "measured")
    np.testing.assert_allclose(line.get_ydata(), [np.nan, np.nan, 0.3, 0.4])


@pytest.mark.parametrize(
    ("loss", "norm"),
    [
        ("WassersteinGP(gradient_weight=10.0, gamma=750.0, drift=0.001)", 750),
        ("WassersteinGP(gamma=1)", 1),
        ("NonSaturating(gradient_weight=0.5, penalty_interval=8)", None),
        ("Mine", None),
    ],
)
def test_the_norm_that_the_loss_wants_is_marked(loss, norm, tmp_path):
    run = make_run(tmp_path, [full_tick(1), full_tick(2)])
    run.options["training"]["loss"] = loss
    axes = figures.diagnostics(run).axes[1]
    wanted = [d for d in axes.lines if d.get_label() == "wanted by the loss"]
    assert [line.get_ydata()[0] for line in wanted] == [norm] * bool(norm)
    assert bool(axes.get_legend()) == bool(norm)


def test_older_runs_have_none(tmp_path):
    run = make_run(tmp_path, [tick(1), tick(2)])
    with pytest.raises(figures.NothingToShow, match="older version"):
        figures.diagnostics(run)
