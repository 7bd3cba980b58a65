"""The time-lapse of a run, from its grids."""

from PIL import Image

from progan_keras.timelapse import timelapse
from progan_keras.training.runs import find_run


def film_run(run, path, scale=2, duration=120):
    """Write a film of the run's grids, the same pictures growing.

    Args:
        run: Path of a run folder, or of a folder that holds runs.
        path: File to write, ending in `.gif` or `.mp4`.
        scale: Integer, times that pixels are enlarged.
        duration: Integer, milliseconds per frame.

    Returns:
        `pathlib.Path` written.

    Raises:
        ValueError: if there is no run or no grid in it.
        OSError: if the file cannot be written.
    """
    run = find_run(run)
    grids = run.fakes()
    if not grids:
        raise ValueError(
            "The run has no image grids yet; train it for one tick at least. "
            f"Received: {str(run)!r}"
        )
    frames = [_read_frame(grid) for grid in grids.values()]
    records = {r["kimg"]: r for r in run.records() if "tick" in r}
    captions = [_caption(kimg, records.get(kimg)) for kimg in grids]
    return timelapse(
        frames, path, captions=captions, scale=scale, duration=duration
    )


def _read_frame(path):
    try:
        # Of other kinds, one would have another program executed.
        with Image.open(path, formats=["PNG"]) as image:
            return image.copy()
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"The image grid cannot be read ({error}): delete the file. "
            f"Received: {str(path)!r}"
        ) from error


def _caption(kimg, record):
    """Say where the run stood: "12 kimg  8x8 fading in, alpha 0.40"."""
    if record is None:
        return f"{kimg:g} kimg"
    size = f"{record['resolution']}x{record['resolution']}"
    if record["fade_in"]:
        return f"{kimg:g} kimg  {size} fading in, alpha {record['alpha']:.2f}"
    return f"{kimg:g} kimg  {size}"
