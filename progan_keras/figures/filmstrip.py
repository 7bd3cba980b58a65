"""The same pictures growing: the best answer to "how does it learn?"."""

import bisect

import numpy as np

from progan_keras.figures.grids import class_names, first_pictures
from progan_keras.figures.history import as_history
from progan_keras.figures.picture_table import (
    PictureTable,
    names_width,
    same_side,
)
from progan_keras.figures.style import (
    WIDTH,
    NothingToShow,
    add_note,
    drawn,
    new_figure,
)
from progan_keras.images import to_uint8

# Inches that a picture is wide: room for "12000 kimg", and for all on a page.
_SMALLEST, _LARGEST = 0.82, 1.3


@drawn
def growth(run, count=5, steps=None, width=WIDTH):
    """The same latents over a run, from its image grids.

    The moments are spread evenly over the stages, not over the images, since
    most happens in the short ones at the start.

    Args:
        run: `RunFolder`, or the path of a run or of a folder of runs.
        count: Integer, how many latents; of a conditional run, how many
            classes.
        steps: Integer, the most moments to show; None for as many as there
            is room for.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`, time from left to right.

    Raises:
        NothingToShow: if there is no grid yet.
        ValueError: if there is no run, or no matplotlib, or a grid is damaged.
    """
    history = as_history(run)
    grids = history.run.fakes()
    if not grids:
        raise NothingToShow(
            "The run has no image grids yet: train it for one tick at least. "
            f"Received: {history.name!r}"
        )
    frames, captions, names = [], [], class_names(history)
    if steps is None:
        steps = int((width - names_width(names[:count])) / _SMALLEST)
    moments = choose_moments(list(grids), history.stages, steps)
    for kimg in moments:
        frames.append(first_pictures(history, grids[kimg], count))
        captions.append(_caption(kimg, history.stage_at(kimg)))
    what = "class by class" if names else "the same latents"
    return _draw(
        frames,
        captions,
        names[: len(frames[0])],
        f"How the pictures grew: {what}",
        "Above each column: thousands of real images shown so far, and the "
        "resolution reached.",
        width,
    )


@drawn
def filmstrip(frames, captions, names=None, title="", note="", width=WIDTH):
    """The same for pictures that are given.

        pk.figures.filmstrip(
            [gan.generate(5, seed=1) for gan in snapshots],
            captions=["4x4", "8x8", "16x16"],
        )

    Args:
        frames: Arrays `[N, side, side, channels]`, uint8 or float in [-1, 1];
            one per moment, with the same N. Smaller ones are enlarged.
        captions: Strings, one per moment.
        names: Strings, one for each of the N rows, or None.
        title: String.
        note: String, to stand below.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`, time from left to right.

    Raises:
        ValueError: if shapes or numbers do not fit, or there is no
            matplotlib.
    """
    frames = [to_uint8(frame) for frame in frames]
    shapes = [frame.shape for frame in frames]
    kinds = {(*s[:1], *s[-1:]) for s in shapes}
    if len(kinds) != 1 or any(len(s) != 4 or s[1] != s[2] for s in shapes):
        raise ValueError(
            "A filmstrip needs frames of as many square pictures each, all "
            "in colour or all grey, in arrays [N, side, side, channels]. "
            f"Received: shapes={shapes}"
        )
    rows = shapes[0][0]
    if len(captions) != len(frames) or len(names or range(rows)) != rows:
        raise ValueError(
            "A filmstrip needs a caption for each frame, and a name for each "
            f"row or none. Received: {len(frames)} frames of {rows}, "
            f"captions={list(captions)}, names={names}"
        )
    return _draw(frames, list(captions), names, title, note, width)


def choose_moments(kimgs, stages, steps):
    """Choose grids that are spread evenly over the stages.

    Args:
        kimgs: List of floats, when there are grids, in order.
        stages: List of `Stage`.
        steps: Integer, the most to choose.

    Returns:
        List of floats out of `kimgs`, the first and the last among them.
    """
    ends = [stage.end / 1000 for stage in stages]
    starts = [stage.start / 1000 for stage in stages]

    def progress(kimg):
        """Stages gone through, the last one in parts."""
        index = min(bisect.bisect_left(ends, kimg), len(stages) - 1)
        if index < 0:  # nothing is known of stages
            return kimg
        return index + (kimg - starts[index]) / (ends[index] - starts[index])

    reached = np.array([progress(kimg) for kimg in kimgs])
    wanted = np.linspace(reached[0], reached[-1], steps)
    nearest = np.abs(reached[:, np.newaxis] - wanted).argmin(axis=0)
    return [kimgs[index] for index in sorted(set(nearest.tolist()))]


def _caption(kimg, stage):
    if stage is None:
        return f"{kimg:g} kimg"
    return f"{kimg:g} kimg\n{stage.resolution}x{stage.resolution}"


def _draw(frames, captions, names, title, note, width):
    table = PictureTable(np.stack(same_side(frames), axis=1))
    room = width - names_width(names or ()) - 0.1
    room = min(room, _LARGEST * len(frames))
    lines = 1 + max(caption.count("\n") for caption in captions)
    height = table.height(room) + 0.5 + 0.18 * lines + 0.3 * bool(note)
    figure = new_figure(width, height, title)
    table.draw(figure.subplots(), captions, names or ())
    if note:
        add_note(figure, note)
    return figure
