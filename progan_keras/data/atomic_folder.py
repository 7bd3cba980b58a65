"""A folder that appears complete or not at all.

Files are written into a hidden sibling `.<random>.partial`, which is renamed
at the end. A lock on the hidden folder says that its process lives; one
without a lock was left behind by a killed process and is removed by the next
one.
"""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks, so nothing is cleaned there.
    fcntl = None

_SUFFIX = ".partial"


@contextlib.contextmanager
def new_folder(target):
    """Yields an empty hidden folder that becomes `target` on a clean exit.

    If anything is raised inside, the hidden folder is removed and `target` is
    left as it was. If another process has created `target` meanwhile, its
    folder stays and ours is dropped.

    Args:
        target: path of the folder to create. Missing parents are created.

    Yields:
        `pathlib.Path` of the hidden folder.

    Raises:
        OSError: if the parent folder cannot be written to.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(target.parent)
    hidden, lock = _create_locked(target.parent)
    try:
        yield hidden
        _rename_unless_taken(hidden, target)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
        _unlock(lock)


def retire(folder):
    """Takes a folder's name away, so that it is gone at once and as a whole.

    Args:
        folder: `pathlib.Path`.

    Returns:
        `pathlib.Path` of the hidden folder that it now is. Whoever does not
        live to remove it leaves that to `remove_abandoned`.
    """
    hidden = folder.parent / f".{secrets.token_hex(8)}{_SUFFIX}"
    return folder.rename(hidden)


def remove_abandoned(parent):
    """Removes the hidden folders in `parent` that no live process holds."""
    for hidden in Path(parent).glob(f".*{_SUFFIX}"):
        lock = _lock(hidden, wait=False)
        if lock is not None:
            shutil.rmtree(hidden, ignore_errors=True)
            _unlock(lock)


def _create_locked(parent):
    """Creates a hidden folder and locks it where the file system can."""
    while True:
        hidden = parent / f".{secrets.token_hex(8)}{_SUFFIX}"
        hidden.mkdir()
        lock = _lock(hidden, wait=True)
        # Another process may have seen the folder before it was locked and
        # have cleaned it away: then take a new one.
        if hidden.exists():
            return hidden, lock
        _unlock(lock)


def _rename_unless_taken(hidden, target):
    """Renames the folder; the first of several processes wins."""
    try:
        os.rename(hidden, target)
    except OSError:
        if not target.is_dir():
            raise


def _lock(folder, wait):
    """Returns a descriptor that locks `folder`, or None if it cannot."""
    if fcntl is None:
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _unlock(descriptor):
    if descriptor is not None:
        os.close(descriptor)
