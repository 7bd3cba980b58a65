"""When warnings are given, and when not."""

import math

import pytest

from progan_keras.training.advice import Setting, advise
from progan_keras.training.history import TICKS


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def logistic(real, fake):
    return softplus(fake) + softplus(-real)


def wasserstein(real, fake):
    return fake - real + 0.001 * real**2


LOGISTIC = Setting(2000, 0.002, logistic)
WASSERSTEIN = Setting(2000, 0.001, wasserstein, gamma=1.0)

# A tick at 16x16 of a run that went well, about.
HEALTHY = {
    "resolution": 16,
    "fade_in": False,
    "alpha": 1.0,
    "d_loss": 1.15,
    "g_loss": 1.03,
    "penalty": 0.11,
    "d_real": 0.54,
    "d_fake": -0.51,
    "gradient_norm": 0.9,
    "drift": 0.8,
    "stdev_real": 0.21,
    "stdev_fake": 0.17,
    "ema_distance": 0.03,
}


def run(count, start=0, **changes):
    """Records of ticks; a change is a value or a function of the tick."""
    records = []
    for tick in range(start, start + count):
        record = {
            **HEALTHY,
            "tick": tick,
            "kimg": 1.0 + tick,
            "rms": rms(1.0, 1.0),
        }
        for name, value in changes.items():
            record[name] = value(tick) if callable(value) else value
        records.append(record)
    return records


def rms(weights, activations):
    layers = {
        "weights": {"16x16_conv0": weights, "4x4_conv": 1.0},
        "activations": {"16x16_conv0": activations, "4x4_conv": 0.5},
    }
    return {"generator": layers, "discriminator": layers}


def kinds(records, setting=LOGISTIC):
    return [text.split(":")[0] for text in advise(records, setting)]


@pytest.mark.parametrize("setting", [LOGISTIC, WASSERSTEIN])
@pytest.mark.parametrize("count", [1, 2, 20])
def test_a_healthy_run_is_left_in_peace(setting, count):
    assert advise(run(count), setting) == []


def test_a_loss_that_is_no_number_is_said_and_nothing_else():
    for lost in ({"g_loss": math.nan}, {"rms": rms(math.inf, 1.0)}):
        records = run(4) + run(1, start=4, **{**lost, "ema_distance": 0.9})
        (warning,) = advise(records, LOGISTIC)
        assert warning.startswith("Diverged: ")
    assert "rms/generator/weights/16x16_conv0 is inf" in warning
    assert "learning_rate (it is 0.002)" in warning


def test_losses_that_grow_by_orders_of_magnitude_diverge():
    growing = run(20, g_loss=lambda tick: 1.5**tick)
    for end in range(1, 20):
        large = 1.5 ** (end - 1) >= 100
        assert kinds(growing[:end]) == ["Diverging"] * large
    # Scores, and losses, are as large as the slope that D is drawn to.
    steep = Setting(2000, 0.001, wasserstein, gamma=750.0)
    growing = run(20, g_loss=lambda tick: 1.5**tick, gradient_norm=700.0)
    assert kinds(growing, steep) == []


def test_large_losses_that_were_large_before_do_not_diverge():
    assert kinds(run(9, g_loss=500.0)) == []


@pytest.mark.parametrize(
    ("weights", "activations", "expected"),
    [
        (1.9, 1.0, []),
        (2.1, 1.0, ["Diverging"]),
        (0.6, 1.0, []),
        (0.4, 1.0, ["Diverging"]),
        (1.0, 9.0, []),
        (1.0, 11.0, ["Diverging"]),
        (1.0, 0.01, []),
    ],
)
def test_layers_that_change_fast_diverge(weights, activations, expected):
    records = run(6) + run(1, start=6, rms=rms(weights, activations))
    assert kinds(records) == expected
    # Long ago is not fast.
    slow = run(2) + run(5, start=2, rms=rms(weights, activations))
    assert kinds(slow) == []


def test_scores_may_grow_to_any_size():
    def grown(layer):
        old, new = (
            {"discriminator": {"activations": {layer: size}, "weights": {}}}
            for size in (0.5, 20.0)
        )
        return run(4, rms=old) + run(1, start=4, rms=new)

    assert kinds(grown("4x4_dense1")) == []
    assert kinds(grown("4x4_dense0")) == ["Diverging"]


