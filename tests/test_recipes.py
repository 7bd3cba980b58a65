import dataclasses

import pytest

from progan_keras import losses, recipes, updates
from progan_keras.recipes import RECIPES
from progan_keras.training.plan import get_loss


def test_the_papers_batch_sizes_are_those_for_one_gpu():
    schedule = recipes.get("paper").schedule(1024)
    batches = {stage.resolution: stage.batch_size for stage in schedule}
    assert batches == {
        4: 128,
        8: 128,
        16: 128,
        32: 64,
        64: 32,
        128: 16,
        256: 8,
        512: 4,
        1024: 4,
    }


def test_the_papers_learning_rate_rises_at_1024():
    schedule = recipes.get("paper").schedule(1024)
    rates = {stage.resolution: stage.learning_rate for stage in schedule}
    assert rates.pop(1024) == 0.0015
    assert set(rates.values()) == {0.001}


def test_the_papers_phases_are_600_and_600_kimg():
    schedule = recipes.get("paper").schedule(64)
    assert {stage.images for stage in schedule.stages[:-1]} == {600_000}


def test_the_papers_loss_update_and_average():
    recipe = recipes.get("paper")
    assert isinstance(losses.get(recipe.loss), losses.WassersteinGP)
    assert recipe.update == "alternating"
    assert (recipe.ema_decay, recipe.ema_half_life) == (0.999, None)


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("resolution", [4, 32, 1024])
def test_every_recipe_can_be_trained(name, resolution):
    recipe = recipes.get(name)
    assert recipe.schedule(resolution).stages[-1].resolution == resolution
    assert updates.get(recipe.update)
    losses.get(recipe.loss)


@pytest.mark.parametrize("resolution", [4, 32, 1024])
def test_the_paper_recipe_shows_12000_kimg_in_all(resolution):
    schedule = recipes.get("paper").schedule(resolution)
    assert schedule.total_images == 12_000_000


def test_a_recipe_can_be_changed_in_one_point():
    changed = dataclasses.replace(recipes.get("quickstart"), batch_size=4)
    assert recipes.get(changed) is changed
    assert {stage.batch_size for stage in changed.schedule(8)} == {4}


def test_a_misspelt_name_is_refused_with_the_nearest_one():
    with pytest.raises(ValueError, match="Did you mean 'quickstart'"):
        recipes.get("quikstart")


@pytest.mark.parametrize("recipe", ["xyz", None, 3, ["paper"], {}])
def test_anything_else_is_refused_with_the_names_there_are(recipe):
    with pytest.raises(ValueError) as error:
        recipes.get(recipe)
    for part in ("'paper'", "'quickstart'", f"recipe={recipe!r}"):
        assert part in str(error.value)


def test_options_of_a_loss_are_not_given_to_another_one():
    quickstart = recipes.get("quickstart")
    assert get_loss(quickstart).gradient_weight == 0.5
    changed = dataclasses.replace(quickstart, loss="wgan_gp")
    assert get_loss(changed).gradient_weight == 10.0
    own = losses.NonSaturating(gradient_weight=3.0)
    assert get_loss(dataclasses.replace(quickstart, loss=own)) is own
