"""The files of a prepared data set, read and checked."""

import numpy as np

from progan_keras import schemas
from progan_keras.data.array_file import UNREADABLE, open_npz

FORMAT_VERSION = 2

DESCRIPTION_FILE = "pyramid.json"
LABELS_FILE = "labels.npz"


def read_description(folder):
    """Reads and checks `pyramid.json`.

    Args:
        folder: `pathlib.Path`.

    Returns:
        Dict with what `PyramidWriter.describe` wrote.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is damaged, or of another version.
    """
    path = folder / DESCRIPTION_FILE
    try:
        description = schemas.parse(path)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            "This is not a prepared data set: it has no file "
            f"{DESCRIPTION_FILE}. Received: folder={str(folder)!r}"
        ) from None
    except ValueError as error:
        raise ValueError(_damaged(path, f"{error}")) from None
    found = schemas.problem(description, schemas.PYRAMID)
    if found is not None:
        reason = f"{found.what} ({found.received})"
        raise ValueError(_damaged(path, reason))
    return description


def open_level(path, shape):
    """Memory-maps one level and checks that it is what it should be.

    Args:
        path: `pathlib.Path` of its file.
        shape: tuple of int.

    Returns:
        Read-only `np.memmap`, uint8 of that shape.

    Raises:
        FileNotFoundError: if there is no file.
        ValueError: if it holds something else.
    """
    try:
        level = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise FileNotFoundError(_damaged(path, "it is missing")) from None
    except (EOFError, ValueError) as error:
        raise ValueError(_damaged(path, f"{error}")) from None
    if level.shape != shape or level.dtype != np.uint8:
        found = f"{level.dtype} {list(level.shape)}"
        raise ValueError(
            _damaged(path, f"it holds {found}, not uint8 {list(shape)}")
        )
    return level


def read_label_indices(folder, number, count, num_classes):
    """Reads the class indices of one of the labels.

    Args:
        folder: `pathlib.Path` of a prepared folder.
        number: int, place of the label in "class_names" of its description.
        count: int, images that there are.
        num_classes: int, classes that have names.

    Returns:
        int64 array `[N]`, read-only.

    Raises:
        ValueError: if the file is damaged, or holds something else.
    """
    path = folder / LABELS_FILE
    try:
        stored = open_npz(path)[str(number)]
        # Known from the header, before an array of any size is read.
        if stored.shape != (count,) or stored.dtype.kind not in "iu":
            found = f"{stored.dtype} {list(stored.shape)}"
            raise ValueError(f"it holds {found}, not a class for each image")
        indices = stored.load().astype(np.int64)
    except (KeyError, OSError, *UNREADABLE) as error:
        raise ValueError(_damaged(path, f"{error}")) from error
    if count and not 0 <= indices.min() <= indices.max() < num_classes:
        raise ValueError(_damaged(path, "it holds classes without a name"))
    indices.setflags(write=False)
    return indices


def _damaged(path, reason):
    return (
        f"The prepared data set cannot be used: {path.name}: {reason}. "
        "Delete its folder and load the images again. "
        f"Received: folder={str(path.parent)!r}"
    )
