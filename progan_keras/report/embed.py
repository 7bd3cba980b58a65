"""Figures inside of a page."""

import base64

from progan_keras.figures.style import encode
from progan_keras.report.html import element

# Phones are given figures drawn for them, as letters would be too small else.
_PHONE = "screen and (max-width: 36rem)"
# Pixels that are seen as squares stay exact. Of larger pictures, where it does
# not show, that would take megabytes.
_MOST_EXACT_SIDE = 32
_PIXELS_PER_INCH = 96  # of CSS


def embed(wide, narrow, alt, caption, side=None):
    """Return a figure of a page, in two widths.

    Args:
        wide: `matplotlib.figure.Figure` for screens and paper.
        narrow: The same for phones.
        alt: String, what is seen, for those who do not see it.
        caption: String, what it means.
        side: Integer, of the pictures that it shows; None for lines.

    Returns:
        `Html`.
    """
    width, height = (
        round(_PIXELS_PER_INCH * inches) for inches in wide.get_size_inches()
    )
    wide, narrow = (
        _drawing(figure) if side is None else _pictures(figure, side)
        for figure in (wide, narrow)
    )
    return element(
        "figure",
        element(
            "picture",
            element("source", media=_PHONE, srcset=narrow),
            element("img", src=wide, alt=alt, width=width, height=height),
        ),
        element("figcaption", caption),
    )


def _drawing(figure):
    return _uri("svg+xml", encode(figure, "svg", metadata={"Date": None}))


def _pictures(figure, side):
    """A WebP, which every browser shows since 2020."""
    exact = {"lossless": True} if side <= _MOST_EXACT_SIDE else {"quality": 85}
    return _uri("webp", encode(figure, "webp", pil_kwargs=exact))


def _uri(kind, data):
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
