"""progan_keras learns, as `train` has it do, without its records."""

import dataclasses

from learn import Learner

import progan_keras as pk
from progan_keras.recipe import Recipe
from progan_keras.training.plan import Plan
from progan_keras.training.step import batches_from, compile_step

RECIPES = {
    "wgan_gp": Recipe(loss="wgan_gp", update="alternating"),
    "quickstart": pk.recipes.get("quickstart"),
}


def prepare(case, recipe, growing=True):
    """Prepare a run of the case's schedule.

    Args:
        case: Dict, see `quality.py`.
        recipe: Loss, updates, optimizer and average, of `RECIPES`.
        growing: Whether to start at 4x4.
    """
    recipe = dataclasses.replace(
        RECIPES[recipe],
        growing=growing,
        stabilise_images=case["stage_images"],
        fade_images=case["stage_images"],
        total_images=10**9,
        batch_size=case["batch_size"],
    )
    images = pk.data.load(case["data"], case["resolution"])
    names = ("resolution", "latent_dim", "fmap_base", "fmap_max")
    gan = pk.ProGAN(**{name: case[name] for name in names})
    plan = Plan(gan, images, recipe)
    gan.compile(
        loss=plan.loss,
        update=recipe.update,
        optimizer=plan.optimizer,
        ema_decay=recipe.ema_decay,
        ema_half_life=recipe.ema_half_life,
    )

    def steps():
        for stage in plan.schedule:
            gan.enter_stage(stage)
            step = compile_step(gan)
            batches = batches_from(plan, stage, gan.images_seen)
            for _ in range(stage.steps_from(stage.start)):
                step(batches)["d_loss"].numpy()
                yield gan.images_seen, str(stage)

    def pictures(count):
        made = gan.generate(count, seed=0)
        # Of smaller ones, every pixel becomes several.
        factor = case["resolution"] // made.shape[1]
        return made.repeat(factor, axis=1).repeat(factor, axis=2)

    return Learner(steps(), pictures)