def test_layers_of_a_new_resolution_have_nothing_to_be_compared_with():
    small = run(3, resolution=8, rms=rms(5.0, 50.0))
    assert kinds(small + run(1, start=3)) == []


def test_d_wins_where_its_loss_is_next_to_nothing():
    won = {"d_real": 6.0, "d_fake": -9.0}
    records = run(2, g_loss=4.0) + run(TICKS, start=2, g_loss=9.0, **won)
    assert kinds(records[:-1]) == []
    (warning,) = advise(records, LOGISTIC)
    assert warning.startswith("D wins: it scores reals 6 and fakes -9 on")
    assert "0.2% of that of guessing" in warning
    assert "G's loss rose from 4 to 9" in warning
    assert "gradient_weight" in warning
    assert "rule of thumb" in warning


def test_d_wins_by_wasserstein_where_the_distance_is_that_of_strangers():
    """Scores may be anything, their distance is bounded by the slope."""
    won = {"d_real": 10.0, "d_fake": -20.0}
    (warning,) = advise(run(TICKS, **won), WASSERSTEIN)
    assert warning.startswith("D wins: it scores reals 10 and fakes -20 on")
    assert "a distance of 1.1 per pixel" in warning
    shifted = {"d_real": -50.0, "d_fake": -53.0}
    assert kinds(run(TICKS, **shifted), WASSERSTEIN) == []
    steep = Setting(2000, 0.001, wasserstein, gamma=750.0)
    assert kinds(run(TICKS, gradient_norm=750.0, **won), steep) == []


def test_fakes_that_are_all_alike_have_collapsed():
    alike = run(TICKS, stdev_fake=0.05)
    assert kinds(alike[1:]) == []
    (warning,) = advise(alike, LOGISTIC)
    assert warning.startswith("Mode collapse: ")
    assert "0.05 against 0.21" in warning
    assert kinds(run(1) + run(TICKS - 1, start=1, stdev_fake=0.05)) == []


@pytest.mark.parametrize(("value", "expected"), [(0.3, 0), (0.34, 1)])
def test_ms_ssim_shows_a_collapse_without_minibatch_stdev(value, expected):
    scores = {"ms_ssim": {"value": value, "floor": 0.18}}
    score = {"kimg": 5.0, "resolution": 16, "metrics": scores}
    ticks = run(5) + run(1, start=5)
    for tick in ticks:
        del tick["stdev_real"], tick["stdev_fake"]
    warnings = advise([*ticks[:-1], score, ticks[-1]], LOGISTIC)
    assert len(warnings) == expected
    assert not expected or "MS-SSIM 0.34 against 0.18" in warnings[0]
    # At another resolution, or without reals to compare with: not said.
    score["resolution"] = 8
    assert advise([*ticks[:-1], score, ticks[-1]], LOGISTIC) == []
    score |= {"resolution": 16, "metrics": {"ms_ssim": {"value": value}}}
    assert advise([*ticks[:-1], score, ticks[-1]], LOGISTIC) == []


def test_a_flat_d_gives_g_nothing_to_go_by():
    (warning,) = advise(run(TICKS, gradient_norm=0.001), LOGISTIC)
    assert warning.startswith("D's gradient: its norm is 0.001: ")
    assert "a smaller gradient_weight" in warning
    # Of more pixels each may count for less.
    large = run(TICKS, gradient_norm=0.001, resolution=1024)
    assert kinds(large) == []


@pytest.mark.parametrize(("norm", "expected"), [(1.8, 0), (2.3, 1), (0.4, 1)])
def test_a_gradient_that_stays_off_gamma_is_said(norm, expected):
    records = run(TICKS, gradient_norm=norm)
    assert kinds(records, WASSERSTEIN) == ["D's gradient"] * expected
    assert kinds(records) == []  # a loss without gamma
    coming = run(TICKS, gradient_norm=lambda tick: 10.0 ** (tick - TICKS))
    assert kinds(coming, WASSERSTEIN) == []


