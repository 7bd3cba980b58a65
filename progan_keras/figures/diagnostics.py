"""Is training well? What the networks do, beyond their losses."""

import re

from progan_keras.figures.curves import Panel, draw_panels
from progan_keras.figures.history import as_history
from progan_keras.figures.style import WIDTH, NothingToShow, drawn

_GRADIENT = Panel(
    "How steep D is half-way between real and generated",
    "norm of gradient",
    {"gradient_norm": "measured"},
)
_OTHERS = (
    Panel(
        "How much images of a minibatch differ, as D sees them",
        "std. deviation",
        {"stdev_real": "real", "stdev_fake": "generated"},
    ),
    Panel(
        "How far the averaged G is from the one that learns",
        "relative distance",
        {"ema_distance": "distance"},
    ),
    Panel(
        "How far D's scores of reals lie from zero",
        "mean square",
        {"drift": "drift"},
    ),
)


@drawn
def diagnostics(run, width=WIDTH):
    """Numbers that tell early when training goes wrong, over a run.

    A gradient that grows without end announces divergence; generated images
    that differ less than real ones announce a mode collapse.

    Args:
        run: `RunFolder`, or the path of a run or of a folder of runs.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`, with panels for what was recorded.

    Raises:
        NothingToShow: if no such number is recorded, as in older runs.
        ValueError: if there is no run, or no matplotlib.
    """
    history = as_history(run)
    norm = _wanted_norm(history.run.options["training"].get("loss", ""))
    gradient = _GRADIENT._replace(wanted=norm, wanted_name="wanted by the loss")
    title = "How the networks fared"
    figure = draw_panels(history, (gradient, *_OTHERS), title, width, 1.45)
    if figure is None:
        raise NothingToShow(
            "The run has no diagnostics: it is from an older version, or has "
            f"no tick yet. Received: {history.name!r}"
        )
    return figure


def _wanted_norm(loss):
    """The norm that a loss such as "WassersteinGP(gamma=1.0)" draws to."""
    found = re.search(r"^WassersteinGP\(.*gamma=([0-9.e+-]+)", loss)
    return float(found[1]) if found else None
