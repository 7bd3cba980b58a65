"""Panels of one or several numbers of the ticks each, over kimg."""

from typing import NamedTuple

from progan_keras.figures.style import GREY
from progan_keras.figures.timeline import Timeline


class Panel(NamedTuple):
    """What one panel shows.

    Attributes:
        title: String.
        unit: String, for the y axis.
        columns: Dict from a tick's number to its name in the legend.
        wanted: Float to mark by a line, or None.
        wanted_name: String, what that is.
    """

    title: str
    unit: str
    columns: dict
    wanted: float | None = None
    wanted_name: str = ""

    def recorded(self, history):
        """Return the columns that a `History` has, by their names."""
        return {
            label: history.curve(column)[1]
            for column, label in self.columns.items()
            if history.has(column)
        }


def draw_panels(history, panels, title, width, height):
    """Draw panels below each other.

    Args:
        history: `History`.
        panels: List of `Panel`; what was not recorded is left out.
        title: String, of the figure.
        width: Float, inches.
        height: Float, inches of each panel.

    Returns:
        `matplotlib.figure.Figure`, or None if nothing was recorded.
    """
    panels = [panel for panel in panels if panel.recorded(history)]
    if not panels:
        return None
    timeline = Timeline(history, [height] * len(panels), title, width)
    for panel, axes in zip(panels, timeline.panels, strict=True):
        timeline.set_title(axes, panel.title)
        axes.set_ylabel(panel.unit)
        timeline.plot_ticks(axes, panel.recorded(history))
        if panel.wanted is not None:
            axes.axhline(
                panel.wanted,
                color=GREY,
                linestyle=(0, (2, 2)),
                linewidth=1,
                label=panel.wanted_name,
            )
        if len(axes.get_legend_handles_labels()[1]) > 1:
            timeline.add_legend(axes)
    return timeline.finish()
