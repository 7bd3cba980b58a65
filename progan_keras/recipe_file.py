"""A recipe of one's own, in a JSON file."""

import os
from pathlib import Path

from progan_keras import schemas
from progan_keras.recipe import Recipe

_BY_RESOLUTION = (
    "stabilise_images",
    "fade_images",
    "batch_size",
    "learning_rate",
)


def is_recipe_file(recipe):
    """Return whether a recipe is given by a path of a JSON file."""
    named = isinstance(recipe, (str, os.PathLike))
    return named and Path(recipe).suffix.lower() == ".json"


def read_recipe_file(path):
    """Read a recipe from a file.

    It holds a JSON object with some of the attributes of `Recipe`; the others
    have their defaults. Where these are dicts by resolution, JSON's keys are
    texts, and "rest" stands for None, all other resolutions:

        {
          "loss": "hinge",
          "batch_size": {"4": 64, "8": 64, "rest": 16},
          "network": {"latent_dim": 128}
        }

    Args:
        path: Path of the file.

    Returns:
        `Recipe`.

    Raises:
        ValueError: for an unknown field or a value that does not suit one,
            with its name; or if the file is not JSON.
        OSError: if the file cannot be read.
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(
            "There is no file with a recipe here; check its name and folder. "
            f"Received: recipe={str(path)!r}"
        )
    settings = _with_numbers(schemas.read(path, schemas.RECIPE))
    rows = settings.get("by_devices", {})
    by_devices = {int(n): _with_numbers(row) for n, row in rows.items()}
    try:
        return Recipe(**settings | {"by_devices": by_devices})
    except ValueError as error:
        raise ValueError(f"{path} holds no recipe: {error}") from error


def _with_numbers(settings):
    """The same with resolutions, where JSON has texts."""
    return {
        name: _by_number(value)
        if name in _BY_RESOLUTION and isinstance(value, dict)
        else value
        for name, value in settings.items()
    }


def _by_number(values):
    return {
        None if key == schemas.REST else int(key): value
        for key, value in values.items()
    }
