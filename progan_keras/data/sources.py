"""Finds out what kind of source the user has named."""

import difflib
import os
from pathlib import Path

import numpy as np

from progan_keras.data import emoji_portraits
from progan_keras.data.array_source import ArraySource, open_npy
from progan_keras.data.folder_source import FolderSource
from progan_keras.data.npz_source import NpzSource

EMBEDDED = {emoji_portraits.NAME: emoji_portraits.EmojiPortraits}

_KINDS = (
    f"the embedded {', '.join(map(repr, EMBEDDED))}, a folder of images, a "
    ".npz or .npy file, or an array"
)


def open_source(source):
    """Returns the source for what a user has passed to `load`.

    Args:
        source: name of an embedded data set, path of a folder or of a `.npz`
            or `.npy` file, or an array. A name wins over a folder of the
            same name; pass a `pathlib.Path` to mean the folder.

    Returns:
        `Source`.

    Raises:
        FileNotFoundError: if it is neither a known name nor an existing path.
        ValueError: if it is of another kind, or cannot be read.
    """
    if isinstance(source, str) and source in EMBEDDED:
        return EMBEDDED[source]()
    if isinstance(source, str | os.PathLike):
        return _open_path(source)
    if hasattr(source, "__array__"):
        return ArraySource(np.asarray(source))
    raise ValueError(
        f"Images cannot be loaded from this type. Expected {_KINDS}. "
        f"Received: source of type {type(source).__name__}"
    )


def _open_path(source):
    path = Path(source).expanduser()
    # An empty name would silently mean the current folder.
    if not os.fspath(source) or not path.exists():
        raise FileNotFoundError(
            f"There is no data set, file or folder of this name. Expected "
            f"{_KINDS}.{_suggestion(path)} Received: source={str(source)!r}"
        )
    if path.is_dir():
        return FolderSource(path)
    if path.suffix.lower() == ".npz":
        return NpzSource(path)
    if path.suffix.lower() == ".npy":
        return open_npy(path)
    raise ValueError(
        f"Images cannot be loaded from this kind of file. Expected {_KINDS}. "
        f"Received: source={str(source)!r}"
    )


def _suggestion(path):
    """Returns " Did you mean ...?" for the nearest name, or nothing."""
    names = list(EMBEDDED)
    if path.parent.is_dir():
        names += map(str, path.parent.iterdir())
    nearest = difflib.get_close_matches(str(path), names, n=1)
    return f" Did you mean {nearest[0]!r}?" if nearest else ""
