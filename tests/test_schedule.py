import dataclasses
import doctest
import json

import pytest

from progan_keras import schedule
from progan_keras.schedule import Schedule, Stage


def small():
    """0 4x4 | 400 fade to 8x8 | 1000 8x8 | 1400 fade to 16x16 | 2000 16x16."""
    return Schedule(16, stabilise_images=400, fade_images=600, batch_size=10)


def test_the_example_in_the_docstring_is_true():
    results = doctest.testmod(schedule)
    assert results.failed == 0
    assert results.attempted > 0


def test_stages_stabilise_first_and_then_fade_in_the_next_resolution():
    assert [(s.resolution, s.fade_in) for s in small()] == [
        (4, False),
        (8, True),
        (8, False),
        (16, True),
        (16, False),
    ]
    assert [str(stage) for stage in small()][:2] == [
        "4x4 stabilise",
        "8x8 fade in",
    ]


def test_every_stage_starts_where_the_one_before_ends():
    stages = small().stages
    assert [stage.start for stage in stages] == [0, 400, 1000, 1400, 2000]
    assert [stage.end for stage in stages] == [400, 1000, 1400, 2000, 2400]
    assert small().total_images == 2400


def test_growing_to_4x4_is_one_stage():
    assert len(Schedule(4).stages) == 1
    assert Schedule(4).total_images == 600_000


@pytest.mark.parametrize("resolution", [4, 8, 64, 1024])
def test_the_schedule_ends_at_its_resolution_stabilised(resolution):
    last = Schedule(resolution).stages[-1]
    assert (last.resolution, last.fade_in) == (resolution, False)


@pytest.mark.parametrize(
    ("images_seen", "number"),
    [
        (0, 0),
        (399, 0),
        (400, 1),
        (999, 1),
        (1000, 2),
        (2399, 4),
        (2400, 4),
        (10**9, 4),
    ],
)
def test_a_stage_holds_from_its_start_until_before_its_end(images_seen, number):
    schedule = small()
    assert schedule.stage_at(images_seen) is schedule.stages[number]


def test_alpha_is_linear_in_images_and_clipped():
    fade = small().stages[1]
    seen = [0, 400, 550, 700, 1000, 1010]
    assert [fade.alpha(n) for n in seen] == [0.0, 0.0, 0.25, 0.5, 1.0, 1.0]


def test_alpha_is_one_while_stabilising():
    assert [small().stages[2].alpha(n) for n in (0, 1000, 10**9)] == [1.0] * 3


def test_a_stages_steps_show_all_of_its_images():
    stages = [Stage(8, images=n, batch_size=16) for n in (1, 16, 17, 32)]
    steps = [stage.steps_from(0) for stage in stages]
    assert steps == [1, 1, 2, 2]


def test_settings_may_differ_by_resolution():
    schedule = Schedule(
        16,
        stabilise_images={4: 100, None: 300},
        fade_images={8: 50, 16: 60},
        batch_size={4: 64, 8: 32, None: 8},
        learning_rate={16: 0.002, None: 0.001},
    )
    stages = schedule.stages
    assert [s.images for s in stages] == [100, 50, 300, 60, 300]
    assert [s.batch_size for s in stages] == [64, 32, 32, 8, 8]
    assert [s.learning_rate for s in stages] == [0.001] * 3 + [0.002] * 2
    assert schedule.total_images == 100 + 50 + 300 + 60 + 300


@pytest.mark.parametrize(
    "name", ["stabilise_images", "fade_images", "batch_size", "learning_rate"]
)
def test_a_dict_that_misses_a_resolution_is_refused(name):
    with pytest.raises(ValueError, match="16x16.*None.*{4: 1, 8: 1}"):
        Schedule(16, **{name: {4: 1, 8: 1}})


@pytest.mark.parametrize("resolution", [0, 2, 12, 2048, None, "8", 8.0, [8]])
def test_a_resolution_that_cannot_be_grown_to_is_refused(resolution):
    with pytest.raises(ValueError) as error:
        Schedule(resolution)
    assert f"resolution={resolution!r}" in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("images", 0),
        ("images", 2.5),
        ("images", None),
        ("batch_size", -16),
        ("batch_size", True),
        ("learning_rate", 0),
        ("learning_rate", -0.1),
        ("learning_rate", float("nan")),
        ("learning_rate", "0.1"),
        ("learning_rate", None),
        ("n_critic", 0),
        ("n_critic", 2.5),
    ],
)
def test_a_bad_number_is_refused_by_name_and_value(name, value):
    with pytest.raises(ValueError) as error:
        Stage(8, **{name: value})
    assert f"{name}={value!r}" in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stabilise_images", -1),
        ("fade_images", 2.5),
        ("fade_images", None),
        ("batch_size", 0),
        ("batch_size", True),
        ("learning_rate", float("inf")),
        ("learning_rate", True),
        ("n_critic", 0),
        ("n_critic", 1.5),
        ("n_critic", None),
    ],
)
def test_a_bad_number_of_a_schedule_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"Received: {name}={value!r}"):
        Schedule(8, **{name: value})
    if name != "n_critic":
        with pytest.raises(ValueError, match=f"Received: {name}={value!r}"):
            Schedule(8, **{name: {8: value, None: 16}})


