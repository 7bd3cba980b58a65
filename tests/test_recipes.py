import dataclasses
import math

import numpy as np
import pytest

from progan_keras import losses, recipes, updates
from progan_keras.networks import Architecture, NetworkConfig
from progan_keras.recipes import RECIPES
from progan_keras.training.plan import get_loss

RESOLUTIONS = (4, 8, 16, 32, 64, 128, 256, 512, 1024)

# The presets of the authors' code, written down a second time: number of GPUs
# -> (base batch, batches that differ, learning rates that are not 0.001).
PRESETS = {
    1: (
        4,
        {4: 128, 8: 128, 16: 128, 32: 64, 64: 32, 128: 16, 256: 8, 512: 4},
        {1024: 0.0015},
    ),
    2: (
        8,
        {4: 256, 8: 256, 16: 128, 32: 64, 64: 32, 128: 16, 256: 8},
        {512: 0.0015, 1024: 0.002},
    ),
    4: (
        16,
        {4: 512, 8: 256, 16: 128, 32: 64, 64: 32, 128: 16},
        {256: 0.0015, 512: 0.002, 1024: 0.003},
    ),
    8: (
        32,
        {4: 512, 8: 256, 16: 128, 32: 64, 64: 32},
        {128: 0.0015, 256: 0.002, 512: 0.003, 1024: 0.003},
    ),
}
MOST_PER_GPU = {256: 16, 512: 8, 1024: 4}
ON_GPUS = {"celeba_128": 128, "lsun_256": 256, "celeba_hq_1024": 1024}

# Table 1: row -> growing, n_critic, batch, learning rate, beta 2, drift.
TABLE_1 = {
    "a_baseline": (False, 5, 64, 0.0001, 0.9, 0.0),
    "b_growing": (True, 5, 64, 0.0001, 0.9, 0.0),
    "c_small_batch": (True, 5, 16, 0.0001, 0.9, 0.0),
    "d_revised": (True, 1, 16, 0.0001, 0.99, 0.001),
    "e_star_discrimination": (True, 1, 16, 0.0001, 0.99, 0.001),
    "e_stdev": (True, 1, 16, 0.0001, 0.99, 0.001),
    "f_equalized": (True, 1, 16, 0.001, 0.99, 0.001),
    "g_pixel_norm": (True, 1, 16, 0.001, 0.99, 0.001),
    "h_converged": (True, 1, 16, 0.001, 0.99, 0.001),
}
# Row -> norm of G, norm of D, minibatch layer, equalized, latents normalised.
NETWORKS = {
    "a_baseline": ("batch", "layer", None, False, False),
    "b_growing": ("batch", "layer", None, False, False),
    "c_small_batch": ("batch", "layer", None, False, False),
    "d_revised": (None, None, None, False, True),
    "e_star_discrimination": (None, None, "discrimination", False, True),
    "e_stdev": (None, None, "stdev", False, True),
    "f_equalized": (None, None, "stdev", True, True),
    "g_pixel_norm": ("pixel", None, "stdev", True, True),
    "h_converged": ("pixel", None, "stdev", True, True),
}


def by_resolution(schedule, name):
    """{resolution: what its stages have}, which must be one thing."""
    found = {}
    for stage in schedule:
        value = getattr(stage, name)
        assert found.setdefault(stage.resolution, value) == value
    return found


@pytest.mark.parametrize("name", ON_GPUS)
@pytest.mark.parametrize("gpus", PRESETS)
def test_on_gpus_the_schedule_is_that_of_the_authors_presets(name, gpus):
    schedule = recipes.get(name).for_devices(gpus).schedule(1024)
    base, batches, rates = PRESETS[gpus]
    assert by_resolution(schedule, "batch_size") == {
        size: min(batches.get(size, base), gpus * MOST_PER_GPU.get(size, 10**9))
        for size in RESOLUTIONS
    }
    assert by_resolution(schedule, "learning_rate") == {
        size: rates.get(size, 0.001) for size in RESOLUTIONS
    }
    assert {stage.images for stage in schedule.stages[:-1]} == {600_000}
    assert schedule.total_images == 12_000_000
    assert {stage.n_critic for stage in schedule} == {1}


