"""The schema of a user's own recipe: the fields of `recipe.Recipe`."""

from progan_keras.checks import RESOLUTIONS
from progan_keras.schemas.kinds import (
    NUMBER,
    RESOLUTION,
    SHARE,
    SIZE,
    SWITCH,
    TEXT,
    an_object,
    by_name,
    or_null,
    value_of,
)
from progan_keras.schemas.network import SIZES

REST = "rest"


def _by_resolution(description, kind, **limits):
    """A number, or an object of numbers in which "rest" stands for None."""
    number = value_of(description, kind, **limits)
    keys = [*map(str, RESOLUTIONS), REST]
    what = f"{description}, or an object by resolution with {', '.join(keys)}"
    return {
        "type": [kind, "object", "null"],
        "description": what,
        **limits,
        "propertyNames": {"enum": keys, "description": what},
        "additionalProperties": number,
    }


_SETTINGS = {
    "stabilise_images": _by_resolution(
        "a whole number, at least 0", "integer", minimum=0, maximum=1e15
    ),
    "fade_images": _by_resolution(
        "a whole number, at least 0", "integer", minimum=0, maximum=1e15
    ),
    "batch_size": _by_resolution(
        "a whole number from 1 to 1048576", "integer", minimum=1, maximum=2**20
    ),
    "learning_rate": _by_resolution(
        "a number above 0", "number", exclusiveMinimum=0
    ),
    "total_images": or_null(SIZE),
}
_DEVICES = "an object from numbers of devices to settings"
RECIPE = an_object(
    "a recipe",
    closed=True,
    loss=TEXT,
    loss_options=by_name(
        "an object from names of losses to their options",
        by_name("an object of numbers", NUMBER),
    ),
    update=TEXT,
    **_SETTINGS,
    n_critic=value_of(
        "a whole number from 1 to 1000", "integer", minimum=1, maximum=1000
    ),
    growing=SWITCH,
    adam_beta_1=SHARE,
    adam_beta_2=SHARE,
    ema_decay=SHARE,
    ema_half_life=or_null(SIZE),
    class_weight=value_of("a number, at least 0", "number", minimum=0),
    mirror=or_null(SWITCH),
    resolution=or_null(RESOLUTION),
    network=an_object(
        "an object with some sizes of the networks",
        closed=True,
        **{
            name: SIZES[name]
            for name in (
                *("latent_dim", "fmap_base", "fmap_max", "fused_scale"),
                *("precision", "architecture"),
            )
        },
    ),
    by_devices={
        **by_name(
            _DEVICES,
            an_object("an object of settings", closed=True, **_SETTINGS),
        ),
        "propertyNames": {
            "pattern": "^[1-9][0-9]{0,5}$",
            "description": _DEVICES,
        },
    },
)
