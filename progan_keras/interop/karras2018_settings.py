"""What the paper's networks can be told, and what of that is possible here."""

import reprlib

_SWITCH = (True, False)

# What the paper's generator and discriminator can be told, with the values
# that hold where they are not told; None where the arrays have to say.
_COMMON = {
    "num_channels": None,
    "resolution": None,
    "label_size": None,
    "fmap_base": 8192,
    "fmap_decay": 1.0,
    "fmap_max": 512,
    "use_wscale": True,
    "dtype": "float32",
    "fused_scale": None,
    "structure": None,
}
SETTINGS = {
    "G": {
        **_COMMON,
        "latent_size": None,
        "normalize_latents": True,
        "use_pixelnorm": True,
        "pixelnorm_epsilon": 1e-8,
        "use_leakyrelu": True,
    },
    "D": {**_COMMON, "mbstd_group_size": 4},
}

# The settings that are not numbers, and what they may be here: the structures
# are two ways to compute one function, and float16 is there for speed.
_POSSIBLE = {
    "use_wscale": _SWITCH,
    "dtype": ("float32", "float16"),
    "fused_scale": _SWITCH,
    "structure": (None, "linear", "recursive"),
    "normalize_latents": _SWITCH,
    "use_pixelnorm": _SWITCH,
    "use_leakyrelu": (True,),
}


def read_settings(kind, state):
    """Return the settings that a network states and knows.

    The paper's code ignores all others; code that was changed may have its
    own, and then speaks of them.

    Args:
        kind: "G" or "D".
        state: Dict, of the pickled network.

    Returns:
        Dict from name to value.

    Raises:
        ValueError: for a setting that the networks here do not have.
    """
    stated, source = state.get("static_kwargs"), state.get("build_module_src")
    if not isinstance(stated, dict):
        raise ValueError(
            "The settings of a network are a dict. "
            f"Received: static_kwargs={reprlib.repr(stated)}"
        )
    known = {}
    for name, value in stated.items():
        if name in SETTINGS[kind]:
            _check_setting(name, value)
            known[name] = value
        elif not any(name in x for x in SETTINGS.values()) and (
            isinstance(source, str) and str(name) in source
        ):
            raise ValueError(
                "The paper's networks have no such setting, the code of this "
                "one has: it was changed, and is not converted. "
                f"Received: {reprlib.repr(name)}={reprlib.repr(value)}"
            )
    if known.get("latent_size", 0) is None:
        del known["latent_size"]  # the code's own default
    return known


def _check_setting(name, value):
    if not _is_possible(name, value):
        possible = _POSSIBLE.get(name, ["a number from 0"])
        raise ValueError(
            "A network here can only have "
            f"{name}={' or '.join(map(str, possible))}. "
            f"Received: {name}={reprlib.repr(value)}"
        )


def _is_possible(name, value):
    if name in _POSSIBLE:
        return value in _POSSIBLE[name]
    if name == "latent_size" and value is None:
        return True
    if name == "pixelnorm_epsilon":
        return type(value) is float and 0 < value < 1
    if name not in ("fmap_base", "fmap_decay"):
        return type(value) is int and 0 <= value < 2**31
    return type(value) in (int, float) and 0 <= value < 2**31
