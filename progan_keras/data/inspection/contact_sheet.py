"""A picture of a data set: examples as trained on, and the odd ones out."""

import itertools
import math

from PIL import Image, ImageDraw, ImageFont

from progan_keras.data.decode import decode_all
from progan_keras.data.fit import SHAPES, Fit
from progan_keras.data.inspection.duplicates import pixel_digest
from progan_keras.data.inspection.strips import COLUMNS, choose_strips, legible

_SMALL_TILE, _LARGE_TILE = 64, 128
# What is cut away keeps so much of its colour.
_PALE = 0.3


def draw_contact_sheet(source, fit, found, classes):
    """Chooses pictures, reads them again and draws them.

    Args:
        source: `Source`.
        fit: `Fit` that is planned.
        found: `Survey` of the source with this fit.
        classes: `Labels` of the images that can be used, or `None`.

    Returns:
        `PIL.Image.Image` of mode "RGB".

    Raises:
        ValueError: if the images are no longer those that were surveyed,
            in whatever order.
    """
    side = fit.resolution
    heading = (
        f"{legible(source.name, 'images')}: {len(found.names):,} images, as "
        f"trained on at {side}x{side} ({fit.shape})"
    )
    strips = choose_strips(found, fit.shape, classes)
    tile = _SMALL_TILE if side <= _SMALL_TILE else _LARGE_TILE
    rows = list({row for strip in strips for row in strip.rows})
    views = _look_again(source, found, rows, _View(fit, tile))
    return _Page(tile).draw(heading, strips, views)


def _look_again(source, found, rows, view):
    """Reads some pictures again.

    Args:
        source: `Source`.
        found: `Survey` of it.
        rows: list of int, rows of the survey.
        view: `_View`.

    Returns:
        Dict from rows to `(fitted, whole)`, both `PIL.Image.Image`.
    """
    wanted = {row: int(found.digests[row]) for row in rows}
    numbers = set(found.indices[rows].tolist())
    records = itertools.islice(source.records(), max(numbers, default=-1) + 1)
    chosen = (r for number, r in enumerate(records) if number in numbers)
    seen = _find(chosen, set(wanted.values()), view)
    if missing := set(wanted.values()) - seen.keys():
        # A shuffled dataset comes in another order at each pass.
        seen |= _find(source.records(), missing, view)
    if not seen.keys() >= set(wanted.values()):
        raise ValueError(
            "The images are no longer those that were inspected. Inspect them "
            "again while nothing changes them, without random changes if they "
            f"are a tf.data.Dataset. Received: {source.description}"
        )
    return {row: seen[digest] for row, digest in wanted.items()}


def _find(records, digests, view):
    """Returns a dict from digests to views of pictures that have them."""

    def look(image):
        digest = pixel_digest(image)
        return (digest, view(image)) if digest in digests else None

    looks = decode_all(records, look)
    return dict(look for _, look, _ in looks if look is not None)


class _View:
    """What is shown of a picture; called on several threads."""

    def __init__(self, fit, tile):
        self._tile = tile
        side = min(fit.resolution, tile)
        self._fit = Fit(side, fit.num_channels, fit.shape, fit.background)
        self._pad = Fit(tile, 3, "pad", "white")

    def __call__(self, image):
        """Returns what is trained on, and what is cut away."""
        return self._fitted(image), self._whole(image)

    def _fitted(self, image):
        """Shows what is trained on, its pixels visible as squares."""
        pixels = self._fit(image)
        # Pillow wants grey pictures without their channel axis.
        grey = pixels.shape[-1] == 1
        fitted = Image.fromarray(pixels[..., 0] if grey else pixels)
        if fitted.mode == "RGBA":
            white = Image.new("RGBA", fitted.size, "white")
            fitted = Image.alpha_composite(white, fitted)
        size = (self._tile, self._tile)
        return fitted.convert("RGB").resize(size, Image.Resampling.NEAREST)

    def _whole(self, image):
        """Shows the whole picture, pale where the fit cuts it away."""
        tile = self._tile
        box, _ = SHAPES[self._fit.shape](*image.size, tile)
        _, size = SHAPES["pad"](*image.size, tile)
        scale = tile / max(image.size)
        left, top = ((tile - length) // 2 for length in size)
        kept = (
            left + math.floor(box[0] * scale),
            top + math.floor(box[1] * scale),
            left + math.ceil(box[2] * scale),
            top + math.ceil(box[3] * scale),
        )
        whole = Image.fromarray(self._pad(image))
        white = Image.new("RGB", whole.size, "white")
        pale = Image.blend(white, whole, _PALE)
        pale.paste(whole.crop(kept), kept)
        return pale


class _Page:
    """Draws strips below each other, on white.

    Args:
        tile: int, side of a picture in pixels; all else grows with it.
    """

    def __init__(self, tile):
        self._tile = tile
        self._gap = tile // 16
        self._margin = 12
        heading, title, caption = (22, 15, 11) if tile < 128 else (32, 23, 15)
        self._heading = ImageFont.load_default(heading)
        self._title = ImageFont.load_default(title)
        self._caption = ImageFont.load_default(caption)
        self._width = COLUMNS * (tile + self._gap) - self._gap

    def draw(self, heading, strips, views):
        """Draws a heading, then the strips.

        Args:
            heading: str.
            strips: list of `Strip`.
            views: dict from their rows to `(fitted, whole)`.

        Returns:
            `PIL.Image.Image` of mode "RGB".
        """
        top = self._margin + 2 * self._heading.size
        height = top + sum(map(self._height, strips))
        size = (self._width + 2 * self._margin, math.ceil(height))
        sheet = Image.new("RGB", size, "white")
        where = (self._margin, self._margin)
        self._write(sheet, where, heading, self._heading, self._width)
        for strip in strips:
            where = (self._margin, top)
            self._write(sheet, where, strip.title, self._title, self._width)
            self._draw_pictures(sheet, strip, views, top + self._title_height)
            top += self._height(strip)
        return sheet

    def _draw_pictures(self, sheet, strip, views, top):
        for place, row in enumerate(strip.rows):
            line, column = divmod(place, COLUMNS)
            left = self._margin + column * (self._tile + self._gap)
            y = top + line * self._line_height(strip)
            second = strip.pairs and column % 2
            # The second of a pair stands closer, its caption below the first.
            x = left - (self._gap - 1) * second
            sheet.paste(views[row][strip.whole], (x, y))
            if strip.captions:
                x = left - (self._tile + self._gap) * second
                y += self._tile + self._caption_height * second
                room = self._tile * (1 + strip.pairs)
                caption = strip.captions[place]
                self._write(sheet, (x, y), caption, self._caption, room)

    @property
    def _title_height(self):
        return math.ceil(1.4 * self._title.size)

    @property
    def _caption_height(self):
        return math.ceil(1.3 * self._caption.size)

    def _line_height(self, strip):
        lines = (1 + strip.pairs) * bool(strip.captions)
        return self._tile + self._gap + lines * self._caption_height

    def _height(self, strip):
        """Returns the height of a strip with the space below it."""
        lines = math.ceil(len(strip.rows) / COLUMNS)
        space = self._title.size
        return self._title_height + lines * self._line_height(strip) + space

    def _write(self, sheet, where, text, font, room):
        """Writes a text, without its middle if there is no room for it."""
        kept, shown = len(text), text
        while font.getlength(shown) > room:
            kept -= 1
            shown = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        ImageDraw.Draw(sheet).text(where, shown, "black", font)
