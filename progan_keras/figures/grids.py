"""The pictures of a run, cut out of its image grids again."""

import numpy as np
from PIL import Image

# As `training.callbacks.ImageGrids` lays them out.
COLUMNS = 10


def read_grid(path, resolution):
    """Cut a grid into its pictures; names beside its rows are left out.

    Args:
        path: Image file that a run wrote, ten pictures to a row.
        resolution: Integer, side of a picture.

    Returns:
        uint8 array `[rows, 10, resolution, resolution, channels]`.

    Raises:
        ValueError: if the picture cannot be read, or is no such grid.
    """
    try:
        # Of other kinds, one would have another program executed.
        with Image.open(path, formats=["PNG"]) as image:
            pixels = np.asarray(image)
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"The image grid cannot be read ({error}): delete the file, and "
            f"the figure does without it. Received: {str(path)!r}"
        ) from error
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    height, width, channels = pixels.shape
    if height % resolution or width < COLUMNS * resolution:
        raise ValueError(
            f"A grid of this run has rows of {COLUMNS} pictures of "
            f"{resolution}x{resolution}. Received: one of {width}x{height} "
            f"in {str(path)!r}"
        )
    pixels = pixels[:, -COLUMNS * resolution :]
    rows = height // resolution
    shape = (rows, resolution, COLUMNS, resolution, channels)
    return pixels.reshape(shape).transpose(0, 2, 1, 3, 4)


def first_pictures(history, path, count):
    """Return some pictures of a grid.

    Args:
        history: `History` of the run.
        path: One of its grids.
        count: Integer, the most that are wanted.

    Returns:
        uint8 array `[N, side, side, channels]`: of a conditional run the
        first picture of each class.
    """
    grid = read_grid(path, history.resolution)
    rows, columns = grid.shape[:2]
    if class_names(history):
        chosen = [(row, 0) for row in range(min(count, rows))]
    else:
        most = min(count, rows * columns)
        chosen = [divmod(index, columns) for index in range(most)]
    # Copies, so that the grid, hundreds of megabytes at 1024x1024, can go.
    return np.stack([grid[place] for place in chosen])


def class_names(history):
    """Return the names of a run's classes, which its grids show by rows.

    Args:
        history: `History` of the run.

    Returns:
        List of strings, empty for a run without classes.
    """
    return list(history.run.options["data"].get("class_names", ()))
