"""Good, or of every kind, or both: evaluations as points."""

from typing import NamedTuple

import numpy as np

from progan_keras.figures.history import as_history, number
from progan_keras.figures.metric_names import base_name
from progan_keras.figures.style import (
    GREY,
    LINES,
    MARKERS,
    NothingToShow,
    add_note,
    drawn,
    new_figure,
)


class _Series(NamedTuple):
    """Evaluations of a run by one feature network.

    Attributes:
        label: String.
        features: String, the network's name.
        columns: Float array `[7, N]`: kimg, and value, error and floor of
            recall, then of precision.
    """

    label: str
    features: str
    columns: np.ndarray


@drawn
def precision_recall(runs, width=5.0):
    """Precision over recall, a point per evaluation.

    Points of a run are connected in the order of training, the last one is
    large. Upper right is best; a point at the upper left makes good images
    of few kinds.

    Args:
        runs: A run as in the other figures, or a list of them to compare.
        width: Float, inches; it is a square.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        NothingToShow: if none of them was measured so.
        ValueError: if there is no run, or no matplotlib.
    """
    runs = runs if isinstance(runs, (list, tuple)) else [runs]
    histories = [as_history(run) for run in runs]
    series = [one for history in histories for one in _series(history)]
    if not series:
        raise NothingToShow(
            "No evaluation has precision and recall: `progan evaluate` "
            f"measures them. Received: {[h.name for h in histories]}"
        )
    figure = new_figure(width, width + 0.35, "Good, and of every kind?")
    axes = figure.subplots()
    floors = [_draw(axes, one, n) for n, one in enumerate(series)]
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.set_xlabel("recall: how many kinds of real images it makes")
    axes.set_ylabel("precision: how many look real")
    features = sorted({one.features for one in series})
    note = f"Features: {', '.join(features)}. Bars: errors of counting."
    if any(floors):
        note += " Dashed: what other real images reach."
    if len(histories) > 1 or len(features) > 1:
        axes.legend(loc="lower left")
    add_note(figure, note)
    return figure


def _series(history):
    """The points of a run, for each feature network.

    Returns:
        List of `_Series`.
    """
    found = {}
    for line in history.evaluations:
        for features, results in _by_features(line["metrics"]).items():
            numbers = [
                number(results.get(base, {}).get(key))
                for base in ("recall", "precision")
                for key in ("value", "error", "floor")
            ]
            if np.isfinite([numbers[0], numbers[3]]).all():
                found.setdefault(features, []).append([line["kimg"], *numbers])
    return [
        _Series(
            history.name if len(found) == 1 else f"{history.name}, {features}",
            features,
            np.array(rows).T,
        )
        for features, rows in found.items()
    ]


def _by_features(metrics):
    """Results by the name of their feature network, then of the metric."""
    found = {}
    for name, result in metrics.items():
        features = result.get("features") or "unnamed"
        found.setdefault(features, {})[base_name(name, result)] = result
    return found


def _draw(axes, series, index):
    """Draw one run; return whether it has a floor."""
    colour, style = LINES[index % len(LINES)]
    marker = MARKERS[index % len(MARKERS)]
    kimg, recall, recall_error, recall_floor = series.columns[:4]
    precision, precision_error, precision_floor = series.columns[4:]
    axes.errorbar(
        recall,
        precision,
        xerr=np.nan_to_num(recall_error),
        yerr=np.nan_to_num(precision_error),
        color=colour,
        linestyle=style,
        linewidth=1.2,
        elinewidth=0.8,
        marker=marker,
        label=series.label,
    )
    axes.plot(recall[-1:], precision[-1:], marker, color=colour, markersize=11)
    for where in sorted({0, len(kimg) - 1}):
        axes.annotate(
            f"{kimg[where]:g} kimg",
            (recall[where], precision[where]),
            textcoords="offset points",
            xytext=(9, 7),
            fontsize=9,
            color=colour,
        )
    has_floor = np.isfinite([recall_floor[-1], precision_floor[-1]]).all()
    if has_floor:
        dashed = {"color": GREY, "linestyle": (0, (2, 2)), "linewidth": 1.2}
        axes.axvline(recall_floor[-1], **dashed)
        axes.axhline(precision_floor[-1], **dashed)
    return has_floor
