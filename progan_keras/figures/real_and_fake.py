"""Real pictures beside generated ones."""

from progan_keras.figures.grids import class_names, read_grid
from progan_keras.figures.history import as_history
from progan_keras.figures.picture_table import (
    PictureTable,
    names_width,
    same_side,
)
from progan_keras.figures.style import (
    WIDTH,
    NothingToShow,
    drawn,
    new_figure,
    wrapped,
)
from progan_keras.images import to_uint8

_COLUMNS = 5


@drawn
def real_and_fake(run, kimg=None, width=WIDTH):
    """Real images of a run beside what it generates.

    Args:
        run: `RunFolder`, or the path of a run or of a folder of runs.
        kimg: Number, from which of its grids; None for the newest.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`; of a conditional run with a class per row.

    Raises:
        NothingToShow: if a grid is missing.
        ValueError: if there is no run, or no matplotlib, or a grid is damaged.
    """
    history = as_history(run)
    fakes = history.run.fakes()
    reals = history.run.grids / "reals.png"
    if kimg is None:
        kimg = max(fakes, default=None)
    if kimg not in fakes or not reals.exists():
        raise NothingToShow(
            "The run has no such grids of real and generated images; it has "
            f"them at kimg={list(fakes)}. Received: kimg={kimg!r}"
        )
    real, fake = (
        read_grid(path, history.resolution)[:, :_COLUMNS]
        for path in (reals, fakes[kimg])
    )
    rows = min(len(real), len(fake))
    names = class_names(history)
    headings = ("Real", f"Generated, after {kimg:g} kimg")
    title = "Real images beside generated ones"
    return _draw(real[:rows], fake[:rows], headings, names, title, width)


@drawn
def beside(real, fake, columns=_COLUMNS, title="", width=WIDTH):
    """The same for pictures that are given.

    Args:
        real: Array `[N, side, side, channels]`, uint8 or float in [-1, 1].
        fake: The same, of any number and size.
        columns: Integer, pictures per row on each side.
        title: String.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`, with as many of both.

    Raises:
        ValueError: if these are no square pictures, or there are none, or
            there is no matplotlib.
    """
    pair = [to_uint8(real), to_uint8(fake)]
    for images in pair:
        if images.ndim != 4 or images.shape[1] != images.shape[2]:
            raise ValueError(
                "Pictures to compare are square ones in an array "
                "[N, side, side, channels]. "
                f"Received: an array of shape {list(images.shape)}"
            )
    columns = min(columns, *map(len, pair))
    rows = min(map(len, pair)) // max(columns, 1)
    if not rows:
        raise ValueError(
            "There is nothing to compare. Received: "
            f"{len(pair[0])} real and {len(pair[1])} generated pictures"
        )
    real, fake = (
        images[: rows * columns].reshape(rows, columns, *images.shape[1:])
        for images in pair
    )
    return _draw(real, fake, ("Real", "Generated"), None, title, width)


def _draw(real, fake, headings, names, title, width):
    """Draw pictures `[rows, columns, side, side, channels]` side by side."""
    names = list(names or ())[: len(real)]
    shape = real.shape[:2]
    flat = [table.reshape(-1, *table.shape[2:]) for table in (real, fake)]
    tables = [
        PictureTable(pictures.reshape(*shape, *pictures.shape[1:]))
        for pictures in same_side(flat)
    ]
    room = (width - names_width(names) - 0.3) / 2
    headings = [wrapped(heading, room, 12) for heading in headings]
    lines = 1 + max(heading.count("\n") for heading in headings)
    height = tables[0].height(room) + 0.6 + 0.2 * lines
    figure = new_figure(width, height, title)
    for axes, table, heading, beside_it in zip(
        figure.subplots(1, 2), tables, headings, (names, ()), strict=True
    ):
        table.draw(axes, names=beside_it)
        axes.set_title(heading)
    return figure
