"""Panels over the images that a run has seen, below a ruler of its stages."""

import math

import numpy as np

from progan_keras.figures import ruler
from progan_keras.figures.smoothing import (
    readable_limits,
    running_median,
    smoothing_window,
)
from progan_keras.figures.style import (
    LINES,
    add_note,
    inches,
    new_figure,
    wrapped,
)

X_LABEL = "real images shown, in thousands (kimg)"
# So few ticks have a marker each.
_FEW = 30
_AROUND = 1.0  # inches, about, beside a panel
_LEGEND_ROW = 0.24  # inches


class Timeline:
    """A figure whose panels share an axis of kimg.

    What fades in is shaded in every panel. The axis ends with the stage that
    the run has come to.

    Args:
        history: `History`.
        heights: List of floats, inches of each panel.
        title: String.
        width: Float, inches.
        start: Float, the axis begins with the resolution trained at this
            kimg.
        around: Float, inches that are taken beside the panels, about.

    Attributes:
        figure: `matplotlib.figure.Figure`.
        ruler: Axes of the ruler.
        panels: List of axes.
    """

    def __init__(
        self, history, heights, title, width, start=0.0, around=_AROUND
    ):
        self._history, self._heights = history, heights
        self._room = width - around
        self._smoothed, self._cut = 1, False
        ratios = [ruler.HEIGHT, *heights]
        self.figure = new_figure(width, sum(ratios) + 1.3, title)
        axes = self.figure.subplots(
            len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios
        )
        self.ruler, *self.panels = axes[:, 0]
        start, end = self._limits(start)
        # Markers at the ends stay whole.
        margin = 0.01 * (end - start) or 0.5
        self.ruler.set_xlim(start - margin * bool(start), end + margin)
        self._stages = [
            stage
            for stage in history.stages
            if stage.end > 1000 * start and stage.start < 1000 * end
        ]
        ruler.draw_ruler(self.ruler, self._stages, self._room)
        for panel in self.panels:
            ruler.shade_fades(panel, self._stages)
        self.panels[-1].set_xlabel(wrapped(X_LABEL, self._room + 0.5, 11))

    def _limits(self, start):
        """Return the kimg where the axis begins and ends."""
        history = self._history
        last = history.stage_at(history.kimg)
        end = last.end / 1000 if last else history.kimg
        first = history.stage_at(start)
        if first:
            same = (
                s for s in history.stages if s.resolution == first.resolution
            )
            start = min(stage.start for stage in same) / 1000
        return min(start, end), end

    def set_title(self, panel, title):
        """Give a panel a title, in lines that fit."""
        panel.set_title(wrapped(title, self._room, 11.5))

    def plot_ticks(self, panel, columns):
        """Draw numbers of every tick, of many their median.

        Args:
            panel: Axes, one of `panels`.
            columns: Dict from labels for the legend to float arrays `[N]`,
                NaN for a gap, with the ticks of the history.
        """
        kimg, _ = self._history.curve("kimg")
        window = smoothing_window(len(kimg))
        for line, (label, values) in enumerate(columns.items()):
            colour, style = LINES[line % len(LINES)]
            x, bold = kimg, values
            if window > 1:
                # As pixels, for thousands of ticks would make large files.
                faint = {"linewidth": 0.5, "alpha": 0.35, "rasterized": True}
                panel.plot(kimg, values, color=colour, **faint)
                bold = running_median(values, window)
                # Neighbouring medians hardly differ; gaps stay.
                some = np.arange(len(kimg)) % max(1, window // 8) == 0
                some |= np.isnan(bold)
                x, bold = kimg[some], bold[some]
            few = len(kimg) <= _FEW
            panel.plot(
                x,
                bold,
                color=colour,
                linestyle=style,
                label=label,
                marker="o",
                markersize=3.5,
                markevery=None if few else _alone(bold),
            )
        if window > 1:
            self._smoothed = window
            limits, cut = readable_limits(list(columns.values()), window)
            panel.set_ylim(*limits)
            self._cut |= cut

    def add_legend(self, panel):
        """Name the lines of a panel, in room made above them."""
        _, labels = panel.get_legend_handles_labels()
        widest = max(inches(label, 10) for label in labels) + 0.6
        per_row = max(1, min(len(labels), int(self._room / widest)))
        rows = math.ceil(len(labels) / per_row)
        share = (rows * _LEGEND_ROW + 0.1) / self._height(panel)
        low, high = panel.get_ylim()
        panel.set_ylim(low, low + (high - low) / (1 - min(share, 0.6)))
        panel.legend(
            loc="upper left",
            ncols=per_row,
            borderaxespad=0.2,
            columnspacing=1.2,
        ).set_in_layout(False)

    def _height(self, panel):
        return self._heights[self.panels.index(panel)]

    def finish(self, more=""):
        """Say below the panels what is shaded, faint and left out.

        Args:
            more: String, to be said as well.

        Returns:
            `matplotlib.figure.Figure`.
        """
        self.figure.align_ylabels(self.panels)
        parts = []
        if any(stage.fade_in for stage in self._stages):
            parts.append("Shaded: new layers fade in.")
        if self._smoothed > 1:
            parts.append(
                "Faint: every tick; bold: the median of "
                f"{self._smoothed} ticks."
            )
        if self._cut:
            parts.append("Some ticks lie outside of the axis.")
        note = " ".join(filter(None, [*parts, more]))
        if note:
            add_note(self.figure, note)
        return self.figure


def _alone(values):
    """Indices of values between two gaps, which a line would not show."""
    known = np.pad(np.isfinite(values), 1)
    alone = known[1:-1] & ~known[:-2] & ~known[2:]
    return np.flatnonzero(alone).tolist()
