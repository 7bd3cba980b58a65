"""What every kind of source has in common."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PIL import Image

from progan_keras.data.labels import unknown_field
from progan_keras.data.pyramid_folder import FORMAT_VERSION


@dataclass(frozen=True)
class Record:
    """One image as the user has it, not decoded yet.

    Attributes:
        name: str, what a message calls the image: a path relative to the
            source, or a number.
        open: callable without arguments that returns a `PIL.Image.Image`,
            which may still be lazy as those of `PIL.Image.open` are. It is
            called on any thread, more than once, and raises `ValueError` or
            one of Pillow's errors if the image is broken.
        labels: what is known of the image, by name of the label, where this
            comes along with the images (see `Source.labels_come_with_images`).
    """

    name: str
    open: Callable[[], Image.Image]
    labels: Mapping = field(default_factory=dict)


class Source:
    """Images as the user has them, before they are prepared.

    Args:
        name: str, what the data set is called in file names and messages.
        description: str, where the images come from.
        num_channels: int, 1, 3 or 4: the channels they are prepared with
            unless the user asks for others.

    Attributes:
        mirror: bool, whether horizontal flips suit the images. Only the user
            knows this of their images; digits and texts would be ruined.
        max_resolution: int or `None`, a limit beyond which there is nothing
            to see.
        licence: str, the terms of the images, or `None` if nobody said.
        default_field: str, the labels that suit best, or `None`.
        labels_come_with_images: bool, True if the labels are in the records
            and known only when all images have been read; `labels` is then
            not called.
        headers_are_quick: bool, True if a look at the headers of all images
            takes far less time than decoding them.
    """

    mirror = False
    max_resolution = None
    licence = None
    default_field = None
    labels_come_with_images = False
    headers_are_quick = False

    def __init__(self, name, description, num_channels):
        self.name = name
        self.description = description
        self.num_channels = num_channels

    def fetch(self):
        """Brings the images to this machine, after saying what that takes.

        Most are there already. `records` does it too, where need be.

        Raises:
            ConnectionError: if they have to be downloaded, and cannot be.
        """

    def count(self):
        """Returns the number of records, or `None` if it is not known yet."""
        raise NotImplementedError

    def key(self):
        """Returns 12 hex digits that change when the images change."""
        raise NotImplementedError

    def smallest_side(self):
        """Returns the smallest width or height of all images, in pixels.

        `None` if that takes reading their headers.
        """
        return None

    def records(self):
        """Yields a `Record` for every image, in an order that never changes.

        An array behind it is read piece by piece; what is yielded must stay
        valid while some hundred later records are taken.

        Raises:
            ValueError: if the source as a whole cannot be read.
        """
        raise NotImplementedError

    def labels(self, field=None):
        """Returns the class of every image, if the source knows it.

        Must be quick: it is asked at every `load`, so no image is decoded.

        Args:
            field: str, which of several kinds of labels; `None` takes the
                one that suits best.

        Returns:
            `None` if the source has no labels, else `(labels, class_names)`
            as `encode_labels` takes them.

        Raises:
            ValueError: if the source has no labels of this name.
        """
        if field is None:
            return None
        raise unknown_field(self.description, field)

    def label_fields(self):
        """Returns the names of all labels, a tuple of str.

        `labels()` without a name takes `default_field`, if that is not
        `None`.
        """
        return ()

    def class_names(self, field):
        """Returns the names of the classes of a label, or `None`.

        Only asked of sources whose labels come with the images.
        """
        return None


def hash_key(*parts):
    """Returns 12 hex digits of a SHA-256 over texts or buffers."""
    digest = hashlib.sha256(f"format {FORMAT_VERSION}".encode())
    for part in parts:
        # Names of files need not be UTF-8.
        data = os.fsencode(part) if isinstance(part, str) else part
        digest.update(b"%d:" % memoryview(data).nbytes)
        digest.update(data)
    return digest.hexdigest()[:12]


def file_key(path):
    """Returns a key from a file's name, size and modification time."""
    stat = path.stat()
    return hash_key("file", f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