@pytest.mark.parametrize("name", ON_GPUS)
@pytest.mark.parametrize("gpus", PRESETS)
def test_on_gpus_all_devices_get_as_many_images(name, gpus):
    schedule = recipes.get(name).for_devices(gpus).schedule(1024)
    assert not any(stage.batch_size % gpus for stage in schedule)


@pytest.mark.parametrize("name", ON_GPUS)
def test_recipes_for_gpus_have_the_papers_loss_widths_and_average(name):
    recipe = recipes.get(name)
    loss = get_loss(recipe)
    assert isinstance(loss, losses.WassersteinGP)
    assert (loss.gradient_weight, loss.gamma, loss.drift) == (10.0, 1.0, 0.001)
    assert recipe.update == "alternating"
    assert (recipe.adam_beta_1, recipe.adam_beta_2) == (0.0, 0.99)
    assert (recipe.ema_decay, recipe.ema_half_life) == (0.999, None)
    assert recipe.mirror is (name != "lsun_256")
    assert recipe.resolution == ON_GPUS[name]
    config = NetworkConfig(1024, **recipe.network)
    assert [config.channels(r) for r in RESOLUTIONS] == [
        *(512, 512, 512, 512, 256, 128, 64, 32, 16),
    ]
    assert config.latent_dim == 512
    assert config.architecture == Architecture()
    assert config.fused_scale


def test_the_cifar10_recipe_is_the_papers():
    recipe = recipes.get("cifar10")
    schedule = recipe.schedule(32)
    assert {stage.batch_size for stage in schedule} == {16}
    assert {stage.learning_rate for stage in schedule} == {0.001}
    assert {stage.images for stage in schedule.stages[:-1]} == {400_000}
    assert schedule.stages[-1].start == 2_400_000
    assert schedule.total_images == 20_000_000
    loss = get_loss(recipe)
    assert (loss.gradient_weight, loss.gamma, loss.drift) == (
        10.0,
        750.0,
        0.001,
    )
    assert recipe.update == "simultaneous"
    assert recipe.mirror is False
    assert recipe.resolution == 32
    config = NetworkConfig(32, **recipe.network)
    assert {config.channels(r) for r in config.resolutions} == {128}
    assert config.num_feature_maps(0) == 128
    assert config.latent_dim == 128
    assert not config.fused_scale
    assert config.architecture == Architecture(group_size=None)


@pytest.mark.parametrize("row", TABLE_1)
def test_a_row_of_table_1_trains_as_the_authors_code_does(row):
    recipe = recipes.get(f"ablation_{row}")
    growing, n_critic, batch, rate, beta_2, drift = TABLE_1[row]
    assert (recipe.growing, recipe.n_critic) == (growing, n_critic)
    assert (recipe.adam_beta_1, recipe.adam_beta_2) == (0.0, beta_2)
    assert get_loss(recipe).drift == drift
    assert (recipe.mirror, recipe.resolution) == (True, 128)
    schedule = recipe.schedule(128)
    assert {stage.batch_size for stage in schedule} == {batch}
    assert {stage.learning_rate for stage in schedule} == {rate}
    assert {stage.n_critic for stage in schedule} == {n_critic}
    total = 15_000_000 if row == "h_converged" else 10_000_000
    assert schedule.total_images == total
    if growing:
        assert {stage.images for stage in schedule.stages[:-1]} == {800_000}
        assert len(schedule.stages) == 11
    else:
        assert [str(stage) for stage in schedule] == ["128x128 stabilise"]


@pytest.mark.parametrize("row", TABLE_1)
def test_a_row_of_table_1_averages_over_the_same_number_of_images(row):
    recipe = recipes.get(f"ablation_{row}")
    half_life = -recipe.batch_size / math.log2(recipe.ema_decay)
    assert half_life == pytest.approx(-16 / math.log2(0.999))


@pytest.mark.parametrize("row", NETWORKS)
def test_a_row_of_table_1_has_its_contributions(row):
    network = recipes.get(f"ablation_{row}").network
    config = NetworkConfig(128, **network)
    architecture = config.architecture
    assert (
        architecture.generator_norm,
        architecture.discriminator_norm,
        architecture.minibatch,
        architecture.equalized,
        architecture.normalize_latents,
    ) == NETWORKS[row]
    assert architecture.group_size is None
    assert config.latent_dim == (512 if architecture.normalize_latents else 128)
    channels = [config.channels(size) for size in config.resolutions]
    if row == "h_converged":
        assert channels == [512, 512, 512, 512, 256, 128]
    else:
        assert channels == [512, 512, 256, 128, 64, 32]


