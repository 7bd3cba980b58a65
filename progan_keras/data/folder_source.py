"""A folder of image files as a source."""

import functools
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from progan_keras.data.pictures import fit_picture, open_picture, picture_size
from progan_keras.data.source import (
    Source,
    hash_key,
    images_per_chunk,
    upscaling_message,
)

# Compared in lower case.
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")

_NAMES_IN_MESSAGE = 10
_NUM_THREADS = min(8, os.cpu_count() or 1)


class FolderSource(Source):
    """All images in a folder and its subfolders, sorted by relative path.

    Hidden files and folders (`.name`) and files of other kinds are left out.

    Args:
        folder: `pathlib.Path` of an existing folder.

    Raises:
        ValueError: if there are no image files in the folder.
    """

    def __init__(self, folder):
        super().__init__(
            name=folder.resolve().name or "images",
            description=f"folder {folder}",
            num_channels=3,
        )
        self.folder = folder
        self.paths = find_images(folder)
        if not self.paths:
            raise ValueError(
                "There are no images in this folder or its subfolders. "
                f"Expected files that end in {', '.join(SUFFIXES)}. "
                f"Received: source={str(folder)!r}"
            )

    def __len__(self):
        return len(self.paths)

    def key(self):
        """Returns a hash of relative names, sizes and modification times."""
        lines = []
        for path in self.paths:
            stat = path.stat()
            name = path.relative_to(self.folder).as_posix()
            lines.append(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n")
        return hash_key("folder", "".join(lines).encode("utf-8", "replace"))

    def smallest_side(self):
        """Returns the smallest width or height, from the files' headers."""
        return min(self._sides)

    def chunks(self, resolution, num_channels):
        """Decodes the files, in order, on several threads.

        Raises:
            ValueError: naming the files that cannot be decoded, if any.
        """
        sides = self._sides  # names files that are no images at once
        num_small = sum(side < resolution for side in sides)
        if num_small:
            warnings.warn(
                upscaling_message(num_small, len(self), min(sides), resolution),
                stacklevel=2,
            )

        def decode(path):
            return fit_picture(open_picture(path), resolution, num_channels)

        step = images_per_chunk(resolution * resolution * num_channels)
        broken = []
        for first in range(0, len(self), step):
            pictures, reasons = self._map(
                decode, self.paths[first : first + step]
            )
            broken += reasons
            if not broken:
                yield np.stack(pictures)
        self._refuse(broken)

    def labels(self, field=None):
        """Returns the name of the subfolder of every image.

        Only the first level counts, and only if it divides the images: every
        image lies in a subfolder, and there are at least two.

        Raises:
            ValueError: if a field is named.
        """
        if field is not None:
            return super().labels(field)
        inside = [path.relative_to(self.folder).parts for path in self.paths]
        names = [parts[0] for parts in inside if len(parts) > 1]
        if len(names) < len(inside) or len(set(names)) < 2:
            return None
        return names, None

    @functools.cached_property
    def _sides(self):
        """The smaller side of every image."""
        sizes, broken = self._map(picture_size, self.paths)
        self._refuse(broken)
        return [min(size) for size in sizes]

    def _map(self, function, paths):
        """Applies a function to files; returns results and complaints."""

        def attempt(path):
            try:
                return function(path), None
            except ValueError as error:
                name = path.relative_to(self.folder).as_posix()
                return None, f"{name} ({error})"

        with ThreadPoolExecutor(_NUM_THREADS) as pool:
            results = list(pool.map(attempt, paths))
        good = [value for value, complaint in results if complaint is None]
        return good, [complaint for _, complaint in results if complaint]

    def _refuse(self, broken):
        """Raises an error that names the broken files, if there are any."""
        if not broken:
            return
        named = "; ".join(broken[:_NAMES_IN_MESSAGE])
        if len(broken) > _NAMES_IN_MESSAGE:
            named += f"; and {len(broken) - _NAMES_IN_MESSAGE} more"
        raise ValueError(
            f"{len(broken):,} of {len(self):,} files cannot be read as "
            f"images: {named}. Repair or remove them. "
            f"Received: source={str(self.folder)!r}"
        )


def find_images(folder):
    """Returns the paths of all images below a folder, in a fixed order.

    Args:
        folder: `pathlib.Path`.

    Returns:
        List of `pathlib.Path`, sorted by their path relative to `folder`.
    """
    paths = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [
            Path(parent, name)
            for name in files
            if not name.startswith(".")
            and os.path.splitext(name)[1].lower() in SUFFIXES
        ]
    paths = [path for path in paths if path.is_file()]
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())
