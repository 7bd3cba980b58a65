"""One process at a time trains a run."""

import contextlib
import datetime
import json
import os
import socket

import filelock

from progan_keras import schemas
from progan_keras.files import cannot_write, write_atomically
from progan_keras.training.faults import RunLockedError

_LOCK = "lock"
_OWNER = "owner.json"


@contextlib.contextmanager
def locked(run):
    """Hold the lock of a run in this block.

    The system gives the lock free when its process ends, however it ends; so
    a file that a killed process left behind locks nobody out.

    Args:
        run: `RunFolder`.

    Yields:
        None, or a sentence on the process that held the lock last, if it did
        not come to its end.

    Raises:
        RunLockedError: if another process holds it, with what is known of
            that.
    """
    owner = run.path / _OWNER
    lock = filelock.FileLock(run.path / _LOCK)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout as error:
        raise RunLockedError(
            f"The run {run} is being trained already, {_describe(owner)}. Wait "
            "for it, stop it, or give another run folder."
        ) from error
    except OSError as error:
        raise cannot_write(run.path / _LOCK, error) from error
    try:
        left = f"last {_describe(owner)}" if owner.exists() else None
        details = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.datetime.now().isoformat(" ", "seconds"),
        }
        write_atomically(json.dumps(details).encode(), owner)
        run.remember(run.path / _LOCK)
        yield left
    finally:
        with contextlib.suppress(OSError):  # it may be another run's by now
            run.check_there()
            owner.unlink()
        lock.release()


def _describe(owner):
    """Who holds the lock, for people."""
    try:
        found = schemas.read(owner, schemas.OWNER)
    except (OSError, ValueError):
        return "by a process that left no details"
    return "by process {process} on {host} since {since}".format(**found)
