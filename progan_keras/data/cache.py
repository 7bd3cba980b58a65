"""The folder where prepared data sets are kept: look into it, clear it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from progan_keras.data.atomic_folder import remove_abandoned, retire
from progan_keras.data.pyramid import ImagePyramid
from progan_keras.data.sources.prepared_source import is_prepared


@dataclass(frozen=True)
class Prepared:
    """What `prepared` tells of a folder in the cache.

    Attributes:
        folder: `pathlib.Path`, which `load` accepts as a source.
        num_bytes: int, size on disk.
        pyramid: `ImagePyramid`, or `None` if the folder is damaged.
        damage: str, what is wrong with it, or `None`.
    """

    folder: Path
    num_bytes: int
    pyramid: ImagePyramid | None
    damage: str | None


def cache_folder(cache_dir=None):
    """Returns the folder for prepared data sets.

    Args:
        cache_dir: path; `None` takes the environment variable
            `PROGAN_KERAS_CACHE`, else `progan_keras` in the user's cache
            folder.

    Returns:
        `pathlib.Path`, which need not exist.
    """
    named = cache_dir or os.environ.get("PROGAN_KERAS_CACHE")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "progan_keras"


def prepared(cache_dir=None):
    """Lists the data sets that are prepared.

    Args:
        cache_dir: as in `cache_folder`.

    Returns:
        List of `Prepared`, sorted by name of the folder.
    """
    cache = cache_folder(cache_dir)
    if not cache.is_dir():
        return []
    return [_look(f) for f in sorted(cache.iterdir()) if is_prepared(f)]


def clear(names=None, cache_dir=None):
    """Removes prepared data sets from the cache, and nothing else.

    What they were made from stays; `load` prepares them again.

    Args:
        names: iterable of str, names of data sets or of folders in the cache;
            `None` means all.
        cache_dir: as in `cache_folder`.

    Returns:
        List of `Prepared`, those that were removed.

    Raises:
        ValueError: if a name is not in the cache; nothing is removed then.
        OSError: if a folder cannot be removed.
    """
    cache = cache_folder(cache_dir)
    there = prepared(cache_dir)
    chosen = there
    if names is not None:
        chosen = [found for found in there if _names_of(found) & set(names)]
        known = set().union(*map(_names_of, there))
        unknown = sorted(set(names) - known)
        if unknown:
            raise ValueError(
                "There is no prepared data set of this name in the cache "
                f"{str(cache)!r}. It has "
                f"{', '.join(sorted(known)) or 'nothing'}. "
                f"Received: {', '.join(map(repr, unknown))}"
            )
    for found in chosen:
        shutil.rmtree(retire(found.folder))
    if cache.is_dir():
        remove_abandoned(cache)
    return chosen


def _look(folder):
    num_bytes = sum(file.stat().st_size for file in folder.iterdir())
    try:
        return Prepared(folder, num_bytes, ImagePyramid(folder), None)
    except (ValueError, OSError) as error:
        return Prepared(folder, num_bytes, None, str(error))


def _names_of(found):
    names = {found.folder.name}
    return names | {found.pyramid.name} if found.pyramid else names
