"""Recipes: how long, how fast and by which loss to train, by name.

Pure Python, readable as a table. Every setting can be overridden:
`dataclasses.replace(pk.recipes.get("quickstart"), learning_rate=0.001)`.
"""

import dataclasses
import difflib

from progan_keras.schedule import Schedule


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Settings of a training run.

    Numbers of the schedule may be dicts by resolution, see `Schedule`.

    Attributes:
        loss: Name of a loss, or a `losses.Loss`.
        loss_options: Dict from the name of a loss to arguments for it.
        update: "alternating" or "simultaneous".
        stabilise_images: Real images per stabilising stage.
        fade_images: Real images per fade.
        total_images: Real images in all stages together; None to add them
            up.
        batch_size: Images per step over all devices.
        learning_rate: Of both Adam optimizers.
        ema_decay: Decay per step of the generator's average.
        ema_half_life: The same in images; overrides `ema_decay`.
        mirror: Whether to flip half of the images; None for the data's own
            default.
        network: Dict of sizes for `ProGAN` that the command line builds by;
            those that are missing follow from the resolution.
    """

    loss: object = "wgan_gp"
    loss_options: dict = dataclasses.field(default_factory=dict)
    update: str = "alternating"
    stabilise_images: object = 600_000
    fade_images: object = 600_000
    total_images: int | None = None
    batch_size: object = 16
    learning_rate: object = 0.001
    ema_decay: float = 0.999
    ema_half_life: int | None = None
    mirror: bool | None = None
    network: dict = dataclasses.field(default_factory=dict)

    def schedule(self, resolution):
        """Return the `Schedule` that grows to `resolution`."""
        return Schedule(
            resolution,
            stabilise_images=self.stabilise_images,
            fade_images=self.fade_images,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            total_images=self.total_images,
        )


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
    # What the authors' code does on one GPU.
    "paper": Recipe(
        loss="wgan_gp",
        update="alternating",
        stabilise_images=600_000,
        fade_images=600_000,
        total_images=12_000_000,
        batch_size={
            4: 128,
            8: 128,
            16: 128,
            32: 64,
            64: 32,
            128: 16,
            256: 8,
            512: 4,
            1024: 4,
        },
        learning_rate={1024: 0.0015, None: 0.001},
        network={"fmap_base": 8192, "fmap_max": 512, "latent_dim": 512},
    ),
}


def get(recipe):
    """Return the `Recipe` of that name, or the instance that was given.

    Raises:
        ValueError: for an unknown name; it lists the names there are.
    """
    if isinstance(recipe, Recipe):
        return recipe
    if isinstance(recipe, str) and recipe in RECIPES:
        return RECIPES[recipe]
    near = difflib.get_close_matches(str(recipe), RECIPES, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"A recipe is one of {sorted(RECIPES)}, or a Recipe.{hint} "
        f"Received: recipe={recipe!r}"
    )
