"""Finds out what kind of source the user has named."""

import difflib
import os
import re
import sys
from pathlib import Path

import numpy as np

from progan_keras.data import emoji_portraits
from progan_keras.data.sources.array_source import ArraySource, NpySource
from progan_keras.data.sources.folder_source import FolderSource
from progan_keras.data.sources.lmdb_source import LmdbSource, is_database
from progan_keras.data.sources.npz_source import NpzSource
from progan_keras.data.sources.prepared_source import (
    PreparedSource,
    is_prepared,
)
from progan_keras.data.sources.tfds.tfds_source import TfdsSource
from progan_keras.data.sources.zip_source import ZipSource

EMBEDDED = {emoji_portraits.NAME: emoji_portraits.EmojiPortraits}
FILES = {".npz": NpzSource, ".npy": NpySource, ".zip": ZipSource}

# Name, perhaps with a configuration and a version.
_TFDS_NAME = re.compile(r"[a-z]\w*(/[\w.+-]+)?(:[\w.*]+)?")

_KINDS = (
    f"the embedded {', '.join(map(repr, EMBEDDED))}, a name of "
    "tensorflow-datasets such as 'cifar10', a folder of images, a .zip, .npz "
    "or .npy file, a prepared data set, an array or a tf.data.Dataset"
)


def open_source(source, split=None, data_dir=None):
    """Returns the source for what a user has passed to `load`.

    Args:
        source: as described at `load`. A name of an embedded data set wins
            over a folder of the same name, which wins over a name of
            tensorflow-datasets; pass a `pathlib.Path` to mean the folder.
        split: str, which part of a data set of tensorflow-datasets.
        data_dir: path of the folder where tensorflow-datasets keeps its data
            sets.

    Returns:
        `Source`.

    Raises:
        FileNotFoundError: if it is neither a known name nor an existing path.
        ValueError: if it is of another kind, or cannot be read.
    """
    found = _open(source, split, data_dir)
    if not isinstance(found, TfdsSource):
        for name, value in (("split", split), ("data_dir", data_dir)):
            if value is not None:
                raise ValueError(
                    f"`{name}` is for data sets of tensorflow-datasets, and "
                    f"this is {found.description}. "
                    f"Received: {name}={str(value)!r}"
                )
    return found


def _open(source, split, data_dir):
    if isinstance(source, str) and source in EMBEDDED:
        return EMBEDDED[source]()
    if isinstance(source, str | os.PathLike):
        path = Path(source).expanduser()
        # An empty name would silently mean the current folder.
        if os.fspath(source) and path.exists():
            return _open_path(path)
        nearest = _nearest(path)
        # The library with all the other names takes seconds to import. A file
        # nearby that is called nearly so does not hide them.
        misspelt = nearest and nearest[0] in EMBEDDED
        if not misspelt and _TFDS_NAME.fullmatch(os.fspath(source)):
            return TfdsSource(os.fspath(source), split, data_dir)
        hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
        raise FileNotFoundError(
            f"There is no data set, file or folder of this name. Expected "
            f"{_KINDS}.{hint} Received: source={str(source)!r}"
        )
    if _is_dataset(source):
        from progan_keras.data.sources.dataset_source import DatasetSource

        return DatasetSource(source)
    if hasattr(source, "__array__"):
        return ArraySource(np.asarray(source))
    raise ValueError(
        f"Images cannot be loaded from this type. Expected {_KINDS}. "
        f"Received: source of type {type(source).__name__}"
    )


def _open_path(path):
    if path.is_dir():
        if is_prepared(path):
            return PreparedSource(path)
        return LmdbSource(path) if is_database(path) else FolderSource(path)
    if path.suffix.lower() in FILES:
        return FILES[path.suffix.lower()](path)
    raise ValueError(
        f"Images cannot be loaded from this kind of file. Expected {_KINDS}. "
        f"Received: source={str(path)!r}"
    )


def _is_dataset(source):
    """Returns whether it is a `tf.data.Dataset`; if so, TensorFlow is here."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(
        source, tensorflow.data.Dataset
    )


def _nearest(path):
    """Returns embedded names and files nearby that are called nearly so."""
    names = list(EMBEDDED)
    if path.parent.is_dir():
        names += map(str, path.parent.iterdir())
    return difflib.get_close_matches(str(path), names, n=1)
