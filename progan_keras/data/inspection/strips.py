"""Which images a contact sheet shows, and what it calls them."""

import unicodedata
from dataclasses import dataclass, field

import numpy as np

from progan_keras.data.inspection.text import percent

COLUMNS = 12
_ROWS = 8  # of examples
_CLASSES = 12
# A share of the area that nobody would miss.
_LITTLE = 0.02


@dataclass
class Strip:
    """Pictures under one title.

    Attributes:
        title: str.
        rows: list of int, rows of the survey.
        captions: list of str, one for each picture, or empty.
        whole: bool, whether to show the whole picture, with what is cut away
            in pale colours, rather than what training sees.
        pairs: bool, whether two and two belong together; their captions
            then stand below each other.
    """

    title: str
    rows: list = field(default_factory=list)
    captions: list = field(default_factory=list)
    whole: bool = False
    pairs: bool = False


def choose_strips(found, shape, classes):
    """Chooses examples, and the odd ones out.

    Args:
        found: `Survey`.
        shape: str, one of `SHAPES`.
        classes: `Labels` of the images that can be used, or `None`.

    Returns:
        List of `Strip`, without empty ones.
    """
    if not found.names:
        return []
    return [
        *_examples(len(found.names), classes),
        *_most_changed(found, shape),
        *_smallest(found),
        *_duplicates(found),
    ]


def _examples(count, classes):
    """Returns strips of examples, chosen evenly, class by class."""
    if classes is None:
        rows = _evenly(np.arange(count), COLUMNS * _ROWS)
        return [Strip("Examples, evenly chosen", rows)]
    names = classes.class_names
    lines = max(1, _ROWS // len(names))
    strips = []
    for number, name in enumerate(names[:_CLASSES]):
        members = np.flatnonzero(classes.indices == number)
        title = f"{legible(name, f'class {number}')} ({len(members):,})"
        strips.append(Strip(title, _evenly(members, COLUMNS * lines)))
    if len(names) > _CLASSES:
        strips.append(Strip(f"and {len(names) - _CLASSES:,} more classes"))
    return strips


def _most_changed(found, shape):
    """Returns the strip of images that the fit spoils most."""
    title = {
        "crop": "Cropping takes most from these: pale parts are cut away",
        "celeba_128": "Pale parts are cut away",
        "pad": "Padding adds most to these",
        "stretch": "Stretching squeezes these most",
    }[shape]
    shares = found.shares(shape)
    rows = np.argsort(-shares, kind="stable")[:COLUMNS]
    rows = [int(row) for row in rows if shares[row] > _LITTLE]
    captions = [percent(shares[row]) for row in rows]
    whole = shape in ("crop", "celeba_128")
    return [Strip(title, rows, captions, whole)] if rows else []


def _smallest(found):
    """Returns the strip of the smallest images, if sizes differ."""
    sides = found.sizes.min(axis=1)
    if sides.min() == sides.max():
        return []
    rows = np.argsort(sides, kind="stable")[:COLUMNS].tolist()
    captions = ["{}x{}".format(*found.sizes[row]) for row in rows]
    return [Strip("The smallest", rows, captions)]


def _duplicates(found):
    """Returns strips of the first two of some groups of duplicates."""
    strips = []
    for title, groups in (
        ("The same pixels twice", found.exact),
        ("Alike at a glance", found.near),
    ):
        chosen = _evenly(np.arange(len(groups)), COLUMNS // 2)
        rows = [int(row) for number in chosen for row in groups[number][:2]]
        captions = [
            legible(found.names[row], f"image {found.indices[row]}")
            for row in rows
        ]
        if rows:
            title = f"{title} ({len(chosen):,} of {len(groups):,} groups)"
            strips.append(Strip(title, rows, captions, pairs=True))
    return strips


def _evenly(values, count):
    """Returns at most `count` of the values, evenly chosen, as a list."""
    count = min(count, len(values))
    places = np.linspace(0, len(values) - 1, count).round().astype(int)
    return [int(values[place]) for place in places]


def legible(text, otherwise):
    """Returns a text in ASCII, as Pillow's own font has no other letters.

    Accents are left out. A name mostly in another script is replaced by
    `otherwise`, a number that the printed report can be compared with.
    """
    plain = "".join(
        c
        for c in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(c)
    )
    lost = sum(not c.isascii() for c in plain)
    if 2 * lost > len(plain):
        return otherwise
    return plain.encode("ascii", "replace").decode()
