"""The stages of a run, as a ruler above its curves and shades behind them."""

from progan_keras.figures.style import GREY, SHADE, inches

HEIGHT = 0.42  # inches
_FONT = 9
_BAND, _PALE = "#C5D3E0", "#F4F6F8"


def shade_fades(axes, stages):
    """Shade every fade, and draw a line where a resolution begins.

    Args:
        axes: Matplotlib axes over kimg.
        stages: List of `Stage`.
    """
    for stage in stages:
        if stage.fade_in:
            start, end = stage.start / 1000, stage.end / 1000
            axes.axvspan(start, end, facecolor=SHADE, linewidth=0, zorder=0)
            axes.axvline(start, color=GREY, linewidth=0.7, zorder=0.5)


def draw_ruler(axes, stages, width):
    """Draw the stages as a band with names, fades as ramps of alpha.

    Args:
        axes: Matplotlib axes over kimg, with the limits that they will have.
        stages: List of `Stage`, those within the limits.
        width: Float, about how many inches they are wide.
    """
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False)
    for stage in stages:
        _draw_stage(axes, stage)
    low, high = axes.get_xlim()
    for text, middle, rotation in _names(stages, width / (high - low)):
        axes.text(
            middle,
            0.5,
            text,
            ha="center",
            va="center",
            rotation=rotation,
            fontsize=_FONT,
            linespacing=1.1,
            clip_on=True,
        )


def _draw_stage(axes, stage):
    from matplotlib.patches import Polygon

    start, end = stage.start / 1000, stage.end / 1000
    corners = [(start, 0), (end, 0), (end, 1), (start, 1)]
    if stage.fade_in:
        axes.axvspan(start, end, facecolor=_PALE, linewidth=0)
        axes.axvline(start, color=GREY, linewidth=0.7)
        # Alpha, the new layers' share of the picture, goes up from 0 to 1.
        corners = corners[:3]
    axes.add_patch(Polygon(corners, facecolor=_BAND, linewidth=0))


def _names(stages, per_kimg):
    """Name stages where all names fit, else resolutions, upright in need.

    Args:
        stages: List of `Stage`.
        per_kimg: Float, inches.

    Returns:
        List of tuples (text, middle in kimg, rotation in degrees).
    """
    spans = [_span(str(s).replace(" ", "\n", 1), [s]) for s in stages]
    if not all(_fits(*span, per_kimg) for span in spans):
        sides = {}
        for stage in stages:
            sides.setdefault(stage.resolution, []).append(stage)
        spans = [_span(f"{r}x{r}", group) for r, group in sides.items()]
    all_fit = all(_fits(*span, per_kimg) for span in spans)
    names = []
    for text, start, end in spans:
        middle = (start + end) / 2
        if all_fit or _fits("1024x1024", start, end, per_kimg):
            names.append((text, middle, 0))
        elif (end - start) * per_kimg >= 1.15 * _FONT / 72:  # a line's height
            names.append((text.partition("x")[0], middle, 90))
    return names


def _span(text, stages):
    return text, stages[0].start / 1000, stages[-1].end / 1000


def _fits(text, start, end, per_kimg):
    room = (end - start) * per_kimg - 0.05
    return max(inches(line, _FONT) for line in text.split("\n")) <= room
