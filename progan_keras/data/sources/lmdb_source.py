"""An LMDB database of encoded images, as LSUN is published, as a source."""

import functools
import io

from progan_keras.data.pictures import open_encoded
from progan_keras.data.sources.source import Record, Source, file_key

_FILE = "data.mdb"


class LmdbSource(Source):
    """All values of a database, by the order of their keys.

    LSUN's archives hold such folders ("bedroom_train_lmdb"). Nothing is
    written to them, not even a lock.

    Args:
        folder: `pathlib.Path` of a folder that holds `data.mdb`.

    Raises:
        ValueError: if it is no database, or the package `lmdb` is missing.
    """

    def __init__(self, folder):
        name = folder.resolve().name
        super().__init__(name, f"LMDB database {folder}", num_channels=3)
        self._path = folder / _FILE
        self._database = _open(folder)

    def count(self):
        """Returns the number of entries."""
        return self._database.stat()["entries"]

    def key(self):
        """Returns a hash of the file's size and time of change."""
        return file_key(self._path)

    def records(self):
        """Yields a record for every entry, named by its key."""
        with self._database.begin() as transaction:
            for key in transaction.cursor().iternext(values=False):
                name = key.decode("utf-8", "backslashreplace")
                yield Record(name, functools.partial(self._open_image, key))

    def _open_image(self, key):
        # A transaction belongs to one thread.
        with self._database.begin() as transaction:
            return open_encoded(io.BytesIO(transaction.get(key)))


def is_database(folder):
    """Returns whether a path is a folder that holds an LMDB database."""
    return (folder / _FILE).is_file()


def _open(folder):
    try:
        import lmdb
    except ImportError as error:
        raise ValueError(
            "An LMDB database is read with a package that is not installed: "
            f"run `pip install lmdb`. Received: source={str(folder)!r}"
        ) from error
    try:
        # Without lock and read-ahead, the folder is only read.
        return lmdb.open(
            str(folder), readonly=True, lock=False, readahead=False
        )
    except lmdb.Error as error:
        raise ValueError(
            f"This folder cannot be read as an LMDB database ({error}). It "
            "may be cut off: copy or download it again. "
            f"Received: source={str(folder)!r}"
        ) from error
