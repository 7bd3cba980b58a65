"""One pass over a source: decode, fit, write the pyramid and the labels."""

import logging
import shutil
import time

from progan_keras.checks import resolutions_up_to
from progan_keras.data.atomic_folder import new_folder
from progan_keras.data.pyramid import ImagePyramid
from progan_keras.data.pyramid_writer import PyramidWriter
from progan_keras.data.reader import Reader, read_headers, refuse

_logger = logging.getLogger("progan_keras")


def prepare(source, folder, fit, skip_broken=False):
    """Writes the pyramid of a source, and says so: it may take minutes.

    Whatever interrupts it, `folder` is complete afterwards or absent.

    Args:
        source: `Source`; it is only read.
        folder: `pathlib.Path` of the folder to create. If another process
            creates it meanwhile, that one is used.
        fit: `Fit`, how pictures become squares.
        skip_broken: bool, whether to leave out images that cannot be read,
            with a warning, rather than to stop. `pyramid.json` lists them
            with their reasons as "skipped".

    Returns:
        `ImagePyramid`.

    Raises:
        ValueError: naming the images that cannot be read, if any, or if there
            are none that can.
        OSError: if the folder cannot be written.
    """
    source.fetch()
    if source.headers_are_quick and not skip_broken:
        _, count, broken = read_headers(source)
        refuse(broken, count, source)
    reader = Reader(source, fit, skip_broken)
    start = time.perf_counter()
    try:
        _announce(source, folder, fit)
        with new_folder(folder) as hidden:
            with PyramidWriter(
                hidden, fit.resolution, fit.num_channels
            ) as writer:
                for images in reader.chunks():
                    writer.append(images)
            labels, unusable = reader.labels()
            writer.describe(
                labels,
                name=source.name,
                source=source.description,
                licence=source.licence,
                mirror=source.mirror,
                fit=fit.shape,
                background=fit.background,
                smallest_side=reader.smallest_side,
                skipped=reader.skipped,
                default_field=source.default_field,
                unusable_labels=unusable,
            )
    except OSError as error:
        if error is reader.error:  # nothing is wrong with the cache
            raise
        raise OSError(
            "The prepared images cannot be written "
            f"({error.strerror or error}). Free some space, or choose another "
            "folder with `cache_dir` or the environment variable "
            f"PROGAN_KERAS_CACHE. Received: cache_dir={str(folder.parent)!r}"
        ) from error
    seconds = time.perf_counter() - start
    _logger.info(
        "Prepared %s images in %.1f s (%.0f images/s)",
        f"{writer.count:,}",
        seconds,
        writer.count / seconds,
    )
    return ImagePyramid(folder)


def disk_bytes(count, resolution, num_channels):
    """Returns the size of a pyramid on disk, in bytes."""
    pixels = sum(r * r for r in resolutions_up_to(resolution))
    return count * pixels * num_channels


def _announce(source, folder, fit):
    """Says what it will cost, and refuses what cannot be stored."""
    count, side = source.count(), fit.resolution
    if count is None:
        _logger.info("Preparing images at %dx%d in %s", side, side, folder)
        return
    needed = disk_bytes(count, side, fit.num_channels)
    _logger.info(
        "Preparing %s images at %dx%d, %s MB, in %s",
        f"{count:,}",
        side,
        side,
        f"{needed / 1e6:,.0f}",
        folder,
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise OSError(
            f"{needed / 1e9:,.1f} GB are needed and {free / 1e9:,.1f} GB free"
        )
