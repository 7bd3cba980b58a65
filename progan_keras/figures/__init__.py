"""Figures of a run, by matplotlib, to look at in a notebook or to print.

    import progan_keras as pk

    pk.figures.losses("runs")
    pk.figures.growth("runs").savefig("growth.pdf")

Each function returns a `matplotlib.figure.Figure`. `network`, `schedule`,
`slider`, `filmstrip` and `beside` draw what they are given; the others draw a
run: a `RunFolder`, its path, or the path of a folder that holds runs, of which
the newest is taken.
Matplotlib is imported when the first figure is drawn.
"""

from progan_keras.figures.block_rms import block_rms
from progan_keras.figures.diagnostics import diagnostics
from progan_keras.figures.filmstrip import filmstrip, growth
from progan_keras.figures.history import History
from progan_keras.figures.losses import losses
from progan_keras.figures.metric_curves import metric_curves
from progan_keras.figures.neighbours import neighbours
from progan_keras.figures.network import network
from progan_keras.figures.precision_recall import precision_recall
from progan_keras.figures.real_and_fake import beside, real_and_fake
from progan_keras.figures.schedule import schedule
from progan_keras.figures.slider import slider
from progan_keras.figures.style import NothingToShow
from progan_keras.figures.swd_levels import swd_levels

__all__ = [
    "History",
    "NothingToShow",
    "beside",
    "block_rms",
    "diagnostics",
    "filmstrip",
    "growth",
    "losses",
    "metric_curves",
    "neighbours",
    "network",
    "precision_recall",
    "real_and_fake",
    "schedule",
    "slider",
    "swd_levels",
]
