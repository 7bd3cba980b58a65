"""From the options of `progan train` to a recipe and its networks."""

import dataclasses
import math

from progan_keras import recipes


def read_recipe(options):
    """Return the recipe with the options that were given in its place."""
    changes = {
        "loss": options.loss,
        "update": options.update,
        "batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "mirror": options.mirror,
        "stabilise_images": _images(options.stabilise_kimg),
        "fade_images": _images(options.fade_kimg),
        "total_images": _images(options.total_kimg),
    }
    changes = {name: v for name, v in changes.items() if v is not None}
    recipe = dataclasses.replace(recipes.get(options.recipe), **changes)
    if options.precision is not None:
        network = {**recipe.network, "precision": options.precision}
        recipe = dataclasses.replace(recipe, network=network)
    if not options.loss_option:
        return recipe
    given = dict(map(_name_and_number, options.loss_option))
    loss_options = {**recipe.loss_options.get(recipe.loss, {}), **given}
    return dataclasses.replace(
        recipe, loss_options={**recipe.loss_options, recipe.loss: loss_options}
    )


def _name_and_number(text):
    """Read "gamma=750"."""
    name, _, number = text.partition("=")
    for kind in (int, float):
        try:
            return name, kind(number)
        except ValueError:
            continue
    raise ValueError(
        "An option of a loss is a name and a number, such as gamma=750. "
        f"Received: --loss-option {text}"
    )


def read_network(options, recipe):
    """Return the recipe's networks with what was given in its place."""
    given = {
        "fmap_base": options.fmap_base,
        "fmap_max": options.fmap_max,
        "latent_dim": options.latent_dim,
    }
    architecture = {
        "attention_resolution": options.attention,
        "conditioning": options.conditional,
    }
    given, architecture = (
        {name: v for name, v in some.items() if v is not None}
        for some in (given, architecture)
    )
    network = {**recipe.network, **given}
    network["architecture"] = {
        **recipe.network.get("architecture", {}),
        **architecture,
    }
    return network


def _images(kimg):
    """Whole images of so many thousands; the schedule refuses the rest."""
    if kimg is None or not math.isfinite(kimg):
        return kimg
    return round(1000 * kimg)
