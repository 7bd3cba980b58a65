"""What a folder and an archive of image files have in common."""

import functools
import os
import re
import warnings
from collections import Counter

from progan_keras.data.labels import unknown_field
from progan_keras.data.pictures import open_encoded
from progan_keras.data.sources.source import Record, Source

# Compared in lower case.
SUFFIXES = (
    ".bmp",
    ".gif",
    ".jfif",
    ".jpeg",
    ".jpg",
    ".pgm",
    ".png",
    ".ppm",
    ".tif",
    ".tiff",
    ".webp",
)
# What cameras and telephones write and we cannot read. Whoever has some among
# other pictures would miss them without a word.
_CAMERA_SUFFIXES = (
    ".arw",
    ".avif",
    ".cr2",
    ".cr3",
    ".dng",
    ".heic",
    ".heif",
    ".jxl",
    ".nef",
)

# Copies and thumbnails that macOS and network drives put beside the images.
_NO_IMAGES_INSIDE = ("__MACOSX", "@eaDir", "Thumbs.db", "desktop.ini")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_KINDS_SHOWN = 3


class FilesSource(Source):
    """Image files with names, sorted by them.

    Files of other kinds, hidden ones (`.name`) and all in hidden folders are
    left out. The first level of folders that divides the images are labels,
    if every image lies in one: of "photos/cat/1.jpg" and "photos/dog/2.jpg",
    "cat" and "dog".

    Args:
        name: str, what the data set is called.
        path: `pathlib.Path` of what holds the files.
        kind: str, "folder" or "archive".
        files: iterable of str, the names of all files in it, relative to it,
            with "/" between folders.

    Attributes:
        path: as above.
        files: list of str, the sorted names of those that are images.

    Raises:
        ValueError: if there are no image files.
    """

    def __init__(self, name, path, kind, files):
        description = f"{kind} {printable(str(path))}"
        super().__init__(printable(name), description, num_channels=3)
        self.path = path
        self.files = []
        others = Counter()
        for file in files:
            if not all(map(is_visible, _split(file))):
                continue
            suffix = os.path.splitext(file)[1].lower()
            if suffix in SUFFIXES:
                self.files.append(file)
            else:
                others[suffix] += 1
        if not self.files:
            raise _no_images(path, kind, others)
        self.files.sort()
        left_out = {s: others[s] for s in _CAMERA_SUFFIXES if s in others}
        if left_out:
            warnings.warn(
                f"{_list_kinds(left_out)} in {description} cannot be read, and "
                "stay out. Convert them to JPEG or PNG to have them too.",
                stacklevel=3,
            )

    def count(self):
        """Returns the number of image files."""
        return len(self.files)

    def records(self):
        """Yields a record for every image file, by name."""
        for file in self.files:
            yield Record(printable(file), functools.partial(self._open, file))

    def labels(self, field=None):
        """Returns the name of the folder of every image, or `None`.

        Args:
            field: str, "folder" or `None`.

        Raises:
            ValueError: if another field is named, or there are no labels.
        """
        if field not in (None, *self.label_fields()):
            raise unknown_field(self.description, field, self.label_fields())
        return (self._folders, None) if self._folders else None

    def label_fields(self):
        """Returns `("folder",)` if folders divide the images."""
        return ("folder",) if self._folders else ()

    @property
    def default_field(self):
        """`"folder"` if folders divide the images, else `None`."""
        return "folder" if self._folders else None

    @functools.cached_property
    def _folders(self):
        """The folder of every image at the level that divides them."""
        folders = [_split(file)[:-1] for file in self.files]
        level = len(os.path.commonprefix(folders))
        if any(len(parts) <= level for parts in folders):
            return None
        return [printable(parts[level]) for parts in folders]

    def _open(self, file):
        return open_encoded(self._readable(file))

    def _readable(self, file):
        """Returns what `PIL.Image.open` takes, a path or a binary stream.

        Raises:
            ValueError: with the reason, in a few words, if there is no file.
        """
        raise NotImplementedError


def is_visible(part):
    """Returns whether images are looked for in what has this name."""
    hidden = part.startswith(".") and part != ".."
    return not hidden and part not in _NO_IMAGES_INSIDE


def printable(text):
    """Returns a text with escapes for what a terminal cannot show.

    Names of files may hold line breaks and bytes that are no UTF-8, which
    Python keeps as surrogates that it refuses to print.
    """
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def _split(file):
    """Returns the folders and the last part of a name, a list of str."""
    # Archives may hold "/a.png" or "./a.png", which say no more than "a.png".
    return [part for part in file.split("/") if part not in ("", ".")]


def _no_images(path, kind, others):
    found = f"; it has {_list_kinds(others)}" if others else ""
    return ValueError(
        f"There are no images in this {kind} or its subfolders{found}. "
        f"Expected files that end in {', '.join(SUFFIXES)}: convert pictures "
        f"of other kinds to JPEG or PNG. Received: source={str(path)!r}"
    )


def _list_kinds(counts):
    """Returns "12 .heic files, 1 .txt file" for a dict from suffixes."""
    most = Counter(counts).most_common(_KINDS_SHOWN)
    shown = [
        f"{count:,} {printable(suffix)[:12]} file{'s' * (count > 1)}"
        if suffix
        else f"{count:,} without a suffix"
        for suffix, count in most
    ]
    return ", ".join(shown + ["..."] * (len(counts) > len(most)))
