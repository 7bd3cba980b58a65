"""The sections of a report, each of a run's history."""

import functools
import shlex

from progan_keras import figures
from progan_keras.report import alt
from progan_keras.report.embed import embed
from progan_keras.report.html import code, element, join
from progan_keras.report.measurements import measurements
from progan_keras.report.reproduce import training_call

_PHONE_WIDTH = 4.2  # inches


def pictures(history):
    """Return real beside generated ones, and how those came to be."""
    return join(
        [
            _figure(
                figures.real_and_fake,
                history,
                alt.real_and_fake,
                "Real images, and what the generator makes of some latents "
                "now. Its average over the last steps is shown.",
                "There are no grids of pictures yet.",
                side=history.resolution,
            ),
            _figure(
                figures.growth,
                history,
                alt.growth,
                "The same latents while the networks grew. The moments are "
                "spread evenly over the stages.",
                side=history.resolution,
            ),
        ]
    )


def warnings(history):
    """Return what the run warned of, each with when it did."""
    when = {}
    for tick in history.ticks:
        for warning in tick.get("warnings") or ():
            when.setdefault(warning, []).append(tick["kimg"])
    if not when:
        return element("p", "The run gave none.")
    return join(
        element(
            "p",
            element("strong", _moments(kimgs, history)),
            " ",
            text,
            class_="warning",
        )
        for text, kimgs in when.items()
    )


def curves(history):
    """Return losses, diagnostics and the sizes of weights and activations."""
    parts = [
        _figure(
            figures.losses,
            history,
            alt.losses,
            "Losses and scores. Scores that drift far apart say that the "
            "discriminator wins; the losses of a GAN need not fall.",
            "Nothing is recorded yet.",
        ),
        _figure(
            figures.diagnostics,
            history,
            alt.diagnostics,
            "Early signs. A gradient that grows without end announces "
            "divergence; generated images that differ far less than real "
            "ones announce a mode collapse.",
            "This run has no diagnostics; newer versions record them.",
        ),
    ]
    for kind in ("activations", "weights"):
        parts.append(
            _figure(
                functools.partial(figures.block_rms, kind=kind),
                history,
                functools.partial(alt.block_rms, kind=kind),
                f"The {kind} of every layer. Rows that brighten without end "
                "escalate; rows that go dark have died. Signals go up in the "
                "generator and down in the discriminator.",
            )
        )
    return join(parts)


def metrics(history):
    """Return the newest values, and how they came about."""
    if not history.metric_names():
        run = history.name
        return join(
            [
                element("p", "Nothing was measured yet. This does:"),
                code(f"progan evaluate {shlex.quote(run)}"),
            ]
        )
    # Of a single evaluation the table says it all.
    curves = [] if len(history.evaluations) == 1 else _metric_curves(history)
    points = _figure(
        figures.precision_recall,
        history,
        alt.precision_recall,
        "Upper right is best: good pictures, of every kind.",
    )
    return join([measurements(history), curves, points])


def _metric_curves(history):
    return [
        _figure(
            figures.metric_curves,
            history,
            alt.metric_curves,
            "All metrics while it trained. Values at different resolutions "
            "are not connected, as they do not compare.",
        ),
        _figure(
            figures.swd_levels,
            history,
            alt.swd_levels,
            "Which size of detail is still wrong? The finest level sees "
            "sharpness and noise, 16x16 shapes and colours.",
        ),
    ]


def next_steps(history):
    """Return how to use the run, go on with it and do it again."""
    run = shlex.quote(history.name)
    use = "\n".join(
        f"progan {command}"
        for command in (
            f"generate {run} --seed 7",
            f"timelapse {run}",
            f"evaluate {run}",
            f"export {run}",
        )
    )
    parts = [element("p", "In the folder that holds the run:"), code(use)]
    if history.stages:  # else its options do not say how it was trained
        told = (
            "To do it again, or to go on where it stopped: the same call, or "
            "the same command, takes up the newest run with these options. "
            "In Python it is this one."
        )
        parts += [element("p", told), code(training_call(history.run.options))]
    return join(parts)


def _figure(draw, history, describe, caption, absent="", side=None):
    """Embed a figure, or say what is there instead."""
    try:
        pair = draw(history), draw(history, width=_PHONE_WIDTH)
    except figures.NothingToShow:
        return element("p", absent) if absent else ""
    return embed(*pair, describe(history), caption, side)


def _moments(kimgs, history):
    """When a warning was given: "At 3 kimg, in 8x8 fade in:"."""
    if len(kimgs) == 1:
        stage = history.stage_at(kimgs[0])
        return f"At {kimgs[0]:g} kimg{f', in {stage}' if stage else ''}:"
    return f"From {kimgs[0]:g} to {kimgs[-1]:g} kimg, {len(kimgs)} times:"
