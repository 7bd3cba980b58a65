"""What a plan says, and what it refuses."""

import dataclasses
import json
import types

import numpy as np
import pytest
from conftest import tiny_gan

import progan_keras as pk
from progan_keras.networks import NetworkConfig
from progan_keras.recipes import RECIPES
from progan_keras.training import estimate
from progan_keras.training.plan import Plan, format_seconds


def sketch(resolution, start_resolution=4):
    """A GAN without networks, for plans whose costs nobody asks for."""
    return types.SimpleNamespace(
        config=NetworkConfig(resolution),
        start_resolution=start_resolution,
        origin=None,
        frozen_below=None,
    )


@pytest.fixture
def steady_speed(monkeypatch):
    """A device that does a million multiplications per second."""
    monkeypatch.setattr(estimate, "_multiplications_per_second", lambda _: 1e6)


def test_a_batch_that_the_devices_cannot_share_is_refused(
    images, recipe, two_devices
):
    with two_devices.scope():
        gan = tiny_gan()
    odd = dataclasses.replace(recipe, batch_size=5)
    with pytest.raises(ValueError, match="2 devices cannot share a batch of 5"):
        Plan(gan, images, odd)


def test_images_that_do_not_fit_the_network_are_refused(images, recipe):
    recipe = pk.recipes.get("quickstart")
    with pytest.raises(ValueError, match="load them with resolution=16"):
        Plan(pk.ProGAN(16), images, recipe)
    with pytest.raises(ValueError, match="num_channels=1"):
        Plan(pk.ProGAN(8, num_channels=1), images, recipe)


@pytest.mark.parametrize("tick_kimg", [0, -1, float("nan"), float("inf")])
def test_a_tick_without_images_is_refused(images, recipe, tick_kimg):
    with pytest.raises(ValueError, match="tick_kimg="):
        Plan(tiny_gan(), images, recipe, tick_kimg)


def test_a_network_for_other_classes_than_the_images_have_is_refused(
    images, labelled, recipe
):
    with pytest.raises(ValueError, match="have 3: build.*num_classes=3"):
        Plan(tiny_gan(num_classes=2), labelled, recipe)
    with pytest.raises(ValueError, match="has 3 classes, the images have 0"):
        Plan(tiny_gan(num_classes=3), images, recipe)


def test_a_network_without_classes_takes_labelled_images(labelled, recipe):
    plan = Plan(tiny_gan(), labelled, recipe)
    assert "labels" not in plan.to_dict()


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("devices", [1, 2, 4, 8])
def test_a_plan_is_the_recipe_for_its_number_of_devices(name, devices):
    recipe = RECIPES[name].for_devices(devices)
    resolution = recipe.resolution or 32
    plan = Plan(sketch(resolution), None, name, replicas=devices)
    assert plan.recipe == recipe
    assert plan.schedule.stages == recipe.schedule(resolution).stages


def test_a_plan_starts_where_the_gan_does():
    gan = sketch(16, start_resolution=8)
    plan = Plan(gan, None, "quickstart", replicas=1)
    assert [str(stage) for stage in plan.schedule][:2] == [
        "8x8 stabilise",
        "16x16 fade in",
    ]


def test_a_plan_without_growing_is_one_stage(recipe):
    straight = dataclasses.replace(recipe, growing=False, batch_size=4)
    plan = Plan(sketch(16), None, straight, replicas=1)
    assert [str(stage) for stage in plan.schedule] == ["16x16 stabilise"]


def test_the_plan_tells_stages_costs_time_and_memory(images, recipe, gan):
    text = str(Plan(gan, images, recipe))
    assert text.startswith("images      24 of array\n")
    assert "4x4 stabilise" in text
    assert "8x8 fade in" in text
    parameters = sum(
        int(np.prod(v.shape))
        for v in gan.generators[1].straight.trainable_variables
    )
    assert f"{parameters:,} / " in text
    assert "GiB" in text
    assert "about" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(40, "40 s"), (720, "12 min"), (12_600, "3.5 h"), (1e6, "12 days")],
)
def test_durations_read_as_people_say_them(seconds, text):
    assert format_seconds(seconds) == text


def test_the_plan_of_no_images_tells_the_rest(recipe, gan):
    text = str(Plan(gan, None, recipe))
    assert text.startswith("images      none yet\n")
    assert "8x8 fade in" in text
    mirrored = dataclasses.replace(recipe, mirror=True)
    text = str(Plan(gan, None, mirrored))
    assert text.startswith("images      none yet, half of them mirrored\n")


def test_the_plan_of_a_conditional_gan_tells_its_classes(labelled, recipe):
    text = str(Plan(tiny_gan(num_classes=3), labelled, recipe))
    assert text.startswith("images      24 of array, of 3 classes\n")


def test_the_plan_tells_n_critic_only_where_it_is_not_1(gan, recipe):
    assert "n_critic" not in str(Plan(gan, None, recipe))
    five = dataclasses.replace(recipe, update="alternating", n_critic=5)
    header, *rows = [
        line.split()
        for line in str(Plan(gan, None, five)).splitlines()
        if line.startswith(("stage", "4x4", "8x8"))
    ]
    column = header.index("n_critic") + 1  # a stage's name is two words
    assert rows[0][column] == "5"
    assert len(rows) == 3


