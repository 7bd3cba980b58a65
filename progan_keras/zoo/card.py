"""A model card: what a preset is, how it came about, what it is worth."""

from progan_keras.figures.metric_names import describe

CARD = "card.json"


def card_text(name, card, notes=""):
    """Return the card of a preset in Markdown.

    Args:
        name: String, that of its folder.
        card: Dict, what `publish` writes as `card.json`.
        notes: String in Markdown, what people saw.
    """
    parts = [
        f"# {name}",
        f"{card['title']}.",
        _picture(name, card),
        notes.strip(),
        "## Use",
        _use(name, card),
        "## Measurements",
        _measurements(card),
        "## How it was made",
        _making(card),
        f"```python\n{card['program']}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _picture(name, card):
    kind = "eight of each class" if card["class_names"] else "64 of them"
    side = card["resolution"]
    return (
        f"![Generated pictures of {side}x{side} in rows of eight](grid.png)"
        f"\n\n*Uncurated: seed 7, {kind}, of the generator's average, enlarged "
        "twice. [Time-lapse of its training](timelapse.gif).*"
    )


def _use(name, card):
    conditional = bool(card["class_names"])
    label = f", labels={card['class_names'][0]!r}" if conditional else ""
    classes = ", tf.zeros(16, tf.int32)" if conditional else ""
    size = f"uint8 [16, {card['resolution']}, {card['resolution']}, 3]"
    return f"""```python
import progan_keras as pk

gan = pk.ProGAN.from_preset("{name}")
pictures = gan.generate(16, seed=7{label})  # {size}
```

`progan train MY_PICTURES --from {name}` goes on from all of its networks.
Without this package, TensorFlow runs it:

```python
import tensorflow as tf

model = tf.saved_model.load("saved_models/{name}/saved_model")
latents = tf.random.normal((16, {card["latent_dim"]}))
pictures = model.pictures(latents{classes})  # {size}
```

`generator.keras` is the same generator for `keras.models.load_model` on any
backend of Keras, where `progan_keras.layers` has been imported."""


def _measurements(card):
    others = card["beside"]
    rows = [["metric", "this", *others, "real images"]]
    rows.append(["---"] + ["--:"] * (len(others) + 2))
    for name, score in card["scores"].items():
        metric = describe(name, score)
        told = [card["scores"], *(other["scores"] for other in others.values())]
        values = [_digits(scores[name]["value"]) for scores in told]
        label = metric.title
        if metric.better in ("lower", "higher"):
            label += f", {metric.better} is better"
        rows.append([label, *values, _digits(score["floor"])])
    trained = [card, *others.values()]
    rows.append(["kimg", *(f"{run['kimg']:,g}" for run in trained), ""])
    rows.append(
        ["minutes of training", *(f"{run['minutes']:g}" for run in trained), ""]
    )
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{table}\n\n{_measured_how(card['scores'])}"


def _measured_how(scores):
    """With how many images, which seed and which features."""
    score = next(iter(scores.values()))
    networks = sorted({s["features"] for s in scores.values() if s["features"]})
    told = [
        f"{score['count']:,} generated pictures and as many real ones, seed "
        f"{score['seed']}."
    ]
    if score["floor_count"]:
        told.append(
            f'"Real images" are {score["floor_count"]:,} others, measured the '
            "same way: no generator should be expected to beat them."
        )
    if networks:
        told.append(
            f"Features are those of {', '.join(networks)}, so that these "
            "figures compare only with others by it, not with published ones."
        )
    told.append("Compare only figures of equal numbers of images.")
    return " ".join(told)


def _making(card):
    sizes = card["parameters"]
    versions = ", ".join(f"{k} {v}" for k, v in card["versions"].items())
    stages = ", ".join(
        f"{stage['resolution']}x{stage['resolution']}"
        f"{' fade in' if stage['fade_in'] else ''} {stage['images'] / 1000:g}"
        for stage in card["stages"]
    )
    rows = [
        ("data", f"{card['data']}, {card['images']:,} images"),
        ("licence of the data", card["licence"]),
        ("terms of the weights", card["notice"]),
        ("classes", ", ".join(card["class_names"])),
        ("stages, kimg each", stages),
        (
            "parameters",
            f"generator {sizes['generator']:,}, discriminator "
            f"{sizes['discriminator']:,}",
        ),
        (
            "hardware, time",
            f"{card['hardware']}; {card['minutes']:g} minutes of training",
        ),
        ("versions", versions),
    ]
    lines = ["| | |", "|---|---|"]
    lines += [f"| {label} | {text} |" for label, text in rows if text]
    return "\n".join(lines)


def _digits(value):
    return "" if value is None else f"{value:.4g}"
