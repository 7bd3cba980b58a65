"""The files of a prepared data set, read and checked."""

import json

import numpy as np

from progan_keras.data.array_file import UNREADABLE

FORMAT_VERSION = 2

DESCRIPTION_FILE = "pyramid.json"
LABELS_FILE = "labels.npz"
_FIELDS = (
    "name",
    "count",
    "resolution",
    "num_channels",
    "fingerprint",
    "source",
    "mirror",
    "licence",
    "fit",
    "background",
    "skipped",
    "class_names",
    "default_field",
    "unusable_labels",
)


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
        description = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            "This is not a prepared data set: it has no file "
            f"{DESCRIPTION_FILE}. Received: folder={str(folder)!r}"
        ) from None
    except ValueError as error:
        raise ValueError(_damaged(path, f"it is not JSON ({error})")) from None
    if not isinstance(description, dict):
        raise ValueError(_damaged(path, "it is not a JSON object"))
    version = description.get("format_version")
    if version != FORMAT_VERSION:
        raise ValueError(
            _damaged(path, f"its format is {version}, not {FORMAT_VERSION}")
        )
    missing = [field for field in _FIELDS if field not in description]
    if missing:
        raise ValueError(_damaged(path, f"it lacks {', '.join(missing)}"))
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


def read_label_indices(folder, number):
    """Reads the class indices of one of the labels.

    Args:
        folder: `pathlib.Path` of a prepared folder.
        number: int, place of the label in "class_names" of its description.

    Returns:
        int64 array `[N]`, read-only.

    Raises:
        ValueError: if the file is damaged.
    """
    path = folder / LABELS_FILE
    try:
        with np.load(path, allow_pickle=False) as arrays:
            indices = arrays[str(number)].astype(np.int64)
    except (KeyError, OSError, *UNREADABLE) as error:
        raise ValueError(_damaged(path, f"{error}")) from error
    indices.setflags(write=False)
    return indices


def _damaged(path, reason):
    return (
        f"The prepared data set cannot be used: {path.name}: {reason}. "
        "Delete its folder and load the images again. "
        f"Received: folder={str(path.parent)!r}"
    )
