"""What a run shows while it goes: lines, and a bar on a terminal."""

import sys

import keras


class Console:
    """Prints lines, and keeps a progress bar below them on a terminal.

    Args:
        total_images: Integer, where the bar ends.
        verbose: Whether to show anything at all.
    """

    def __init__(self, total_images, verbose=True):
        self._verbose = verbose
        self._total = total_images
        self._bar = None
        if verbose and sys.stdout.isatty():
            # Escape codes only where somebody sees them as such.
            self._bar = keras.utils.Progbar(
                total_images, verbose=1, interval=0.5, unit_name="image"
            )

    def say(self, line):
        """Print a line above the bar."""
        if not self._verbose:
            return
        clear = "\r\033[K" if self._bar else ""
        print(f"{clear}{line}", flush=True)

    def update(self, images_seen):
        """Move the bar."""
        if self._bar:
            self._bar.update(min(images_seen, self._total))
