"""A folder of image files as a source."""

import collections
import os
import stat
import warnings
from pathlib import Path, PurePath

from progan_keras.data.labels import shorten
from progan_keras.data.sources.files_source import (
    FilesSource,
    is_visible,
    printable,
)
from progan_keras.data.sources.source import hash_key


class FolderSource(FilesSource):
    """All images in a folder and its subfolders, sorted by relative path.

    Links to files and to folders are followed. A folder that can be reached
    in several ways is read once, under its own name if it has one here.

    Args:
        folder: `pathlib.Path` of an existing folder.

    Raises:
        ValueError: if there are no image files in the folder, or one of its
            subfolders cannot be read.
    """

    headers_are_quick = True

    def __init__(self, folder):
        name = folder.resolve().name or "images"
        super().__init__(name, folder, "folder", _walk(folder))

    def key(self):
        """Returns a hash of relative names, sizes and modification times."""
        lines = [f"{file}\0{self._state(file)}\n" for file in self.files]
        return hash_key("folder", os.fsencode("".join(lines)))

    def _state(self, file):
        try:
            status = os.stat(os.path.join(self.path, file))
        except OSError:  # a link to nothing, for instance: a broken image
            return "nothing"
        return f"{status.st_size}\0{status.st_mtime_ns}"

    def _readable(self, file):
        path = os.path.join(self.path, file)
        if os.path.islink(path) and not os.path.exists(path):
            raise ValueError("a link to nothing")
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end
            raise ValueError("not a regular file")
        if not status.st_size:
            raise ValueError("the file is empty")
        return path


def _walk(folder):
    """Yields the names of all files below a folder, relative to it.

    Links to folders are followed after all that is no link.

    Raises:
        ValueError: if a folder cannot be read.
    """
    seen, loops = set(), []
    pending = collections.deque([("", os.path.realpath(folder))])
    while pending:
        prefix, top = pending.popleft()
        for parent, folders, files in os.walk(top, onerror=_refuse):
            if parent in seen:
                folders.clear()
                continue
            seen.add(parent)
            inside = PurePath(prefix, os.path.relpath(parent, top)).as_posix()
            inside = "" if inside == "." else f"{inside}/"
            folders[:] = sorted(filter(is_visible, folders))
            for name in folders:
                if os.path.islink(path := os.path.join(parent, name)):
                    target = os.path.realpath(path)
                    if Path(parent).is_relative_to(target):
                        loops.append(inside + name)
                    else:
                        pending.append((inside + name, target))
            yield from (inside + name for name in files)
    if loops:
        warnings.warn(
            "Links that lead back to a folder around them are left out of "
            f"folder {printable(str(folder))}: {shorten(loops)}.",
            stacklevel=4,
        )


def _refuse(error):
    raise ValueError(
        f"This folder cannot be read ({error.strerror or error}). Change its "
        f"permissions, or move it away. Received: folder={error.filename!r}"
    ) from error
