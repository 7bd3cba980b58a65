"""Pictures that follow one number: a strip, and a slider where it can move."""

import io

import numpy as np

from progan_keras.figures.filmstrip import filmstrip
from progan_keras.figures.style import WIDTH, drawn
from progan_keras.images import image_grid, to_uint8

_COLUMN = 0.82  # inches: room for "alpha = 0.25" above a picture
_SIDE = 96  # pixels, about, of a picture beside the slider


@drawn
def slider(draw, values, label="alpha", width=WIDTH):
    """Show what pictures look like for several values of one number.

        def draw(alpha):
            gan.set_alpha(alpha)
            return gan.pair(16).fade_in(latents)

        pk.figures.slider(draw, np.linspace(0, 1, 11))

    All pictures are made at once. In a notebook with a running kernel and
    ipywidgets a slider appears, which chooses among them; the figure that is
    returned needs neither.

    Args:
        draw: Callable from a value to pictures `[N, side, side, channels]`,
            uint8 or float in [-1, 1], or to one picture.
        values: Numbers, in order.
        label: String, what the number is called.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`: a column per value, or, where there is no
        room for so many, per value out of some that are evenly spread.

    Raises:
        ValueError: if there are no values, or what is drawn is no picture, or
            there is no matplotlib.
    """
    values = [float(value) for value in values]
    if not values:
        raise ValueError("A slider needs values. Received: values=[]")
    frames = [_pictures(draw(value)) for value in values]
    captions = [f"{value:.3g}" for value in values]
    if _is_live():
        from IPython.display import display

        display(make_widget(frames, captions, label))
    columns = max(2, int(width / _COLUMN))
    chosen = range(len(values))
    if len(values) > columns:
        chosen = np.linspace(0, len(values) - 1, columns).round().astype(int)
    return filmstrip(
        [frames[index] for index in chosen],
        [f"{label}\n{captions[index]}" for index in chosen],
        width=width,
    )


def make_widget(frames, captions, label):
    """Make a slider that chooses which of the pictures are seen.

    Args:
        frames: List of uint8 arrays `[N, side, side, channels]`.
        captions: List of strings, one for each, all different.
        label: String, to stand before the slider.

    Returns:
        `ipywidgets.VBox` of the slider and the picture.
    """
    import ipywidgets

    pngs = [_as_png(frame) for frame in frames]
    handle = ipywidgets.SelectionSlider(
        options=[(caption, i) for i, caption in enumerate(captions)],
        description=label,
    )
    picture = ipywidgets.Image(value=pngs[0], format="png")

    def show(change):
        picture.value = pngs[change["new"]]

    handle.observe(show, names="value")
    return ipywidgets.VBox([handle, picture])


def _pictures(drawn_pictures):
    pictures = to_uint8(drawn_pictures)
    return pictures[np.newaxis] if pictures.ndim == 3 else pictures


def _as_png(frame):
    buffer = io.BytesIO()
    scale = max(1, _SIDE // frame.shape[1])
    grid = image_grid(frame, len(frame), scale, padding=4)
    grid.save(buffer, format="PNG")
    return buffer.getvalue()


def _is_live():
    """Whether a notebook is there to show a widget, and ipywidgets too."""
    try:
        import ipywidgets  # noqa: F401
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