@pytest.mark.parametrize(("norm", "expected"), [(20.0, 0), (1700.0, 1)])
def test_a_large_gamma_may_take_long_from_below(norm, expected):
    steep = Setting(2000, 0.001, wasserstein, gamma=750.0)
    records = run(TICKS, gradient_norm=norm)
    assert kinds(records, steep) == ["D's gradient"] * expected


def test_few_images_shown_often_are_known_by_heart():
    few = Setting(20, 0.002, logistic)
    (warning,) = advise(run(20), few)
    assert warning.startswith(
        "Few images: each of the 20 images was shown 1,000"
    )
    assert "mirror=True" in warning
    assert kinds(run(19), few) == []
    told = run(19, d_real=2.1, d_fake=-1.9)
    (warning,) = advise(told, few)
    assert "(scores 2.1 and -1.9)" in warning
    assert kinds(told) == []  # 19 kimg of 2,000 images


def test_an_average_that_is_far_from_g_is_said():
    (warning,) = advise(run(TICKS, ema_distance=0.15), LOGISTIC)
    assert warning.startswith("Average behind: ")
    assert "differs from G by 15%" in warning
    assert "ema_half_life" in warning


@pytest.mark.parametrize(
    ("setting", "numbers"),
    [
        (LOGISTIC, {"d_real": 2.3, "d_fake": -2.3}),  # 14% of guessing
        (WASSERSTEIN, {"d_real": 6.0, "d_fake": -6.0}),  # 0.43 per pixel
        (LOGISTIC, {"stdev_fake": 0.068}),  # 32% of that of reals
        (LOGISTIC, {"gradient_norm": 0.002}),  # 0.055 for all pixels
        (WASSERSTEIN, {"gradient_norm": 0.55}),
        (LOGISTIC, {"ema_distance": 0.095}),
        (LOGISTIC, {"d_loss": 90.0, "g_loss": 90.0}),
    ],
)
def test_symptoms_just_short_of_an_illness_are_not_told(setting, numbers):
    assert kinds(run(3) + run(7, start=3, **numbers), setting) == []


@pytest.mark.parametrize(
    ("setting", "numbers", "expected"),
    [
        (LOGISTIC, {"d_real": 3.0, "d_fake": -3.0}, "D wins"),
        (WASSERSTEIN, {"d_real": 8.0, "d_fake": -8.0}, "D wins"),
        (LOGISTIC, {"stdev_fake": 0.06}, "Mode collapse"),
        (LOGISTIC, {"gradient_norm": 0.0015}, "D's gradient"),
        (WASSERSTEIN, {"gradient_norm": 0.45}, "D's gradient"),
        (LOGISTIC, {"ema_distance": 0.105}, "Average behind"),
        (LOGISTIC, {"d_loss": 110.0, "g_loss": 1.0}, "Diverging"),
    ],
)
def test_symptoms_beyond_it_are_told_once_they_last(setting, numbers, expected):
    began = run(7)
    ill = run(TICKS, start=7, **numbers)
    assert kinds(began + ill, setting) == [expected]
    passing = began + ill[:-1] + run(1, start=7 + TICKS)
    assert kinds(passing, setting) == []


def test_a_warning_is_given_once_per_stage():
    records = []
    for tick, fade_in in enumerate([True] * 5 + [False] * 5):
        (record,) = run(1, start=tick, fade_in=fade_in, ema_distance=0.15)
        warnings = advise([*records, record], LOGISTIC)
        if warnings:
            record["warnings"] = warnings
        records.append(record)
    told = [record["tick"] for record in records if "warnings" in record]
    assert told == [TICKS - 1, 5]


def test_ticks_of_a_life_that_was_lost_do_not_count():
    """A damaged checkpoint takes a run back; its records stay."""
    lost = run(8, ema_distance=0.15)
    assert kinds(lost + run(1, start=1, ema_distance=0.15)) == []


def test_records_that_lack_measurements_are_passed_over():
    """Those of a run that an earlier version began."""
    old = run(4)
    for record in old:
        for name in ("gradient_norm", "stdev_real", "ema_distance", "rms"):
            del record[name]
    assert advise(old + run(1, start=4), LOGISTIC) == []
    assert advise(old, LOGISTIC) == []
