"""A schedule as a timeline, before anything is trained."""

from progan_keras.figures import ruler
from progan_keras.figures.style import (
    BLUE,
    WIDTH,
    add_note,
    drawn,
    new_figure,
    wrapped,
)
from progan_keras.figures.timeline import X_LABEL

_PANEL = 1.3  # inches


@drawn
def schedule(schedule, width=WIDTH):
    """Draw the stages of a schedule one after the other, and alpha in them.

        pk.figures.schedule(pk.Schedule(32))

    Args:
        schedule: `Schedule`.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`: stages as a band with names, below them
        alpha over the real images shown, fades shaded.

    Raises:
        ValueError: if there is no matplotlib.
    """
    stages = list(schedule)
    room = width - 1.0
    figure = new_figure(width, ruler.HEIGHT + _PANEL + 1.3, "The schedule")
    band, panel = figure.subplots(
        2, 1, sharex=True, height_ratios=[ruler.HEIGHT, _PANEL]
    )
    band.set_xlim(0, schedule.total_images / 1000)
    ruler.draw_ruler(band, stages, room)
    ruler.shade_fades(panel, stages)
    for stage in stages:
        ends = (stage.start, stage.end)
        panel.plot(
            [end / 1000 for end in ends],
            [stage.alpha(end) for end in ends],
            color=BLUE,
        )
    panel.set_ylim(-0.05, 1.1)
    panel.set_yticks([0, 0.5, 1])
    panel.set_ylabel("alpha")
    panel.set_xlabel(wrapped(X_LABEL, room + 0.5, 11))
    add_note(figure, "Shaded: new layers fade in.")
    return figure
