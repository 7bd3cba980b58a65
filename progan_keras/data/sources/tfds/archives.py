"""The archives that a data set of tensorflow-datasets is made from."""

import contextlib
import copy
from dataclasses import dataclass
from pathlib import Path

_FILES_IN_MESSAGE = 10


@dataclass(frozen=True)
class Archive:
    """A file to be downloaded.

    Attributes:
        url: str.
        size: int, bytes, or `None` if tensorflow-datasets does not know it.
        place: `pathlib.Path` where a user can place it by hand; `None` if
            tensorflow-datasets would not recognise it there.
        is_downloaded: bool, whether an earlier run has downloaded it.
    """

    url: str
    size: int | None
    place: Path | None
    is_downloaded: bool

    @property
    def is_placed(self):
        """Whether the user has placed it by hand."""
        return self.place is not None and self.place.is_file()


def downloads_folder(builder):
    """Returns the `pathlib.Path` where a builder keeps what it downloads."""
    return Path(builder.data_dir_root, "downloads")


def manual_folder(builder):
    """Returns the `pathlib.Path` where a builder looks for files by hand."""
    return downloads_folder(builder) / "manual"


def list_archives(builder):
    """Finds out what a builder would download, by asking it.

    A builder whose later questions depend on the files of the first is only
    known up to there.

    Args:
        builder: `tfds.core.DatasetBuilder`.

    Returns:
        `(archives, by_hand)`: a list of `Archive`, and whether the builder
        looks for files that its user must have placed by hand.
    """
    listener = _Listener(downloads_folder(builder))
    # It misses the files sooner or later, in any way; what counts is what it
    # has asked for till then. A copy keeps what it learns to itself.
    with contextlib.suppress(Exception):
        copy.copy(builder)._split_generators(listener)
    known = builder.url_infos or {}
    urls = listener.urls
    if not urls and not listener.by_hand:
        urls = known
    return [
        _describe(builder, url, known.get(url)) for url in urls
    ], listener.by_hand


def how_by_hand(builder, archives):
    """Returns a sentence on how to do without a download.

    Args:
        builder: `tfds.core.DatasetBuilder`.
        archives: list of `Archive`, those that are missing.
    """
    files = [
        f"{archive.url} as {archive.place.name}"
        for archive in archives
        if archive.place is not None
    ]
    if not files:
        return "Run this again with a network."
    more = len(files) - _FILES_IN_MESSAGE
    if more > 0:
        files[_FILES_IN_MESSAGE:] = [f"and {more:,} more"]
    them = "them" if len(files) > 1 else "it"
    return (
        f"Download {total_size(archives)} by other means, place {them} in "
        f"{manual_folder(builder)}, and run this again: {', '.join(files)}."
    )


def total_size(archives):
    """Returns number and size of archives for a message."""
    total = sum(archive.size or 0 for archive in archives)
    size = (
        f"{total / 1e9:,.1f} GB" if total >= 1e9 else f"{total / 1e6:,.0f} MB"
    )
    if any(archive.size is None for archive in archives):
        size = f"more than {size}" if total else "an unknown size"
    return f"{size} in {len(archives)} file{'s' * (len(archives) > 1)}"


def _describe(builder, url, info):
    from tensorflow_datasets.core.download import resource

    checksum = place = size = None
    if info is not None:
        # Without a name, tensorflow-datasets ignores what is placed by hand.
        info.filename = info.filename or url.rpartition("/")[2]
        place = manual_folder(builder) / info.filename
        checksum, size = info.checksum, int(info.size)
    name = resource.get_dl_fname(url, checksum)
    downloads = downloads_folder(builder)
    is_downloaded = any(
        resource.is_locally_cached(folder / name)
        for folder in (downloads / builder.name, downloads)
    )
    return Archive(url, size, place, is_downloaded)


class _Listener:
    """Stands in for the download manager that a builder talks to."""

    def __init__(self, folder):
        self.urls = {}  # a set that keeps its order
        self.by_hand = False
        self._folder = folder

    @property
    def manual_dir(self):
        self.by_hand = True
        return self._path("manual")

    def download(self, urls):
        import tree

        return tree.map_structure(self._note, urls)

    download_and_extract = download

    def extract(self, paths):
        return paths

    def iter_archive(self, path):
        return iter(())

    def _note(self, url):
        url = getattr(url, "url", url)
        self.urls[url] = True
        return self._path("not downloaded yet")

    def _path(self, name):
        from etils import epath

        return epath.Path(self._folder) / name
