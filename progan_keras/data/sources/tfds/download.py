"""Prepares data sets of tensorflow-datasets, after saying what that means.

tensorflow-datasets downloads anything at once, without a word on its terms,
and tries for minutes where there is no network. Here it is said first what
comes from where, and what is in the way is found within seconds.
"""

import contextlib
import errno
import importlib.util
import inspect
import logging
import re
import shutil

from progan_keras.data.sources.tfds.archives import (
    downloads_folder,
    how_by_hand,
    list_archives,
    manual_folder,
    total_size,
)
from progan_keras.data.sources.tfds.builder import (
    is_prepared,
    licence,
    missing_package,
    naming_packages,
    one_line,
    quiet,
    set_name,
)
from progan_keras.data.sources.tfds.network import unreachable_hosts

_logger = logging.getLogger("progan_keras")

_DISK_ERRORS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC)
_OTHER_FOLDER = (
    "Make room there, or choose another folder with `data_dir` or the "
    "environment variable TFDS_DATA_DIR."
)


def ensure_prepared(builder):
    """Downloads and prepares a data set, unless that has been done before.

    Archives that the user has placed in `downloads/manual` of the data
    folder, under their ordinary names, are taken instead of a download.

    Args:
        builder: `tfds.core.DatasetBuilder`.

    Raises:
        ConnectionError: if there is something to download, and a host cannot
            be reached.
        OSError: if there is not enough room, what is placed by hand is not
            there or not the right file, or the preparation fails.
        ValueError: if a package is missing that the preparation needs.
    """
    if is_prepared(builder):
        return
    _check_packages(builder)
    with quiet():
        archives, by_hand = list_archives(builder)
    missing = [
        archive
        for archive in archives
        if not (archive.is_downloaded or archive.is_placed)
    ]
    _check_placed(builder, archives, by_hand)
    _announce(builder, missing)
    _check_disk(builder, archives, missing)
    _check_network(builder, missing)
    with (
        naming_packages(set_name(builder)),
        _explained(builder, missing),
        _cleaned(builder),
        quiet(),
    ):
        import tensorflow_datasets as tfds

        builder.download_and_prepare(
            download_config=tfds.download.DownloadConfig(try_download_gcs=False)
        )
    if not is_prepared(builder):
        raise OSError(
            "This folder holds only a part of a data set. Delete it, and run "
            f"this again. Received: folder={str(builder.data_dir)!r}"
        )


def _check_packages(builder):
    """Refuses early what would fail after hours of downloading."""
    source = ""
    with contextlib.suppress(OSError, TypeError):  # written in a notebook
        source = inspect.getsource(inspect.getmodule(type(builder)))
    needed = set(re.findall(r"lazy_imports\.(\w+)", source))
    for package in sorted({"importlib_resources", *needed}):
        module = "PIL" if package == "PIL_Image" else package
        if importlib.util.find_spec(module) is None:
            raise missing_package(package, set_name(builder))


def _check_placed(builder, archives, by_hand):
    """Looks at what the user has placed by hand; hashing comes later."""
    folder = manual_folder(builder)
    if by_hand and not (folder.is_dir() and any(folder.iterdir())):
        raise FileNotFoundError(
            "This data set cannot be downloaded by a program. Place its files "
            f"by hand in {folder}, as tensorflow-datasets says: "
            f"{_instructions(builder)} Received: source={set_name(builder)!r}"
        )
    for archive in archives:
        size = archive.place.stat().st_size if archive.is_placed else None
        if size not in (None, archive.size):
            raise OSError(
                f"This is not the whole file {archive.url}, which has "
                f"{archive.size:,} bytes. Download it again, or take it away "
                f"from there. Received: {archive.place} of {size:,} bytes"
            )


def _announce(builder, missing):
    name, folder = set_name(builder), downloads_folder(builder)
    if not missing:
        _logger.info(
            "tensorflow-datasets prepares %s in %s, without a download",
            name,
            builder.data_dir,
        )
        return
    _logger.info(
        "tensorflow-datasets downloads %s: %s to %s. Licence: %s",
        name,
        total_size(missing),
        folder,
        licence(builder) or "none stated, look at " + builder.info.homepage,
    )


def _check_disk(builder, archives, missing):
    """Wants room for the archives, and for as much again: the records."""
    needed = sum(a.size or 0 for a in missing) + sum(
        a.size or 0 for a in archives
    )
    folder = downloads_folder(builder)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(
            f"{needed / 1e9:,.1f} GB are needed for this data set, half of "
            f"them for its archives, and {free / 1e9:,.1f} GB are free. "
            f"{_OTHER_FOLDER} "
            f"Received: data_dir={str(builder.data_dir_root)!r}",
        )


def _check_network(builder, missing):
    hosts = unreachable_hosts(archive.url for archive in missing)
    if hosts:
        raise ConnectionError(
            f"{' and '.join(hosts)} cannot be reached to download this data "
            f"set. {how_by_hand(builder, missing)} "
            f"Received: source={set_name(builder)!r}"
        )
    on_drive = any("//drive.google.com/" in a.url for a in missing)
    if on_drive and importlib.util.find_spec("bs4") is None:
        # It asks whether one is sure, and tensorflow-datasets says yes.
        raise missing_package("bs4", set_name(builder))


@contextlib.contextmanager
def _explained(builder, missing):
    """Turns whatever a builder raises into a sentence that helps."""
    try:
        yield
    except ImportError:
        raise
    except Exception as error:
        if is_prepared(builder):  # by another process, meanwhile
            builder.info.read_from_directory(builder.data_dir)
            return
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            advice = _OTHER_FOLDER
        elif builder.MANUAL_DOWNLOAD_INSTRUCTIONS:
            advice = f"It wants this: {_instructions(builder)}"
        elif missing:
            advice = how_by_hand(builder, missing)
        else:
            advice = (
                f"If an archive in {downloads_folder(builder)} is damaged, "
                "delete it, and run this again."
            )
        raise OSError(
            "tensorflow-datasets could not prepare this data set "
            f"({_reason(error)}). {advice} "
            f"Received: source={set_name(builder)!r}"
        ) from error


@contextlib.contextmanager
def _cleaned(builder):
    """Removes downloads and extractions that came to nothing."""

    def halves():
        folder = downloads_folder(builder)
        return {
            *folder.glob("*/*.tmp.*"),
            *folder.glob("extracted/incomplete.*"),
        }

    before = halves()
    try:
        yield
    except BaseException:  # also when the user has had enough
        for path in halves() - before:
            shutil.rmtree(path, ignore_errors=True)
        raise


def _reason(error):
    from tensorflow_datasets.core.download import download_manager

    if isinstance(error, download_manager.NonMatchingChecksumError):
        where = str(error).splitlines()[0].removesuffix(":")
        return f"{where}: it is not the file it should be"
    return one_line(error)


def _instructions(builder):
    """What the builder's author wants placed by hand, in one line."""
    words = " ".join(builder.MANUAL_DOWNLOAD_INSTRUCTIONS.split())
    return words if words.endswith(".") else f"{words}."