@pytest.mark.parametrize("key", ["8", 12, 2, 0.5])
def test_a_key_that_is_no_resolution_is_refused(key):
    with pytest.raises(ValueError, match=f"resolution={key!r}"):
        Schedule(8, batch_size={key: 4, None: 16})


def test_a_schedule_can_be_written_down_as_json_and_made_again():
    written = json.loads(json.dumps(small().to_dict()))
    assert [Stage(**stage) for stage in written] == list(small())


def test_the_last_stage_takes_the_rest_of_the_total():
    schedule = Schedule(8, 100, 50, total_images=400)
    assert [stage.images for stage in schedule] == [100, 50, 250]
    assert schedule.total_images == 400


@pytest.mark.parametrize("total", [150, 10, -1, 1.5, float("nan")])
def test_a_total_without_room_for_the_last_stage_is_refused(total):
    with pytest.raises(ValueError, match="total_images="):
        Schedule(8, 100, 50, total_images=total)


def test_steps_from_the_clock_do_not_show_images_of_the_next_stage():
    seen, alphas = 0, []
    for stage in Schedule(16, 100, 100, batch_size=64):
        alphas.append(stage.alpha(seen))
        seen += stage.batch_size * stage.steps_from(seen)
    assert 500 <= seen < 564
    assert alphas == [1.0, 0.28, 1.0, 0.2, 1.0]


def test_a_stage_that_is_over_has_no_steps_left():
    assert Stage(8, images=10, batch_size=16, start=0).steps_from(16) == 0


def test_a_later_start_leaves_the_stages_below_it_out():
    schedule = Schedule(32, 400, 600, start_resolution=8)
    assert [str(stage) for stage in schedule] == [
        "8x8 stabilise",
        "16x16 fade in",
        "16x16 stabilise",
        "32x32 fade in",
        "32x32 stabilise",
    ]
    assert [stage.start for stage in schedule] == [0, 400, 1000, 1400, 2000]


@pytest.mark.parametrize("resolution", [4, 8, 1024])
def test_without_growing_there_is_one_straight_stage(resolution):
    schedule = Schedule(
        resolution, start_resolution=resolution, total_images=500
    )
    (stage,) = schedule.stages
    assert (stage.resolution, stage.fade_in) == (resolution, False)
    assert (stage.start, stage.end) == (0, 500)


def test_settings_below_the_start_are_not_needed():
    schedule = Schedule(16, batch_size={16: 4, 8: 8}, start_resolution=8)
    assert [stage.batch_size for stage in schedule] == [8, 4, 4]


@pytest.mark.parametrize("start", [16, 1024])
def test_a_start_above_the_resolution_is_refused(start):
    with pytest.raises(ValueError, match=f"start_resolution={start}"):
        Schedule(8, start_resolution=start)


@pytest.mark.parametrize("start", [0, 2, 6, None, "4", 2048])
def test_a_start_that_is_no_resolution_is_refused(start):
    with pytest.raises(ValueError, match=f"resolution={start!r}"):
        Schedule(8, start_resolution=start)


def test_stages_of_no_images_are_left_out():
    no_fades = Schedule(16, stabilise_images=400, fade_images=0)
    assert [str(stage) for stage in no_fades] == [
        "4x4 stabilise",
        "8x8 stabilise",
        "16x16 stabilise",
    ]
    assert [stage.start for stage in no_fades] == [0, 400, 800]
    fades = Schedule(16, {4: 400, None: 0}, fade_images=600)
    assert [str(stage) for stage in fades] == [
        "4x4 stabilise",
        "8x8 fade in",
        "16x16 fade in",
    ]
    assert fades.total_images == 1600


def test_the_last_stage_takes_the_rest_of_the_total_also_from_nothing():
    schedule = Schedule(8, {4: 400, None: 0}, 600, total_images=1200)
    assert [stage.images for stage in schedule] == [400, 600, 200]
    assert not schedule.stages[-1].fade_in


@pytest.mark.parametrize(
    ("stabilise_images", "fade_images", "resolution"),
    [
        (0, 0, 4),
        (0, 600, 4),
        ({8: 0, None: 400}, {8: 0, None: 600}, 8),
        ({16: 0, None: 400}, {16: 0, None: 600}, 16),
    ],
)
def test_a_resolution_without_any_images_is_refused(
    stabilise_images, fade_images, resolution
):
    with pytest.raises(ValueError, match=f"no images at {resolution}x"):
        Schedule(16, stabilise_images, fade_images)


def test_a_step_shows_a_batch_for_each_update_of_the_discriminator():
    stage = Stage(8, images=100, batch_size=16, n_critic=3)
    assert stage.images_per_step == 48
    assert stage.steps_from(0) == 3
    assert Stage(8, batch_size=16).images_per_step == 16


def test_every_stage_has_the_schedules_updates_of_the_discriminator():
    schedule = Schedule(16, 100, 100, batch_size=4, n_critic=5)
    assert {stage.n_critic for stage in schedule} == {5}
    assert {stage.n_critic for stage in small()} == {1}


def test_a_stage_that_was_written_down_before_n_critic_can_be_made_again():
    written = dataclasses.asdict(small().stages[1])
    del written["n_critic"]
    assert Stage(**written) == small().stages[1]
