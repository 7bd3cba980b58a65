"""One look for all figures, whatever the user's own settings are.

Colours are those of Okabe and Ito, which colour-blind eyes tell apart, and
come with a line style each, for print without colour.
"""

import functools
import io
import textwrap

WIDTH = 7.5  # inches: a page, or the width of a text on a screen

BLACK, GREY = "#000000", "#595959"
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
# Without the yellow, which white paper swallows.
LINES = (
    (BLUE, "-"),
    (VERMILLION, "--"),
    (GREEN, "-."),
    ("#CC79A7", (0, (1, 1))),
    ("#E69F00", (0, (5, 1, 1, 1, 1, 1))),
    ("#56B4E9", (0, (8, 2))),
    (BLACK, (0, (3, 2))),
)
MARKERS = "osD^vPX"
SHADE = "#E3E9EF"  # behind a fade
HEAT = "cividis"

_LOOK = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 11,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "grid.color": "#D0D0D0",
    "grid.linewidth": 0.6,
    "legend.fontsize": 10,
    "legend.framealpha": 0.9,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "text.parse_math": False,  # in names of classes, a $ is a $
}


class NothingToShow(ValueError):  # noqa: N818 - it is no fault of anybody's
    """A run has not recorded what a figure shows."""


def drawn(function):
    """Let a function draw in this look, with matplotlib there.

    The user's settings stay as they are.
    """

    @functools.wraps(function)
    def draw(*args, **kwargs):
        try:
            import matplotlib.style  # noqa: F401
        except ImportError as error:
            raise ValueError(
                "Figures are drawn by matplotlib, which is not installed: "
                '`pip install "progan-keras[figures]"`. '
                f"Received: {error}"
            ) from error
        with _look():
            return function(*args, **kwargs)

    return draw


def _look():
    """Context in which matplotlib draws in this look."""
    import matplotlib.style

    files = ("pdf.", "ps.", "svg.")  # how they are written is the user's choice
    chosen = matplotlib.rcParams
    kept = {key: chosen[key] for key in chosen if key.startswith(files)}
    return matplotlib.style.context(["default", _LOOK, kept])


@functools.cache
def _figure_class():
    from matplotlib.figure import Figure

    class StyledFigure(Figure):
        """A figure that stays in this look, and shows itself in a notebook."""

        def draw(self, renderer):
            """Draw; ticks, for instance, are made only now."""
            with _look():
                super().draw(renderer)

        def _repr_png_(self):
            return encode(self, dpi=110)

    return StyledFigure


def new_figure(width, height, title):
    """Return an empty `matplotlib.figure.Figure` with a title.

    Args:
        width: Float, inches.
        height: Float, inches.
        title: String; it is broken into lines that fit.
    """
    figure = _figure_class()(figsize=(width, height), layout="constrained")
    figure.suptitle(wrapped(title, width, 15), x=0.01, ha="left")
    return figure


def add_note(figure, text):
    """Write, small and below all else, how a figure is to be read."""
    width = figure.get_size_inches()[0]
    figure.supxlabel(
        wrapped(text, width, 9), x=0.01, ha="left", fontsize=9, color=GREY
    )


def wrapped(text, width, size):
    """Break a text into lines.

    Args:
        text: String.
        width: Float, inches that a line may take.
        size: Float, points of its letters.
    """
    return "\n".join(
        textwrap.wrap(text, max(8, int(width / inches("n", size))))
    )


def inches(text, size):
    """Return about how wide a text is: a letter has 0.56 of its height."""
    return 0.56 * len(text) * size / 72


def encode(figure, image_format="png", dpi=200, **settings):
    """Return a figure as the bytes of a file.

    Args:
        figure: `matplotlib.figure.Figure`.
        image_format: "png", "svg", "pdf" or "webp".
        dpi: Number, pixels per inch, of the pictures in an SVG too.
        **settings: For `Figure.savefig`.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format=image_format, dpi=dpi, **settings)
    return buffer.getvalue()
