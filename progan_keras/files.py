"""Files and folders that are there whole or not at all."""

import contextlib
import os
import shutil
from pathlib import Path


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
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        if temporary.is_dir():
            if path.is_dir():
                shutil.rmtree(path)
        else:
            _flush_to_disk(temporary)
        os.replace(temporary, path)
    except OSError as error:
        failure = type(error)(
            f"Cannot write {path} ({error.strerror or error}): choose another "
            "output path, or make room there."
        )
        failure.errno = error.errno
        raise failure from error
    finally:
        _remove(temporary)


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


def _flush_to_disk(path):
    """Have the bytes on the disk before the name points at them."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _remove(path):
    """Remove what is left; after success there is nothing."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        # No reason to hide the first error behind a second one.
        with contextlib.suppress(OSError):
            path.unlink()
