"""Features of real images, kept beside them for the next time.

They take as long as those of the generated images, and are the same each
time. They lie in the folder of the prepared data set, under the data's
fingerprint, and go when it is cleared.
"""

import hashlib
import json
import logging

import numpy as np

from progan_keras.data.array_file import UNREADABLE
from progan_keras.files import atomic_path

FOLDER = "statistics"

_logger = logging.getLogger("progan_keras")


class KeptFeatures:
    """A file of arrays that belong to a choice of real images.

    Args:
        folder: `pathlib.Path` of the prepared data set.
        key: what for JSON says which images of it, at which resolution, seen
            by which network.
    """

    def __init__(self, folder, key):
        digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]
        self._path = folder / FOLDER / f"{digest}.npz"

    def read(self):
        """Returns a dict of arrays, or `None` if there are none to use."""
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                return dict(arrays)
        except FileNotFoundError:
            return None
        except (OSError, *UNREADABLE) as error:
            _logger.warning(
                "%s is damaged (%s) and made anew.", self._path, error
            )
            return None

    def write(self, arrays):
        """Keeps arrays, unless the folder cannot be written."""
        try:
            with atomic_path(self._path) as temporary:
                np.savez(temporary, **arrays)
        except OSError as error:  # a shared data set, for instance
            _logger.info("Features are not kept for next time: %s", error)
