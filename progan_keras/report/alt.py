"""What figures show, in words: for those who do not see them."""

import numpy as np

from progan_keras.figures.grids import class_names


def losses(history):
    """Where the curves start, and where they end."""
    told = {
        "d_loss": "the loss of the discriminator",
        "g_loss": "the loss of the generator",
        "d_real": "its score of real images",
        "d_fake": "its score of generated images",
    }
    return f"Curves {_over(history)}: {_ends(history, told)}."


def diagnostics(history):
    """The same for the diagnostics."""
    told = {
        "gradient_norm": "the gradient's norm",
        "stdev_real": "the minibatch standard deviation of real images",
        "stdev_fake": "that of generated images",
        "ema_distance": "the distance of the average from the generator",
        "drift": "the mean squared score of real images",
    }
    return f"Curves {_over(history)}: {_ends(history, told)}."


def block_rms(history, kind):
    """What a heat map of that kind looks like."""
    return (
        f"Two heat maps {_over(history)}, one for the generator and one for "
        f"the discriminator: a row per layer, coloured by the root mean "
        f"square of its {kind}."
    )


def growth(history):
    """What the filmstrip shows."""
    kimgs = list(history.run.fakes())
    what = "one picture of each class" if class_names(history) else "latents"
    return (
        f"A table of generated pictures: rows are {what}, columns are moments "
        f"from {kimgs[0]:g} to {kimgs[-1]:g} kimg, from coarse blocks of "
        f"colour at 4x4 up to {history.resolution}x{history.resolution}."
    )


def real_and_fake(history):
    """What stands beside what."""
    newest = max(history.run.fakes())
    rows = ", a class per row" if class_names(history) else ""
    return (
        "Two tables of pictures side by side: real ones at the left, at the "
        f"right those generated after {newest:g} kimg{rows}."
    )


def metric_curves(history):
    """The latest value of every metric."""
    latest = [
        f"{name} {_number(result.get('value'))} at {kimg:g} kimg"
        for name in history.metric_names()
        for kimg, _, result in history.results(name)[-1:]
    ]
    return f"A curve for each metric {_over(history)}: {', '.join(latest)}."


def swd_levels(history):
    """The latest distance at every level."""
    kimg, _, result = history.results("swd")[-1]
    levels = ", ".join(
        f"{_number(value)} at {level}x{level}"
        for level, value in (result.get("levels") or {}).items()
    )
    floor = result.get("floor")
    told = f"; real images reach {_number(floor)} in the mean" if floor else ""
    return (
        "Curves of the sliced Wasserstein distance per level "
        f"{_over(history)}, after {kimg:g} kimg {levels}{told}."
    )


def precision_recall(history):
    """Where the last point lies."""
    latest = {
        name.split("_")[0]: result.get("value")
        for name in history.metric_names()
        for _, _, result in history.results(name)[-1:]
    }
    return (
        "A point for every evaluation, precision over recall; the last one at "
        f"precision {_number(latest.get('precision'))} and recall "
        f"{_number(latest.get('recall'))}."
    )


def _over(history):
    return f"over {history.kimg:g} kimg"


def _ends(history, told):
    parts = []
    for column, name in told.items():
        _, values = history.curve(column)
        values = values[np.isfinite(values)]
        if len(values) > 1:
            start, end = _number(values[0]), _number(values[-1])
            parts.append(f"{name} goes from {start} to {end}")
        elif len(values):
            parts.append(f"{name} is {_number(values[0])}")
    return ", ".join(parts)


def _number(value):
    return "unknown" if value is None else f"{value:.3g}"
