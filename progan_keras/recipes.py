"""Recipes: how long, how fast and by which loss to train, by name.

Pure Python, readable as a table. Every setting can be overridden:
`dataclasses.replace(pk.recipes.get("quickstart"), learning_rate=0.001)`.

Where numbers come from: "the paper" is Karras et al., 2018; "the first code"
is their Theano code, with the settings that the paper was written with, "the
second code" their TensorFlow code, which followed and also knows several
GPUs.
"""

import difflib
from dataclasses import replace

from progan_keras.checks import RESOLUTIONS
from progan_keras.recipe import Recipe
from progan_keras.recipe_file import is_recipe_file, read_recipe_file


def _row(batch_sizes, learning_rates):
    """Settings for a number of GPUs."""
    return {
        "batch_size": dict(zip(RESOLUTIONS, batch_sizes, strict=True)),
        "learning_rate": {**learning_rates, None: 0.001},
    }


# The presets of the second code. Each resolution that a preset does not list
# has its base batch: 4, 8, 16 and 32 images for 1, 2, 4 and 8 GPUs. None
# comes near its limits per GPU: 16 images at 256x256, 8 at 512x512, 4 at
# 1024x1024.
_BY_GPUS = {
    # at      4    8   16  32  64 128 256 512 1024
    1: _row([128, 128, 128, 64, 32, 16, 8, 4, 4], {1024: 0.0015}),
    2: _row([256, 256, 128, 64, 32, 16, 8, 8, 8], {512: 0.0015, 1024: 0.002}),
    4: _row(
        [512, 256, 128, 64, 32, 16, 16, 16, 16],
        {256: 0.0015, 512: 0.002, 1024: 0.003},
    ),
    8: _row(
        [512, 256, 128, 64, 32, 32, 32, 32, 32],
        {128: 0.0015, 256: 0.002, 512: 0.003, 1024: 0.003},
    ),
}

# The second code, whatever the images.
_ON_GPUS = Recipe(
    loss="wgan_gp",
    update="alternating",
    stabilise_images=600_000,
    fade_images=600_000,
    total_images=12_000_000,
    batch_size=None,
    learning_rate=None,
    by_devices=_BY_GPUS,
    network={"fmap_base": 8192, "fmap_max": 512, "latent_dim": 512},
)


# Table 1 of the paper, CelebA at 128x128: what each contribution is worth.
# The paper (section 6.1 and appendix A.2) names the rows and their order; the
# numbers are those of the first code. Each row is the one above with changes.
_TABLE_1 = {
    # Gulrajani et al., 2017, with this paper's layers. The first code also
    # ends G with a tanh and gives it ReLUs up to row c; here it is linear at
    # the end, with leaky ReLUs, in all rows.
    "a_baseline": {
        "growing": False,
        "total_images": 10_000_000,
        "batch_size": 64,
        "learning_rate": 0.0001,
        "n_critic": 5,
        "adam_beta_2": 0.9,
        # 0.999 for every 16 images, as in all rows.
        "ema_decay": 0.999**4,
        "loss_options": {"wgan_gp": {"drift": 0.0}},
        "network": {
            "fmap_base": 2048,
            "fmap_max": 512,
            "latent_dim": 128,
            "fused_scale": False,
            "architecture": {
                "equalized": False,
                "generator_norm": "batch",
                "discriminator_norm": "layer",
                "minibatch": None,
                "group_size": None,
                "normalize_latents": False,
            },
        },
        "mirror": True,
        "resolution": 128,
    },
    "b_growing": {
        "growing": True,
        "stabilise_images": 800_000,
        "fade_images": 800_000,
    },
    "c_small_batch": {"batch_size": 16, "ema_decay": 0.999},
    # The learning rate stays: without equalizing, all rows have 0.0001.
    "d_revised": {
        "n_critic": 1,
        "adam_beta_2": 0.99,
        "loss_options": {"wgan_gp": {"drift": 0.001}},
        "network": {
            "latent_dim": 512,
            "architecture": {
                "generator_norm": None,
                "discriminator_norm": None,
                "normalize_latents": True,
            },
        },
    },
    # The paper's row e*, a test between d and e.
    "e_star_discrimination": {
        "network": {"architecture": {"minibatch": "discrimination"}},
    },
    # Over the whole batch, as in all of the first code.
    "e_stdev": {"network": {"architecture": {"minibatch": "stdev"}}},
    "f_equalized": {
        "learning_rate": 0.001,
        "network": {"architecture": {"equalized": True}},
    },
    "g_pixel_norm": {"network": {"architecture": {"generator_norm": "pixel"}}},
    # "A non-crippled network and longer training" (section 6.1): the widths
    # are those of CelebA-HQ. How much longer could not be verified; 15,000
    # kimg is what the first code does where nothing else is said.
    "h_converged": {
        "total_images": 15_000_000,
        "network": {"fmap_base": 8192},
    },
}