def test_without_the_average_all_else_is_as_with_it():
    without = recipes.get("ablation_without_ema")
    assert without.ema_decay == 0.0
    row_g = recipes.get("ablation_g_pixel_norm")
    assert dataclasses.replace(without, ema_decay=0.999) == row_g


def test_the_quickstart_stays_what_it_was():
    recipe = recipes.get("quickstart")
    assert [
        (s.images, s.batch_size, s.learning_rate) for s in recipe.schedule(32)
    ] == [
        (6_000, 16, 0.002),
        (6_000, 16, 0.002),
        (8_000, 16, 0.002),
        (8_000, 16, 0.002),
        (12_000, 16, 0.002),
        (8_000, 16, 0.002),
        (120_000, 16, 0.002),
    ]
    assert (recipe.update, recipe.ema_half_life) == ("simultaneous", 8_000)
    assert recipe.network == {}
    assert recipe.resolution is None
    assert recipe.mirror is None


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_can_be_trained(name):
    recipe = recipes.get(name)
    own = recipe.resolution or 1024
    for resolution in (4, 32, own):
        assert recipe.schedule(resolution).stages[-1].resolution == resolution
    NetworkConfig(own, **recipe.network)
    assert updates.get(recipe.update)
    assert get_loss(recipe)


def test_a_recipe_can_be_changed_in_one_point():
    changed = dataclasses.replace(recipes.get("quickstart"), batch_size=4)
    assert recipes.get(changed) is changed
    assert {stage.batch_size for stage in changed.schedule(8)} == {4}


@pytest.mark.parametrize("devices", [1, 2, 4, 8, 16])
def test_what_a_user_sets_is_used_on_any_number_of_devices(devices):
    changed = dataclasses.replace(recipes.get("celeba_128"), batch_size=48)
    recipe = changed.for_devices(devices)
    assert {stage.batch_size for stage in recipe.schedule(128)} == {48}
    given = recipes.get("celeba_128").for_devices(devices)
    assert recipe.learning_rate == given.learning_rate


@pytest.mark.parametrize(
    ("devices", "row"), [(3, 2), (5, 4), (7, 4), (9, 8), (64, 8)]
)
def test_other_numbers_of_devices_take_the_next_smaller_row(devices, row):
    recipe = recipes.get("celeba_hq_1024")
    assert recipe.for_devices(devices) == recipe.for_devices(row)


def test_a_recipe_for_devices_stays_as_it_is_when_asked_again():
    recipe = recipes.get("celeba_hq_1024").for_devices(8)
    assert recipe.for_devices(8) is recipe
    assert recipe.for_devices(1) is recipe
    quickstart = recipes.get("quickstart")
    assert quickstart.for_devices(8) is quickstart


def test_a_recipe_for_more_devices_only_is_not_used_on_fewer():
    recipe = recipes.Recipe(batch_size=None, by_devices={4: {"batch_size": 64}})
    assert recipe.for_devices(4).batch_size == 64
    with pytest.raises(ValueError, match="4 devices or more.*devices=2"):
        recipe.for_devices(2)


def test_the_schedule_of_a_recipe_by_devices_is_that_of_the_fewest():
    recipe = recipes.get("celeba_hq_1024")
    fewest = recipe.for_devices(1).schedule(1024)
    assert recipe.schedule(1024).stages == fewest.stages


@pytest.mark.parametrize("devices", [0, -1, 1.5, None, "2"])
def test_a_number_of_devices_that_is_none_is_refused(devices):
    with pytest.raises(ValueError, match=f"devices={devices!r}"):
        recipes.get("celeba_128").for_devices(devices)


def test_a_recipe_starts_where_it_is_told_to():
    recipe = recipes.get("quickstart")
    stages = recipe.schedule(16, start_resolution=8).stages
    assert [str(stage) for stage in stages] == [
        "8x8 stabilise",
        "16x16 fade in",
        "16x16 stabilise",
    ]
    assert stages[-1].end == 168_000


