"""What every kind of source has in common."""

import hashlib

from progan_keras.data.pyramid import FORMAT_VERSION

# Pixels held in memory at a time while a data set is prepared.
CHUNK_BYTES = 2**25


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
    """

    mirror = False
    max_resolution = None

    def __init__(self, name, description, num_channels):
        self.name = name
        self.description = description
        self.num_channels = num_channels

    def __len__(self):
        raise NotImplementedError

    def key(self):
        """Returns 12 hex digits that change when the images change."""
        raise NotImplementedError

    def smallest_side(self):
        """Returns the smallest width or height of all images, in pixels."""
        raise NotImplementedError

    def chunks(self, resolution, num_channels):
        """Yields uint8 arrays `[n, resolution, resolution, num_channels]`."""
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


def hash_key(*parts):
    """Returns 12 hex digits of a SHA-256 over texts or buffers."""
    digest = hashlib.sha256(f"format {FORMAT_VERSION}".encode())
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % memoryview(data).nbytes)
        digest.update(data)
    return digest.hexdigest()[:12]


def file_key(path):
    """Returns a key from a file's name, size and modification time."""
    stat = path.stat()
    return hash_key("file", f"{path.name} {stat.st_size} {stat.st_mtime_ns}")


def unknown_field(description, field, known=()):
    """Returns the error that a source has no labels of this name.

    Args:
        description: str, where the images come from.
        field: str, what was asked for.
        known: iterable of str, the names of the labels there are.
    """
    names = ", ".join(known) or "none with a name"
    return ValueError(
        f"There are no labels of this name in {description}. It has {names}; "
        "labels of your own are passed as an array of numbers or strings. "
        f"Received: labels={field!r}"
    )


def images_per_chunk(bytes_per_image):
    """Returns how many images are held in memory at a time."""
    return max(16, CHUNK_BYTES // bytes_per_image)


def upscaling_message(num_small, num_all, smallest_side, resolution):
    """Returns the warning that some images have to be enlarged."""
    return (
        f"{num_small:,} of {num_all:,} images are smaller than "
        f"{resolution}x{resolution} (the smallest side is {smallest_side}) "
        "and are enlarged, which adds no detail. A lower `resolution` avoids "
        "it."
    )
