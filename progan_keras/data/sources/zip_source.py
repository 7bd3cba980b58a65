"""A zip archive of image files as a source."""

import io
import threading
import zipfile
from collections import Counter

from progan_keras.data.labels import shorten
from progan_keras.data.sources.files_source import FilesSource
from progan_keras.data.sources.source import file_key

# Others hardly occur, and their inflating cannot be bounded.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What `zipfile` raises on other files and broken archives.
_UNREADABLE = (NotImplementedError, OSError, ValueError, zipfile.BadZipFile)
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_MAX_BYTES = 2**30


class ZipSource(FilesSource):
    """All images in a zip archive, sorted by name.

    Images are read into memory one by one; nothing is unpacked to disk.

    Args:
        path: `pathlib.Path` of an existing file.

    Raises:
        ValueError: if it is no zip archive, holds no image files, or several
            of the same name.
    """

    def __init__(self, path):
        try:
            self._archive = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise ValueError(
                f"This file cannot be read as a zip archive ({error}). It may "
                "be cut off: copy or download it again. "
                f"Received: source={str(path)!r}"
            ) from error
        members = [
            m for m in self._archive.infolist() if m.filename[-1:] != "/"
        ]
        files = list(map(_name_of, members))
        super().__init__(path.stem, path, "archive", files)
        twice = [file for file, n in Counter(self.files).items() if n > 1]
        if twice:
            raise ValueError(
                "Every image in an archive needs a name of its own. Pack it "
                f"anew. Received: source={str(path)!r} with more than once "
                f"{shorten(twice)}"
            )
        self._members = dict(zip(files, members, strict=True))
        # The archive has one file position, and counts its open members.
        self._lock = threading.Lock()

    def key(self):
        """Returns a hash of the archive's name, size and time of change."""
        return file_key(self.path)

    def _readable(self, file):
        member = self._members[file]
        if member.flag_bits & _ENCRYPTED:
            raise ValueError("encrypted")
        if member.compress_type not in _METHODS:
            raise ValueError("compressed by a method that is not supported")
        if member.file_size > _MAX_BYTES:
            raise ValueError("would unpack to more than 1 GiB")
        if not member.file_size:
            raise ValueError("the file is empty")
        # No more than the header says, and then the checksum must be right:
        # a wrong header cannot fill the memory.
        with self._lock, self._archive.open(member) as stream:
            return io.BytesIO(stream.read(member.file_size))


def _name_of(member):
    """Returns a member's name with what some programs do to it undone."""
    name = member.filename.replace("\\", "/")
    if member.flag_bits & _UTF8_NAME:
        return name
    # Without the flag, names are in code page 437, unless macOS wrote them.
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