def _cumulative(prefix, rows):
    """Return {name: Recipe} of rows that each change the one before."""
    settings, recipes = {}, {}
    for name, changes in rows.items():
        settings = _merge(settings, changes)
        recipes[prefix + name] = Recipe(**settings)
    return recipes


def _merge(old, new):
    """Return `old` with the values of `new`, dicts in dicts likewise."""
    merged = dict(old)
    for key, value in new.items():
        inside = isinstance(value, dict) and key in old
        merged[key] = _merge(old[key], value) if inside else value
    return merged


RECIPES = {
    # First pictures in seconds and recognisable ones in minutes on a laptop.
    "quickstart": Recipe(
        loss="non_saturating",
        loss_options={"non_saturating": {"gradient_weight": 0.5}},
        update="simultaneous",
        # Small resolutions learn fast; most of the time goes to the last.
        stabilise_images={4: 6_000, 8: 8_000, None: 12_000},
        fade_images={8: 6_000, None: 8_000},
        total_images=168_000,
        batch_size=16,
        learning_rate=0.002,
        ema_half_life=8_000,
    ),
    # The paper's section 6.5 and appendix A.2, by the first code.
    "cifar10": Recipe(
        loss="wgan_gp",
        loss_options={"wgan_gp": {"gamma": 750.0}},
        update="simultaneous",
        stabilise_images=400_000,
        fade_images=400_000,
        total_images=20_000_000,
        batch_size=16,
        learning_rate=0.001,
        mirror=False,
        resolution=32,
        network={
            "fmap_base": 4096,
            "fmap_max": 128,
            "latent_dim": 128,
            "fused_scale": False,
            "architecture": {"group_size": None},
        },
    ),
    "celeba_128": replace(_ON_GPUS, resolution=128, mirror=True),
    "celeba_hq_1024": replace(_ON_GPUS, resolution=1024, mirror=True),
    # Not mirrored as the first code's runs on all images of a category; both
    # codes mirror where they take 100,000 of them.
    "lsun_256": replace(_ON_GPUS, resolution=256, mirror=False),
    **_cumulative("ablation_", _TABLE_1),
}
# Every row shows the generator's average; this is what row g is without.
RECIPES["ablation_without_ema"] = replace(
    RECIPES["ablation_g_pixel_norm"], ema_decay=0.0
)


def get(recipe):
    """Return the `Recipe` of that name, or the instance that was given.

    Args:
        recipe: Name, `Recipe`, or path of a JSON file that describes one, see
            `recipe_file.read_recipe_file`.

    Raises:
        ValueError: for an unknown name; it lists the names there are. For a
            file that does not describe a recipe.
        OSError: for a file that cannot be read.
    """
    if isinstance(recipe, Recipe):
        return recipe
    if is_recipe_file(recipe):
        return read_recipe_file(recipe)
    if isinstance(recipe, str) and recipe in RECIPES:
        return RECIPES[recipe]
    near = difflib.get_close_matches(str(recipe), RECIPES, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"A recipe is one of {sorted(RECIPES)}, a Recipe, or the path of a "
        f".json file that describes one.{hint} "
        f"Received: recipe={recipe!r}"
    )