@pytest.mark.parametrize("start", [None, 4, 8, 16])
def test_a_recipe_without_growing_is_one_straight_stage(start):
    recipe = dataclasses.replace(recipes.get("quickstart"), growing=False)
    (stage,) = recipe.schedule(16, start_resolution=start).stages
    assert (str(stage), stage.images) == ("16x16 stabilise", 168_000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stabilise_images", -1),
        ("stabilise_images", None),
        ("fade_images", 0.5),
        ("total_images", 0),
        ("total_images", float("nan")),
        ("batch_size", 0),
        ("batch_size", None),
        ("learning_rate", 0),
        ("learning_rate", "0.1"),
        ("n_critic", 0),
        ("n_critic", 2.5),
        ("n_critic", {4: 1}),
        ("growing", None),
        ("growing", 1),
        ("adam_beta_1", 1.0),
        ("adam_beta_1", -0.1),
        ("adam_beta_2", float("nan")),
        ("adam_beta_2", None),
        ("ema_decay", 1.5),
        ("ema_decay", True),
        ("ema_half_life", 0),
        ("ema_half_life", float("inf")),
        ("class_weight", -1.0),
        ("class_weight", "1"),
        ("mirror", "yes"),
        ("resolution", 33),
        ("network", None),
        ("loss_options", ["wgan_gp"]),
        ("by_devices", [1, 2]),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value):
    with pytest.raises(ValueError) as error:
        recipes.Recipe(**{name: value})
    assert f"{name}={value!r}" in str(error.value)


@pytest.mark.parametrize("value", [np.int64(2), np.float32(0.5), 0, 0.5, 1])
def test_numbers_of_numpy_are_numbers(value):
    assert recipes.Recipe(class_weight=value).class_weight == value


@pytest.mark.parametrize("name", ["batch_size", "learning_rate"])
def test_a_bad_number_at_one_resolution_is_refused_by_name(name):
    with pytest.raises(ValueError, match=f"{name}=-1"):
        recipes.Recipe(**{name: {8: -1, None: 1}})


def test_several_updates_of_the_discriminator_need_alternating_updates():
    assert recipes.Recipe(n_critic=2).n_critic == 2
    with pytest.raises(ValueError, match="n_critic is 1.*n_critic=2"):
        recipes.Recipe(n_critic=2, update="simultaneous")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"batch_size": 0}, "batch_size=0"),
        ({"loss": "hinge"}, "'loss': 'hinge'"),
        ({"by_devices": {}}, "by_devices={2: {'by_devices': {}}}"),
        ({}, "batch_size=None"),
        (None, "2: None"),
    ],
)
def test_a_bad_row_for_a_number_of_devices_is_refused(row, words):
    rows = {1: {"batch_size": 4}, 2: row}
    with pytest.raises(ValueError, match=words):
        recipes.Recipe(batch_size=None, by_devices=rows)


@pytest.mark.parametrize("devices", [0, "2", None])
def test_a_row_for_no_number_of_devices_is_refused(devices):
    rows = {devices: {"batch_size": 4}}
    with pytest.raises(ValueError, match=f"by_devices={{{devices!r}: "):
        recipes.Recipe(batch_size=None, by_devices=rows)


def test_a_misspelt_name_is_refused_with_the_nearest_one():
    with pytest.raises(ValueError, match="Did you mean 'quickstart'"):
        recipes.get("quikstart")


@pytest.mark.parametrize("recipe", ["xyz", None, 3, ["cifar10"], {}])
def test_anything_else_is_refused_with_the_names_there_are(recipe):
    with pytest.raises(ValueError) as error:
        recipes.get(recipe)
    for part in ("'cifar10'", "'quickstart'", f"recipe={recipe!r}"):
        assert part in str(error.value)


def test_options_of_a_loss_are_not_given_to_another_one():
    quickstart = recipes.get("quickstart")
    assert get_loss(quickstart).gradient_weight == 0.5
    changed = dataclasses.replace(quickstart, loss="wgan_gp")
    assert get_loss(changed).gradient_weight == 10.0
    own = losses.NonSaturating(gradient_weight=3.0)
    assert get_loss(dataclasses.replace(quickstart, loss=own)) is own


def test_a_recipe_can_choose_the_precision_of_its_networks():
    network = {"precision": "mixed_bfloat16"}
    changed = dataclasses.replace(recipes.get("quickstart"), network=network)
    assert NetworkConfig(8, **changed.network).precision == "mixed_bfloat16"
    with pytest.raises(ValueError, match="precision='half'$"):
        dataclasses.replace(changed, network={"precision": "half"})
