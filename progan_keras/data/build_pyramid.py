"""Writes the pyramid of a data set: every resolution, from the top down."""

import contextlib
import hashlib
import json

import numpy as np

from progan_keras.checks import resolutions_up_to
from progan_keras.data.atomic_folder import new_folder
from progan_keras.data.pyramid import (
    DESCRIPTION_FILE,
    FORMAT_VERSION,
    ImagePyramid,
)


def build_pyramid(
    folder,
    chunks,
    *,
    count,
    resolution,
    num_channels,
    name,
    source="",
    mirror=False,
    smallest_side=None,
):
    """Writes a pyramid chunk by chunk: complete at the end, or absent.

    Every lower level is the repeated 2x2 box average, in float, of the top
    level; only what is stored is rounded, so that errors do not add up.

    Args:
        folder: path of the folder to create. If another process creates it
            meanwhile, that one is used.
        chunks: iterable of uint8 arrays `[n, resolution, resolution, C]`,
            `count` images in total. Only one chunk is held in memory.
        count: int, number of images.
        resolution: int, power of two from 4 to 1024.
        num_channels: int, 1, 3 or 4.
        name: str, the data set's name.
        source: str, where the images came from.
        mirror: bool, whether horizontal flips suit the images.
        smallest_side: int, smallest side of the images before they were cut
            and reduced, kept as a note; `None` means `resolution`.

    Returns:
        `ImagePyramid`.

    Raises:
        ValueError: if a chunk has another shape or dtype, or if they do not
            add up to `count` images.
        OSError: if the folder cannot be written.
    """
    description = {
        "format_version": FORMAT_VERSION,
        "name": name,
        "count": count,
        "resolution": resolution,
        "num_channels": num_channels,
        "source": source,
        "mirror": mirror,
        "smallest_side": smallest_side or resolution,
    }
    shape = (count, resolution, resolution, num_channels)
    with new_folder(folder) as hidden:
        description["fingerprint"] = _write_levels(hidden, chunks, shape)
        text = json.dumps(description, indent=2, ensure_ascii=False)
        (hidden / DESCRIPTION_FILE).write_text(text + "\n", encoding="utf-8")
    return ImagePyramid(folder)


def halve(images):
    """Averages blocks of 2x2 pixels.

    In float32 this is exact for uint8 pixels over all levels: a sum of
    256 x 256 of them still fits the 24 bits of the mantissa.

    Args:
        images: float array `[N, H, W, C]` with even `H` and `W`.

    Returns:
        Float array `[N, H/2, W/2, C]`.
    """
    rows = images[:, 0::2] + images[:, 1::2]
    return (rows[:, :, 0::2] + rows[:, :, 1::2]) * 0.25


def _write_levels(folder, chunks, shape):
    """Writes `<r>.npy` for every level and returns the fingerprint."""
    count, resolution, _, num_channels = shape
    digest = hashlib.sha256(repr(shape).encode())
    written = 0
    with contextlib.ExitStack() as stack:
        # Plain files rather than writable memory maps: a full disk is then
        # an error that can be reported, not a crash of the process.
        files = {
            r: stack.enter_context(open(folder / f"{r}.npy", "wb"))
            for r in resolutions_up_to(resolution)
        }
        for r, file in files.items():
            header = np.lib.format.header_data_from_array_1_0(
                np.empty((0, r, r, num_channels), np.uint8)
            )
            header["shape"] = (count, r, r, num_channels)
            np.lib.format.write_array_header_1_0(file, header)
        for chunk in chunks:
            _check_chunk(chunk, shape)
            digest.update(np.ascontiguousarray(chunk))
            written += len(chunk)
            _append(files, chunk)
    if written != count:
        raise ValueError(
            f"A data set of {count} images was announced, but {written} came. "
            "Prepare it again while nothing changes the files."
        )
    return digest.hexdigest()[:16]


def _append(files, chunk):
    """Writes one chunk to the files of all levels, the largest first."""
    average = chunk
    for r, file in sorted(files.items(), reverse=True):
        if average.shape[1] != r:
            average = halve(average.astype(np.float32, copy=False))
        file.write(np.rint(average).astype(np.uint8).tobytes())


def _check_chunk(chunk, shape):
    if chunk.shape[1:] != shape[1:] or chunk.dtype != np.uint8:
        raise ValueError(
            f"Every chunk must be uint8 [n, {', '.join(map(str, shape[1:]))}]. "
            f"Received: {chunk.dtype} {list(chunk.shape)}"
        )
