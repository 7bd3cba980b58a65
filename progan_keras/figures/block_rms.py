"""Heat maps of how large weights and activations are, layer by layer."""

import itertools
import re

import numpy as np

from progan_keras.figures.history import as_history, number
from progan_keras.figures.style import (
    HEAT,
    WIDTH,
    NothingToShow,
    drawn,
    inches,
)
from progan_keras.figures.timeline import Timeline

_MOST_COLUMNS = 400
_FONT = 8
_NETWORKS = {"generator": "Generator", "discriminator": "Discriminator"}


@drawn
def block_rms(run, kind="activations", width=WIDTH):
    """Root mean square per layer over a run, as a heat map for G and for D.

    Signals go up in the generator's map and down in the discriminator's.
    Rows that brighten without end are layers whose signals escalate; rows
    that go dark have died. A layer's row begins where it is faded in.

    Args:
        run: `RunFolder`, or the path of a run or of a folder of runs.
        kind: "activations" or "weights".
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        NothingToShow: if none is recorded, as in older runs.
        ValueError: if there is no run, or no matplotlib, or no such kind.
    """
    if kind not in ("activations", "weights"):
        raise ValueError(
            f'Layers have "activations" and "weights". Received: kind={kind!r}'
        )
    history = as_history(run)
    tables = {
        network: table
        for network in _NETWORKS
        if (table := rms_table(history.ticks, network, kind))[0]
    }
    if not tables:
        raise NothingToShow(
            f"The run has no record of its {kind}: it is from an older "
            f"version, or has no tick yet. Received: {history.name!r}"
        )
    heights = [0.6 + 0.17 * len(layers) for layers, _ in tables.values()]
    title = f"How large {kind} are, layer by layer"
    names = [name for layers, _ in tables.values() for name in layers]
    around = max(inches(name, _FONT) for name in names) + 1.3
    timeline = Timeline(history, heights, title, width, around=around)
    edges, owners = _columns(history)
    norm = _norm(tables)
    for (network, table), panel in zip(
        tables.items(), timeline.panels, strict=True
    ):
        panel.set_title(_NETWORKS[network])
        mesh = _draw(panel, table, edges, owners, norm)
    _add_colours(timeline, mesh, f"root mean square of {kind}")
    return timeline.finish("Empty: not there, or not recorded.")


def rms_table(ticks, network, kind):
    """Collect the numbers of all layers.

    Args:
        ticks: List of dicts, see `History`.
        network: "generator" or "discriminator".
        kind: "activations" or "weights".

    Returns:
        Tuple of the names of the layers, 4x4 first, and a float array
        `[layers, ticks]`, NaN where there is no number. Within a resolution
        layers come in the order of the generator's signals, and against that
        of the discriminator's.
    """
    columns = [_layers(tick, network, kind) for tick in ticks]
    names = list(dict.fromkeys(itertools.chain(*columns)))
    if network == "discriminator":
        names.reverse()
    names.sort(key=_resolution)
    table = [[number(c.get(name)) for c in columns] for name in names]
    return names, np.array(table, float).reshape(len(names), len(ticks))


def _layers(tick, network, kind):
    found = tick
    for key in ("rms", network, kind):
        found = found.get(key)
        if not isinstance(found, dict):
            return {}
    return found


def _resolution(layer):
    side = re.match(r"\d+", layer)
    return int(side[0]) if side else 0


def _columns(history):
    """Edges of the columns in kimg, and which of them a tick belongs to.

    A tick stands for the images since the one before. Several share a column
    in a long run.
    """
    kimg, _ = history.curve("kimg")
    per_column = -(-len(kimg) // _MOST_COLUMNS)
    # Ticks that are missing have a column of their own, to be seen.
    missing = np.array(["tick" not in tick for tick in history.ticks])
    begins = np.arange(len(kimg)) % per_column == 0
    begins[1:] |= missing[1:] | missing[:-1]
    owners = np.cumsum(begins) - 1
    ends = kimg[np.append(np.flatnonzero(np.diff(owners)), len(kimg) - 1)]
    start = kimg[0] - (kimg[1] - kimg[0]) if len(kimg) > 1 else 0.0
    return np.append(max(start, 0.0), ends), owners


def _norm(tables):
    """One logarithmic scale of colours for all."""
    from matplotlib.colors import LogNorm

    values = np.concatenate([table.ravel() for _, table in tables.values()])
    values = values[values > 0]
    low, high = (values.min(), values.max()) if values.size else (1.0, 1.0)
    if low == high:
        low, high = low / 2, high * 2
    return LogNorm(low, high)


def _add_colours(timeline, mesh, label):
    """Say what the colours mean, beside all panels."""
    bar = timeline.figure.colorbar(
        mesh,
        ax=[timeline.ruler, *timeline.panels],
        aspect=40,
        pad=0.02,
        format="%g",
        ticks=_ticks(mesh.norm),
    )
    bar.minorticks_off()
    bar.set_label(label)
    bar.outline.set_visible(False)


def _ticks(norm):
    """Round numbers, also where there is no power of ten between them."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    if norm.vmax < 3 * norm.vmin:
        return MaxNLocator(6)
    return LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 7))


def _draw(axes, table, edges, owners, norm):
    layers, values = table
    known = np.isfinite(values) & (values > 0)
    sums = np.zeros((len(layers), len(edges) - 1))
    counts = np.zeros_like(sums)
    # The mean of logarithms, as colours show it.
    logs = np.log(np.where(known, values, 1.0))
    np.add.at(sums, (slice(None), owners), logs)
    np.add.at(counts, (slice(None), owners), known)
    means = np.exp(sums / np.maximum(counts, 1))
    mesh = axes.pcolormesh(
        edges,
        np.arange(len(layers) + 1),
        np.ma.masked_where(counts == 0, means),
        norm=norm,
        cmap=HEAT,
        rasterized=True,
    )
    axes.set_yticks(np.arange(len(layers)) + 0.5, layers, fontsize=_FONT)
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    return mesh