@pytest.mark.parametrize("n_critic", [1, 5])
def test_the_columns_of_the_table_end_with_their_titles(gan, n_critic):
    recipe = dataclasses.replace(
        pk.recipes.get("cifar10"), update="alternating", n_critic=n_critic
    )
    lines = str(Plan(gan, None, recipe)).splitlines()
    table = [
        x for x in lines if x.startswith(("stage", "4x4", "8x8", "in all"))
    ]
    assert {len(line) for line in table} == {89 if n_critic > 1 else 80}


def test_the_memory_of_several_devices_is_told_for_each(gan, recipe):
    even = dataclasses.replace(recipe, batch_size=8)
    assert "on each device" in str(Plan(gan, None, even, replicas=2))
    assert "on each device" not in str(Plan(gan, None, even))


def bytes_of(gan, recipe, **kwargs):
    return Plan(gan, None, recipe, **kwargs).estimate.bytes()


def test_memory_grows_with_the_batch_of_a_device(gan, recipe):
    small, large, larger = (
        bytes_of(gan, dataclasses.replace(recipe, batch_size=batch))
        for batch in (16, 32, 64)
    )
    assert larger - large == 2 * (large - small) > 0
    shared = dataclasses.replace(recipe, batch_size=64)
    assert bytes_of(gan, shared, replicas=4) == small


def test_memory_counts_what_the_penalty_and_further_updates_take(gan, recipe):
    plain = dataclasses.replace(
        recipe, loss="wgan_gp", update="alternating", batch_size=64
    )
    none = {"wgan_gp": {"penalty_interval": 0}}
    without = dataclasses.replace(plain, loss_options=none)
    more = dataclasses.replace(plain, n_critic=5)
    assert bytes_of(gan, without) < bytes_of(gan, plain) < bytes_of(gan, more)

    def added(batch):
        small, large = (
            bytes_of(gan, dataclasses.replace(kind, batch_size=batch))
            for kind in (plain, more)
        )
        return large - small

    assert added(128) > added(64)


def test_memory_is_that_of_the_greediest_stage(gan, recipe):
    batches = ({4: 400, 8: 4}, {4: 4, 8: 400}, 400, 4)
    first, last, both, none = (
        bytes_of(gan, dataclasses.replace(recipe, batch_size=batch))
        for batch in batches
    )
    assert none < first < last == both


def test_time_grows_with_the_images_and_the_updates(gan, recipe, steady_speed):
    def seconds(**changes):
        changed = dataclasses.replace(
            recipe,
            update="alternating",
            total_images=None,
            batch_size=8,
            **changes,
        )
        return Plan(gan, None, changed).estimate.seconds()

    once, twice = seconds(fade_images=400), seconds(fade_images=800)
    traced = estimate._TRACE_SECONDS
    assert twice[1] - traced == pytest.approx(2 * (once[1] - traced))
    assert (once[0], once[2]) == (twice[0], twice[2])
    # 400 updates of D either way, and of G 400 or 80.
    one, five = (
        seconds(stabilise_images=3200, n_critic=n_critic) for n_critic in (1, 5)
    )
    assert 0.4 * one[0] < five[0] < one[0]


def test_time_is_shared_by_the_devices(gan, recipe, steady_speed):
    even = dataclasses.replace(
        recipe, batch_size=8, stabilise_images=8000, total_images=None
    )
    one, two = (
        Plan(gan, None, even, replicas=replicas).estimate.seconds()[0]
        for replicas in (1, 2)
    )
    assert 0.5 * one < two < 0.6 * one


def test_classes_cost_nothing_much(recipe, labelled):
    plain = Plan(tiny_gan(), labelled, recipe).estimate.bytes()
    conditional = Plan(tiny_gan(num_classes=3), labelled, recipe)
    assert conditional.estimate.bytes() == pytest.approx(plain, rel=0.01)


def test_the_optimizer_is_the_recipes_adam(recipe):
    changed = dataclasses.replace(recipe, adam_beta_1=0.5, adam_beta_2=0.9)
    adam = Plan(sketch(8), None, changed, replicas=1).optimizer
    assert (adam.beta_1, adam.beta_2, adam.epsilon) == (0.5, 0.9, 1e-8)


def test_all_that_decides_the_result_is_written_down(gan, images, recipe):
    before = Plan(gan, images, recipe).to_dict()
    assert json.loads(json.dumps(before)) == before
    gan.origin = "0123456789abcdef"
    gan.frozen_below = 8
    changed = dataclasses.replace(
        recipe,
        loss=pk.losses.NonSaturating(gradient_weight=7.0),
        update="alternating",
        learning_rate=0.1,
        n_critic=2,
        adam_beta_1=0.5,
        adam_beta_2=0.9,
        ema_decay=0.5,
        ema_half_life=None,
        mirror=True,
    )
    after = Plan(gan, images, changed).to_dict()
    assert before.keys() == after.keys()
    assert {"origin", "frozen_below"} < before.keys()
    assert not [name for name in before if before[name] == after[name]]


def test_classes_that_decide_the_result_are_written_down(
    labelled, pictures, recipe, tmp_path
):
    gan = tiny_gan(num_classes=3)
    before = Plan(gan, labelled, recipe).to_dict()
    weighty = dataclasses.replace(recipe, class_weight=2.0)
    assert Plan(gan, labelled, weighty).to_dict()["class_weight"] == 2.0
    others = pk.data.load(
        pictures, labels=np.arange(24) % 3, cache_dir=tmp_path
    )
    after = Plan(gan, others, recipe).to_dict()
    assert after.pop("labels") != before.pop("labels")
    assert after == before
