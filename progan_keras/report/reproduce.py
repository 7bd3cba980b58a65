"""The Python call that does a run again, written from its options."""

import textwrap

_TRAINING = (
    "update",
    "adam_beta_1",
    "adam_beta_2",
    "ema_decay",
    "ema_half_life",
    "class_weight",
    "mirror",
)
_LOADING = ("labels", "split", "fit", "background")


def training_call(options):
    """Return the source of a program that trains as a run did.

    Args:
        options: Dict, the run's options.

    Returns:
        String of Python. It says which images, not where they are now.
    """
    network, data = options["network"], options["data"]
    training = options["training"]
    load = {
        "resolution": network["resolution"],
        "num_channels": network.get("num_channels", 3),
    }
    told = options.get("load", {})
    load |= {key: told[key] for key in _LOADING if key in told}
    lines = [
        "import progan_keras as pk",
        "",
        f"# Fingerprint of the images: {_one_line(data.get('fingerprint'))}",
        _call("images = pk.data.load", load, repr(data.get("name"))),
    ]
    if training.get("origin"):
        lines += _start_from_weights(network, training)
    else:
        lines.append(_call("gan = pk.ProGAN", network))
    lines.append(
        _call("recipe = pk.recipes.Recipe", _recipe(network, training))
    )
    run = {
        "run_dir": "runs",
        "recipe": _Source("recipe"),
        "tick_kimg": options.get("tick_images", 1000) / 1000,
    }
    lines.append(_call("pk.train", run, "gan", "images"))
    return "\n".join(lines)


def _start_from_weights(network, training):
    changes = {
        "resolution": network["resolution"],
        "frozen_below": training.get("frozen_below"),
        "num_classes": network.get("num_classes") or None,
        "seed": network.get("seed", 0),
        "precision": network.get("precision"),
    }
    return [
        f"# Fingerprint of the weights: {_one_line(training['origin'])}",
        'start = pk.ProGAN.from_preset("WEIGHTS")',
        _call("gan = start.branch", changes),
    ]


def _recipe(network, training):
    """Arguments for a `Recipe` with the same stages."""
    stages = training["stages"]
    sides = list(dict.fromkeys(stage["resolution"] for stage in stages))
    grown = len(sides) > 1 or training.get("origin")
    images = {fade: dict.fromkeys(sides[fade:], 0) for fade in (False, True)}
    for stage in stages:
        images[stage["fade_in"]][stage["resolution"]] = stage["images"]
    arguments = {
        "loss": _Source(f"pk.losses.{_one_line(training.get('loss'))}")
    }
    arguments |= {key: training[key] for key in _TRAINING if key in training}
    arguments["stabilise_images"] = _shortest(images[False])
    arguments["fade_images"] = _shortest(images[True])
    for key in ("batch_size", "learning_rate"):
        by_side = {stage["resolution"]: stage[key] for stage in stages}
        arguments[key] = _shortest(by_side)
    arguments["n_critic"] = stages[0].get("n_critic", 1)
    if not grown and sides[0] > 4:
        arguments["growing"] = False
    return arguments


def _shortest(by_side):
    """One number where all resolutions have the same."""
    values = list(by_side.values())
    if not values:
        return 0
    return values[0] if len(set(values)) == 1 else by_side


class _Source(str):
    """Python that is written as it is."""

    def __repr__(self):
        return str(self)


def _call(function, arguments, *positional):
    """A call with an argument per line."""
    lines = [f"{value}," for value in positional]
    lines += [f"{key}={_written(v)}," for key, v in arguments.items()]
    return f"{function}(\n{_indented(lines)}\n)"


def _written(value):
    """Switches have a line each, all else is short."""
    if (
        isinstance(value, dict)
        and value
        and all(isinstance(k, str) for k in value)
    ):
        lines = [f"{key!r}: {item!r}," for key, item in value.items()]
        return f"{{\n{_indented(lines)}\n}}"
    return repr(value)


def _indented(lines):
    return textwrap.indent("\n".join(lines), "    ")


def _one_line(text):
    """What stands in a comment or a name may not end it."""
    return " ".join(str(text).split())
