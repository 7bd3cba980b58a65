"""The paper's metric level by level: which size of detail is still wrong?"""

from progan_keras.figures.history import as_history
from progan_keras.figures.metric_curves import (
    explanation,
    look_of,
    plot_results,
    points,
)
from progan_keras.figures.style import BLACK, WIDTH, NothingToShow, drawn
from progan_keras.figures.timeline import Timeline


@drawn
def swd_levels(run, width=WIDTH):
    """Sliced Wasserstein distance per level of the pyramid, over kimg.

    The finest level sees sharpness and noise, 16x16 shapes and colours. The
    thick line is their mean, with its standard deviation over the random
    directions; dashed is what other real images reach.

    Args:
        run: `RunFolder`, or the path of a run or of a folder of runs.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        NothingToShow: if this was not measured.
        ValueError: if there is no run, or no matplotlib.
    """
    history = as_history(run)
    levels = _levels(history)
    if not levels:
        raise NothingToShow(
            "The run has no sliced Wasserstein distance yet: "
            f"`progan evaluate` measures it. Received: {history.name!r}"
        )
    timeline = Timeline(
        history,
        [3.0],
        "Sliced Wasserstein distance per level",
        width,
        start=history.results("swd")[0][0],
    )
    (axes,) = timeline.panels
    if len(levels) > 1:  # one is the mean itself
        for line, level in enumerate(levels):
            columns = points(history, "swd", level)
            plot_results(axes, columns, look_of(line), f"{level}x{level}")
    plot_results(
        axes,
        points(history, "swd"),
        {"color": BLACK, "linewidth": 2.6, "marker": "o"},
        "mean" if len(levels) > 1 else f"{levels[0]}x{levels[0]}",
        "real images",
    )
    axes.set_ylabel("distance x 1000, lower is better")
    axes.set_ylim(bottom=0)
    timeline.add_legend(axes)
    return timeline.finish(explanation(history, ["swd"]))


def _levels(history):
    """Sides of all levels as strings, the finest first."""
    found = {
        level
        for _, _, result in history.results("swd")
        for level in result.get("levels") or ()
        if level.isdigit()
    }
    return sorted(found, key=int, reverse=True)
