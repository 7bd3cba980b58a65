"""What a run is: its data, networks and training, for people."""

import re

from progan_keras.data.sources import EMBEDDED
from progan_keras.report.html import definitions, element, join, table

# A path says more about a machine than about the images.
_ABSOLUTE_PATH = re.compile(r"(^|\s)(/|\\\\|[A-Za-z]:[\\/]).*", re.DOTALL)


def lead(history):
    """Return a sentence about a run.

    Args:
        history: `History`.
    """
    data, side = history.run.options["data"], history.resolution
    classes = history.run.options["network"].get("num_classes")
    told = f" of {classes} classes" if classes else ""
    return (
        f"A progressively growing GAN that learns pictures of {side}x{side} "
        f"from {data.get('images', 0):,} images{told}, "
        f"{data.get('name', 'unnamed')}: {_progress(history)}."
    )


def overview(history):
    """Return what the run is, shortly."""
    options = history.run.options
    pairs = [
        ("Progress", _progress(history).capitalize()),
        ("Data", _data(options["data"])),
        ("Licence of the data", licence(options["data"])),
    ]
    if options.get("notice"):
        pairs.append(("Terms of the weights", options["notice"]))
    hours = training_seconds(history) / 3600
    if hours:
        took = f"{hours:.1f} h" if hours >= 2 else f"{60 * hours:.0f} min"
        pairs.append(("Time for that", f"{took} of training"))
    return definitions(pairs)


def settings(history):
    """Return the plan of a run and every option that decides its result."""
    options = history.run.options
    training = dict(options["training"])
    for shown_elsewhere in ("stages", "labels"):
        training.pop(shown_elsewhere, None)
    network = dict(options["network"])
    switches = network.pop("architecture", None) or {}
    versions = [
        f"{name} {options[name]}"
        for name in ("progan_keras", "keras", "tensorflow")
        if name in options
    ]
    devices = options.get("devices", 1)
    told = [*_named(training), ("Devices", devices)]
    told.append(("Versions", ", ".join(versions)))
    return join(
        [
            element("h3", "Stages"),
            _stages(history.stages),
            element("h3", "Training"),
            definitions(told),
            element("h3", "Networks"),
            definitions(_named(network | switches)),
            element("h3", "Data"),
            definitions(
                [
                    ("Fingerprint", options["data"].get("fingerprint")),
                    *_classes(options["data"]),
                ]
            ),
        ]
    )


def _stages(stages):
    rows = [
        (
            stage,
            f"{stage.start / 1000:g} to {stage.end / 1000:g}",
            stage.batch_size,
            f"{stage.learning_rate:g}",
            stage.n_critic,
        )
        for stage in stages
    ]
    header = ["stage", "kimg", "batch", "learning rate", "updates of D per G"]
    caption = "What is trained when, in thousands of real images (kimg)"
    return table(caption, header, rows)


def _named(options):
    """Options with names for people, and without those that are off."""
    return [
        (_readable(name), _written(value))
        for name, value in options.items()
        if value is not None
    ]


def _readable(name):
    return name.replace("_", " ").capitalize().replace("Ema", "EMA")


def _written(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else value


def _progress(history):
    done, total = history.kimg, history.total_kimg
    if not done:
        return "nothing trained yet"
    if done >= total:
        return f"finished after {total:,g} kimg, thousands of real images"
    stage = history.stage_at(done)
    return (
        f"at {done:,g} of {total:,g} kimg, thousands of real images, in {stage}"
    )


def _data(data):
    """Name, number and origin of the images, without a path."""
    name = data.get("name", "unnamed")
    source = without_path(data.get("source") or "")
    told = f" ({source})" if source else ""
    return f"{data.get('images', 0):,} images, {name}{told}"


def without_path(source):
    """Return where images came from, without the path of a machine.

    Args:
        source: String, "source" of the data of a run's options.
    """
    return _ABSOLUTE_PATH.sub("", source).strip()


def licence(data):
    """Return the recorded terms, or those of images of this package.

    Args:
        data: Dict, the "data" of a run's options.
    """
    embedded = EMBEDDED.get(data.get("name"))
    if embedded and embedded().description == data.get("source"):
        return embedded.licence
    return data.get("licence") or "not stated: look it up before you share"


def _classes(data):
    names = data.get("class_names")
    return [("Classes", ", ".join(map(str, names)))] if names else []


def training_seconds(history):
    """Return how long the recorded ticks took.

    Args:
        history: `History`.
    """
    seconds, before = 0.0, 0.0
    for tick in history.ticks:
        seconds += tick.get("s_per_kimg", 0.0) * (tick["kimg"] - before)
        before = tick["kimg"]
    return seconds
