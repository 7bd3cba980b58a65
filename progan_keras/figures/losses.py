"""The curves that everybody looks at first: losses and scores."""

from progan_keras.figures.curves import Panel, draw_panels
from progan_keras.figures.history import as_history
from progan_keras.figures.style import WIDTH, NothingToShow, drawn

_PANELS = (
    Panel(
        "What discriminator D and generator G minimise",
        "loss",
        {"d_loss": "D", "g_loss": "G", "penalty": "penalty in D's"},
    ),
    Panel(
        "What D says of images",
        "D's score",
        {"d_real": "real", "d_fake": "generated"},
    ),
)


@drawn
def losses(run, width=WIDTH):
    """Losses of both networks, and D's scores, over a run.

        pk.figures.losses("runs").savefig("losses.pdf")

    Scores that drift far apart say that D wins; scores that meet, that it
    cannot tell the images apart.

    Args:
        run: `RunFolder`, or the path of a run or of a folder of runs.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        NothingToShow: if no tick is recorded yet.
        ValueError: if there is no run, or no matplotlib.
    """
    history = as_history(run)
    title = "Losses and scores while it grew"
    figure = draw_panels(history, _PANELS, title, width, 2.0)
    if figure is None:
        raise NothingToShow(
            "The run has no losses yet: train it for one tick at least. "
            f"Received: {history.name!r}"
        )
    return figure
