"""How the metrics went while the run trained."""

import numpy as np

from progan_keras.figures.history import as_history, number
from progan_keras.figures.metric_names import base_name, describe
from progan_keras.figures.style import (
    LINES,
    MARKERS,
    WIDTH,
    NothingToShow,
    drawn,
)
from progan_keras.figures.timeline import Timeline

_DIRECTIONS = "std_over_directions"
# Shares, which go into one panel.
_TOGETHER = ("precision", "recall", "density", "coverage")
_Y_LABELS = {
    "lower": "lower is better",
    "higher": "higher is better",
    "like the reals": "as reals is best",
    "": "value",
}


@drawn
def metric_curves(run, width=WIDTH):
    """All metrics of a run's evaluations over kimg, a panel each.

    Bars are the errors that the metrics state. A dashed line is the floor:
    what other real images reach. Figures at
    different resolutions are not connected, as they do not compare.

    Args:
        run: `RunFolder`, or the path of a run or of a folder of runs.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        NothingToShow: if nothing was evaluated yet.
        ValueError: if there is no run, or no matplotlib.
    """
    history = as_history(run)
    groups = _groups(history)
    if not groups:
        raise NothingToShow(
            "The run has no evaluations yet: `progan evaluate` makes one. "
            f"Received: {history.name!r}"
        )
    timeline = Timeline(
        history,
        [1.5] * len(groups),
        "How it measured up",
        width,
        start=history.evaluations[0]["kimg"],
    )
    for names, panel in zip(groups, timeline.panels, strict=True):
        latest = history.results(names[0])[-1][2]
        metric = describe(names[0], latest)
        title = metric.title if len(names) == 1 else "Shares"
        by = f", by {latest['features']}" if latest.get("features") else ""
        timeline.set_title(panel, title + by)
        panel.set_ylabel(_Y_LABELS[metric.better])
        for line, name in enumerate(names):
            columns = points(history, name)
            label = base_name(name, latest)
            plot_results(panel, columns, look_of(line), label)
        if len(names) > 1:
            timeline.add_legend(panel)
    return timeline.finish(explanation(history, history.metric_names()))


def points(history, name, level=None):
    """Return the results of a metric as columns.

    Args:
        history: `History`.
        name: String, the metric's name.
        level: String, a level of SWD such as "16", in place of its mean.

    Returns:
        Dict of float arrays `[N]`: "kimg", "value", "error" and "floor", NaN
        where there is none. Where the resolution changes, a row of NaN parts
        what does not compare.
    """
    rows, before = [], None
    for kimg, resolution, result in history.results(name):
        if before not in (None, resolution):
            rows.append((kimg, *[np.nan] * 3))
        before = resolution
        rows.append((kimg, *_numbers(result, level)))
    columns = np.array(rows, float).reshape(-1, 4).T
    return dict(zip(("kimg", "value", "error", "floor"), columns, strict=True))


def _numbers(result, level):
    """Value, error and floor of a result, or of one level of it."""
    if level is not None:
        value, floor = (
            (result.get(key) or {}).get(level)
            for key in ("levels", "floor_levels")
        )
        return number(value), np.nan, number(floor)
    error = number(result.get("error"))
    if np.isnan(error):
        error = number(result.get(_DIRECTIONS))
    floor = number(result.get("floor"))
    if np.isnan(floor):  # of the share of copies
        floor = number(result.get("expected"))
    return number(result.get("value")), error, floor


def plot_results(axes, columns, look, label=None, floor_label=None):
    """Draw `points` with their errors, and their floor as a dashed line.

    Args:
        axes: matplotlib axes.
        columns: Dict, as `points` returns it.
        look: Dict, "color" and other settings of the line.
        label: String for the legend.
        floor_label: String for the legend, what real images reach.
    """
    kimg, value, error, floor = columns.values()
    axes.errorbar(
        kimg,
        value,
        yerr=None if np.isnan(error).all() else error,
        capsize=3,
        elinewidth=1.2,
        label=label,
        **look,
    )
    if np.isfinite(floor).any():
        axes.errorbar(
            kimg,
            floor,
            color=look["color"],
            linestyle=(0, (2, 2)),
            linewidth=1.2,
            marker="_",
            markersize=14,
            label=floor_label,
        )


def look_of(line):
    """Return how the line of some number looks."""
    colour, style = LINES[line % len(LINES)]
    marker = MARKERS[line % len(MARKERS)]
    return {"color": colour, "linestyle": style, "marker": marker}


def explanation(history, names):
    """Say by how many images, and what the dashes are."""
    results = [r for name in names for _, _, r in history.results(name)]
    parts = []
    counts = sorted({r["count"] for r in results if r.get("count")})
    if counts:
        told = " or ".join(f"{count:,}" for count in counts)
        parts.append(f"By {told} images.")
        if len(counts) > 1:
            parts.append("Only equal numbers compare.")
    if any(np.isfinite(_numbers(r, None)[2]) for r in results):
        parts.append("Dashed: what other real images reach.")
    if any(np.isfinite(number(r.get("error"))) for r in results):
        parts.append("Bars: standard errors.")
    if any(_DIRECTIONS in r for r in results):
        parts.append("Bars of SWD: over its random directions only.")
    return " ".join(parts)


def _groups(history):
    """Lists of names that share a panel."""
    groups = {}
    for name in history.metric_names():
        result = history.results(name)[-1][2]
        base = base_name(name, result)
        key = result.get("features") if base in _TOGETHER else name
        groups.setdefault((base in _TOGETHER, key), []).append(name)
    return list(groups.values())
