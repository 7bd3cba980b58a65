"""Which images of a data set show the same.

Exact duplicates have the same decoded pixels, whatever their files look like.

Near duplicates look the same at a glance: a copy that was compressed again,
resized or made a little brighter. Every image, stretched to a square, becomes
8x8 cells of average colour, and two images are near if none of the cells
differs by more than a tolerance in red, green or blue. The tolerance is a
sixth of the range from the darkest to the brightest value of the image with
the smaller range, at least 2 and at most 16 of 255: flat images are near only
if their colour is the same. Mirrored images are no duplicates.
"""

import hashlib

import numpy as np

# Side of the thumbnails that are compared.
CELLS = 8

_SHARE_OF_RANGE = 6
_LEAST_TOLERANCE = 2
_MOST_TOLERANCE = 16

# Images that are compared with each other one by one.
_BLOCK = 128
# Rows that decide how a larger set is divided.
_SAMPLE = 1000


def pixel_digest(image):
    """Returns a number that stands for size and pixels of a picture.

    Two different pictures in a million share it once in 40 million data sets.

    Args:
        image: decoded `PIL.Image.Image`.

    Returns:
        int of 64 bits, the same for a palette or grey image and its RGB twin.
    """
    # Eight bits are compared in one mode; `convert` would clip any others.
    if not image.mode.startswith(("I", "F")):
        image = image.convert("RGBA")
    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"{image.mode} {image.size} ".encode())
    digest.update(image.tobytes())
    return int.from_bytes(digest.digest(), "little")


def is_transparent(image):
    """Returns whether anything can be seen through a picture."""
    if not image.has_transparency_data:
        return False
    return image.convert("RGBA").getchannel("A").getextrema()[0] < 255


def exact_duplicates(digests):
    """Groups images with the same pixels.

    Args:
        digests: uint64 array `[N]`, see `pixel_digest`.

    Returns:
        List of int arrays, the numbers of images that are all the same,
        ascending; groups in the order of their first image.
    """
    order = np.argsort(digests, kind="stable")
    starts = np.flatnonzero(np.diff(digests[order])) + 1
    groups = [group for group in np.split(order, starts) if len(group) > 1]
    return sorted(groups, key=lambda group: group[0])


def near_duplicates(thumbnails):
    """Groups images that look the same at a glance.

    Each group is an image and all later ones that are near it and belong to
    no earlier group. So if all but the first of every group are removed, no
    two that are left are near.

    Args:
        thumbnails: uint8 array `[N, 8, 8, 3]`.

    Returns:
        List of int arrays, as `exact_duplicates`.
    """
    cells = thumbnails.reshape(-1, CELLS * CELLS * 3)
    tolerance = np.ptp(cells, axis=1) // _SHARE_OF_RANGE
    tolerance = tolerance.clip(_LEAST_TOLERANCE, _MOST_TOLERANCE)
    blocks_of = [[] for _ in cells]
    for block in _blocks(cells):
        for member in block:
            blocks_of[member].append(block)
    groups, taken = [], np.zeros(len(cells), bool)
    for first, blocks in enumerate(blocks_of):
        if taken[first]:
            continue
        group = [first]
        for block in blocks:
            others = block[(block > first) & ~taken[block]]
            differences = np.abs(cells[others] - cells[first].astype(np.int16))
            limit = np.minimum(tolerance[first], tolerance[others])
            near = others[differences.max(axis=1) <= limit]
            taken[near] = True
            group.extend(near)
        if len(group) > 1:
            groups.append(np.sort(group))
    return groups


def _blocks(cells):
    """Yields sets of images such that near ones share at least one.

    A set is divided by the value of one cell, near images staying together in
    the overlap of `_MOST_TOLERANCE`: an image less than half of it away from
    the border belongs to both sides.

    Args:
        cells: uint8 array `[N, 192]`.

    Yields:
        Ascending int arrays of row numbers.
    """
    waiting = [np.arange(len(cells))]
    while waiting:
        members = waiting.pop()
        if len(members) > _BLOCK:
            sides = _divide(cells, members)
            if max(map(len, sides)) < len(members):
                waiting += sides
                continue
        yield members


def _divide(cells, members):
    """Divides a set of images at the cell and value that separate best."""
    sample = cells[members[:: 1 + len(members) // _SAMPLE]].astype(np.int16)
    border = sample.mean(axis=0)
    half = _MOST_TOLERANCE / 2
    below = (sample <= border + half).mean(axis=0)
    above = (sample >= border - half).mean(axis=0)
    best = np.argmin(below**2 + above**2)
    values = cells[members, best]
    return [
        members[values <= border[best] + half],
        members[values >= border[best] - half],
    ]
