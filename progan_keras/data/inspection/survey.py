"""One look at every image of a source, keeping a few numbers of each."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from PIL import ExifTags, Image
from tqdm import tqdm

from progan_keras.checks import RESOLUTIONS
from progan_keras.data.decode import decode_all
from progan_keras.data.fit import Fit
from progan_keras.data.inspection.duplicates import (
    CELLS,
    exact_duplicates,
    is_transparent,
    near_duplicates,
    pixel_digest,
)
from progan_keras.data.sources.source import Record

# Channels of a grey picture differ by so much after JPEG compression.
_GREY_TOLERANCE = 2


@dataclass(eq=False)
class Survey:
    """What one pass over a source has found.

    Attributes:
        count: int, records there are.
        broken: list of dicts with "name" and "reason", both str: images that
            cannot be read, or not with this fit.
        names: list of str, of the `N` images that can be used. All below is
            of these alone, in the same order.
        indices: int array `[N]`, their numbers in the source.
        sizes: int array `[N, 2]`, width and height after turning upright.
        digests: uint64 array `[N]`, see `pixel_digest`.
        exact: list of int arrays, groups of rows `0..N - 1` with the same
            pixels.
        near: list of int arrays, groups that look the same; of exact
            duplicates only the first takes part.
        formats: `Counter` of file formats ("JPEG"), where there are files.
        modes: `Counter` of Pillow's modes ("RGB"), as stored.
        traits: `Counter` of how many are "grey", "grey_stored_as_colour",
            "transparent", have "several_frames" or are "turned_upright"
            because of their EXIF data.
        labels: dict from the names of labels that come with the images to
            the list of their values.
    """

    count: int = 0
    broken: list = field(default_factory=list)
    names: list = field(default_factory=list)
    indices: np.ndarray = None
    sizes: np.ndarray = None
    digests: np.ndarray = None
    exact: list = field(default_factory=list)
    near: list = field(default_factory=list)
    formats: Counter = field(default_factory=Counter)
    modes: Counter = field(default_factory=Counter)
    traits: Counter = field(default_factory=Counter)
    labels: dict = field(default_factory=dict)

    def shares(self, shape):
        """Returns how much a fit takes away from the images, or adds.

        Args:
            shape: str, one of `SHAPES`.

        Returns:
            float array `[N]` in [0, 1): the share of the area that is cut
            away; for "pad" the share of the square that is background, for
            "stretch" that by which the longer side is squeezed.
        """
        width, height = self.sizes.T
        if shape == "celeba_128":
            return 1 - 128 * 128 / (width * height)
        # A square's share of its picture, or a picture's of its square.
        return 1 - np.minimum(width, height) / np.maximum(width, height)


def survey(source, shape="crop", background="white"):
    """Looks at all images, with a progress bar where there is a terminal.

    About 300 bytes are kept of an image, beside its name and labels.

    Args:
        source: `Source`.
        shape: str, one of `SHAPES`: images that do not suit it are broken.
        background: str, the colour behind transparent pixels.

    Returns:
        `Survey`.

    Raises:
        ValueError: if the source as a whole cannot be read.
    """
    found = Survey()
    indices, sizes, digests = array("q"), array("q"), array("Q")
    thumbnails = bytearray()
    progress = tqdm(
        decode_all(
            map(_noting, source.records()),
            _Measure(source.num_channels, shape, background),
        ),
        desc=f"Inspecting {source.name}",
        total=source.count(),
        unit=" images",
        disable=None,
    )
    for index, (record, measured, reason) in enumerate(progress):
        found.count += 1
        if reason is not None:
            found.broken.append({"name": record.name, "reason": reason})
            continue
        size, digest, thumbnail, traits = measured
        indices.append(index)
        sizes.extend(size)
        digests.append(digest)
        thumbnails += thumbnail.tobytes()
        found.names.append(record.name)
        _count(found, record, traits)
    found.indices = np.array(indices)
    found.sizes = np.array(sizes).reshape(-1, 2)
    found.digests = np.array(digests)
    found.exact = exact_duplicates(found.digests)
    found.near = _find_near(thumbnails, found.exact)
    return found


def _find_near(thumbnails, exact):
    """Returns groups of near duplicates among the first of exact ones."""
    thumbnails = np.frombuffer(thumbnails, np.uint8)
    thumbnails = thumbnails.reshape(-1, CELLS, CELLS, 3)
    first = np.ones(len(thumbnails), bool)
    for group in exact:
        first[group[1:]] = False
    rows = np.flatnonzero(first)
    return [rows[group] for group in near_duplicates(thumbnails[rows])]


def _count(found, record, traits):
    """Adds what one image's header, pixels and labels say."""
    header = record.open
    found.modes[header.mode] += 1
    if header.format is not None:
        found.formats[header.format] += 1
    if "grey" in traits and Image.getmodebase(header.mode) != "L":
        traits.add("grey_stored_as_colour")
    found.traits.update(traits | header.traits)
    for name, value in record.labels.items():
        found.labels.setdefault(name, []).append(value)


class _Measure:
    """Measures a decoded picture; called on several threads."""

    def __init__(self, num_channels, shape, background):
        # Refuses what preparing would refuse, whatever the resolution.
        self._fit = Fit(RESOLUTIONS[0], num_channels, shape, background)
        self._reduce = Fit(CELLS, 3, "stretch", background)

    def __call__(self, image):
        self._fit(image)
        thumbnail = self._reduce(image)
        traits = set()
        if is_transparent(image):
            traits.add("transparent")
        if np.ptp(thumbnail, axis=-1).max() <= _GREY_TOLERANCE:
            traits.add("grey")
        return image.size, pixel_digest(image), thumbnail, traits


def _noting(record):
    return Record(record.name, _Opening(record.open), record.labels)


class _Opening:
    """`Record.open` that notes what the header says.

    Decoding turns the picture upright and leaves its format behind.
    """

    def __init__(self, open_image):
        self._open = open_image
        self.format = self.mode = None
        self.traits = set()

    def __call__(self):
        image = self._open()
        self.format, self.mode = image.format, image.mode
        try:
            self._note_traits(image)
        except Exception:
            # Other frames and EXIF data may be broken where the picture is
            # not; whether it is will be seen.
            image = self._open()
        return image

    def _note_traits(self, image):
        # Phones keep a preview beside a photograph, in the format MPO.
        if image.format != "MPO" and getattr(image, "is_animated", False):
            self.traits.add("several_frames")
        if image.getexif().get(ExifTags.Base.Orientation) in range(2, 9):
            self.traits.add("turned_upright")
