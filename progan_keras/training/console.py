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
        # Escape codes only where somebody sees them as such.
        self._on_terminal = verbose and sys.stdout.isatty()
        self._bar = None

    def say(self, line):
        """Print a line above the bar."""
        if not self._verbose:
            return
        clear = "\r\033[K" if self._bar else ""
        print(f"{clear}{line}", flush=True)

    def update(self, images_seen):
        """Move the bar, which starts where it is first told to be."""
        if not self._on_terminal:
            return
        if self._bar is None:
            self._first = images_seen
            self._bar = keras.utils.Progbar(
                self._total - images_seen, interval=0.5, unit_name="image"
            )
        self._bar.update(min(images_seen, self._total) - self._first)
