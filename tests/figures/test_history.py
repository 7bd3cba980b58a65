"""What a run recorded, in order and with its gaps."""

import math

import numpy as np
from figures.made_runs import SCHEDULE, evaluation, make_run, result, tick

from progan_keras.figures import History
from progan_keras.figures.history import as_history


def test_it_is_read_from_a_run_folder_its_path_or_the_folder_of_runs(tmp_path):
    run = make_run(tmp_path / "runs", [tick(1)])
    for given in (run, run.path, tmp_path / "runs"):
        history = as_history(given)
        assert history.name == "00000-x"
        assert history.kimg == 1
    assert as_history(history) is history


def test_ticks_written_twice_count_once_and_the_later_line_counts(tmp_path):
    records = [tick(1), tick(2), tick(3), tick(2, d_loss=9.0), tick(2.5)]
    history = History(make_run(tmp_path, records))
    kimg, values = history.curve("d_loss")
    assert kimg.tolist() == [1, 2, 2.5, 3]
    assert values.tolist() == [2, 9, 3.5, 4]


def test_what_is_no_finite_number_is_a_gap(tmp_path):
    records = [tick(kimg) for kimg in range(1, 7)]
    wrong = (math.nan, math.inf, None, "x", True)
    for record, value in zip(records, wrong, strict=False):
        record["d_loss"] = value
    del records[1]["g_loss"]
    history = History(make_run(tmp_path, records))
    assert np.isnan(history.curve("d_loss")[1]).tolist() == [True] * 5 + [False]
    assert np.isnan(history.curve("g_loss")[1]).sum() == 1
    assert not history.has("gradient_norm")


def test_where_ticks_are_missing_an_empty_one_stands(tmp_path):
    kimgs = [1, 2, 3, 7, 8, 9]
    history = History(make_run(tmp_path, [tick(kimg) for kimg in kimgs]))
    kimg, values = history.curve("d_loss")
    assert kimg.tolist() == [1, 2, 3, 6, 7, 8, 9]  # the tick of 7 began at 6
    assert np.flatnonzero(np.isnan(values)).tolist() == [3]


def test_another_distance_of_ticks_is_no_hole(tmp_path):
    kimgs = [1, 2, 3, 8, 13, 18, 18.5, 19]
    history = History(make_run(tmp_path, [tick(kimg) for kimg in kimgs]))
    assert history.curve("d_loss")[0].tolist() == kimgs


def test_broken_and_foreign_lines_are_left_out(tmp_path):
    run = make_run(tmp_path, [tick(1), 7, {"kimg": "x"}, {}])
    with open(run.metrics, "a") as file:
        file.write('{"tick": 2, "ki')
    history = History(run)
    assert [record["kimg"] for record in history.ticks] == [1]


def test_evaluations_of_one_moment_are_one_unless_resolutions_differ(tmp_path):
    records = [
        evaluation(5, 16, swd=result(3.0), ms_ssim=result(0.1)),
        evaluation(4, 8, swd=result(9.0)),
        evaluation(5, 16, swd=result(2.0)),
        evaluation(5, 8, swd=result(7.0)),
    ]
    history = History(make_run(tmp_path, records))
    assert history.ticks == []
    assert [(k, r, s["value"]) for k, r, s in history.results("swd")] == [
        (4, 8, 9.0),
        (5, 8, 7.0),
        (5, 16, 2.0),
    ]
    assert history.results("ms_ssim")[0][2]["value"] == 0.1
    assert sorted(history.metric_names()) == ["ms_ssim", "swd"]
    assert history.kimg == 5


def test_stages_are_those_of_the_plan_and_may_be_unknown(tmp_path):
    history = History(make_run(tmp_path, [tick(1)]))
    assert history.stages == list(SCHEDULE.stages)
    assert history.total_kimg == 12
    assert str(history.stage_at(2)) == "4x4 stabilise"
    assert str(history.stage_at(2.1)) == "8x8 fade in"
    assert str(history.stage_at(99)) == "16x16 stabilise"
    history.stages = []
    assert history.stage_at(1) is None
    assert history.total_kimg == 1
