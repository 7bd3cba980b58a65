"""The embedded data set: 2,251 emoji people and faces, 64x64 on white.

`embedded/README.md` says where they come from; `build_emoji_portraits` is
how they were made.
"""

import functools
import json
from pathlib import Path

import numpy as np
from PIL import Image

from progan_keras.data.labels import unknown_field
from progan_keras.data.sources.source import Record, Source, hash_key

NAME = "emoji_portraits"
RESOLUTION = 64
EMBEDDED_FOLDER = Path(__file__).parent / "embedded"
SHEET_FILE = "emoji_portraits_64.webp"
LABELS_FILE = "emoji_portraits.json"
# The first is what `load` takes unless told otherwise.
LABEL_FIELDS = ("category", "style", "subcategory")


class EmojiPortraits(Source):
    """The embedded set as a source; faces and people may be mirrored."""

    mirror = True
    max_resolution = RESOLUTION
    licence = "Apache-2.0 (Noto Emoji) and MIT (Fluent Emoji)"
    default_field = LABEL_FIELDS[0]

    def __init__(self):
        super().__init__(
            NAME, "embedded in progan_keras: Noto and Fluent emoji", 3
        )

    def count(self):
        """Returns 2,251."""
        return len(load_labels())

    def key(self):
        """Returns a hash of the embedded files."""
        return hash_key(
            (EMBEDDED_FOLDER / SHEET_FILE).read_bytes(),
            (EMBEDDED_FOLDER / LABELS_FILE).read_bytes(),
        )

    def smallest_side(self):
        """Returns 64."""
        return RESOLUTION

    def records(self):
        """Decodes the sheet and cuts its tiles."""
        for label, tile in zip(load_labels(), load_tiles(), strict=True):
            # Several skin tones share a short name.
            name = "{style} {short_name} {code_points}".format(**label)
            yield Record(name, functools.partial(Image.fromarray, tile))

    def label_fields(self):
        """Returns the names of the labels."""
        return LABEL_FIELDS

    def labels(self, field=None):
        """Returns one of `LABEL_FIELDS` of every image.

        Raises:
            ValueError: if it is not one of them.
        """
        field = self.default_field if field is None else field
        if field not in LABEL_FIELDS:
            raise unknown_field(repr(self.name), field, LABEL_FIELDS)
        return [label[field] for label in load_labels()], None


def load_tiles():
    """Decodes the embedded sheet.

    Returns:
        uint8 array `[2251, 64, 64, 3]`, in the order of `load_labels`.
    """
    with Image.open(EMBEDDED_FOLDER / SHEET_FILE) as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    return cut_tiles(pixels, len(load_labels()))


def load_labels():
    """Returns what is known of every image.

    Returns:
        List of 2,251 dicts with the str keys "code_points" (hexadecimal,
        joined by "-"), "style" ("noto" or "fluent"), "category" ("person" or
        "face"), "subcategory" and "short_name".
    """
    text = (EMBEDDED_FOLDER / LABELS_FILE).read_text(encoding="utf-8")
    return json.loads(text)


def cut_tiles(sheet, count):
    """Cuts a sheet into its tiles, row by row.

    Args:
        sheet: uint8 array `[rows * 64, columns * 64, 3]`.
        count: int, number of tiles; the rest of the last row is empty.

    Returns:
        uint8 array `[count, 64, 64, 3]`.
    """
    side = RESOLUTION
    rows, columns = sheet.shape[0] // side, sheet.shape[1] // side
    tiles = sheet.reshape(rows, side, columns, side, 3).swapaxes(1, 2)
    return tiles.reshape(rows * columns, side, side, 3)[:count]
