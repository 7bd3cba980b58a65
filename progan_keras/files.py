"""Files and folders that are there whole or not at all."""

import contextlib
import os
import re
import shutil
from pathlib import Path

_TEMPORARY = re.compile(r"^\..*\.\d+\.tmp(\.\w+)*$")


@contextlib.contextmanager
def atomic_path(path):
    """Give a temporary path that becomes `path` when all went well.

    What is written to it, a file or a folder, lies beside `path`, so that a
    rename is enough, and disappears if the block raises.

    Args:
        path: File or folder to write. Missing parents are made; what is there
            is replaced at the end.

    Yields:
        `pathlib.Path` of the temporary name, with the same suffix.

    Raises:
        OSError: If it cannot be written; `PermissionError` and the like keep
            their own subclass.
    """
    path = Path(path)
    # `_TEMPORARY` describes such names.
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        if temporary.is_dir():
            _replace_folder(temporary, path)
        else:
            _flush_to_disk(temporary)
            os.replace(temporary, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        _remove(temporary)


def cannot_write(path, error):
    """Return `error` with a sentence that names `path` and what to do."""
    kind = type(error) if type(error).__module__ == "builtins" else OSError
    failure = kind(
        f"Cannot write {path} ({error.strerror or error}): make room there, or "
        "choose another folder."
    )
    failure.errno = error.errno
    return failure


def as_os_error(error):
    """Return what one of TensorFlow's writers raised as an `OSError`.

    Args:
        error: `tf.errors.OpError`, its own kind of "disk full".
    """
    reason = error.message.splitlines()[0].split(" [Op:")[0]
    return OSError(reason.split("}} ")[-1].rpartition("; ")[2])


def write_atomically(data, path):
    """Write bytes to a file so that a reader never meets half of them.

    Args:
        data: Bytes.
        path: File to write, see `atomic_path`.

    Returns:
        The `pathlib.Path` written.
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
    return Path(path)


def remove_temporary(folder):
    """Remove what killed processes were writing in a folder.

    Args:
        folder: `pathlib.Path` of a folder that no other process writes to.
    """
    for path in folder.glob(".*.tmp*"):
        if _TEMPORARY.match(path.name):
            _remove(path)


def _replace_folder(new, path):
    """Rename `new` to `path`; an old folder goes once the new one is there."""
    old = new.with_name(f"{new.name}.old")
    if path.is_dir():
        os.replace(path, old)
    try:
        os.replace(new, path)
    except OSError:
        if old.is_dir():
            os.replace(old, path)
        raise
    _remove(old)


def _flush_to_disk(path):
    """Have the bytes on the disk before the name points at them."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(path):
    """Have the new name on the disk, where folders can be opened for that."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(path):
    """Remove what is left; after success there is nothing."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        # No reason to hide the first error behind a second one.
        with contextlib.suppress(OSError):
            path.unlink()
