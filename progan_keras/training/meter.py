"""Means over the steps of a tick."""

import time


class Meter:
    """Sums up the logs of training steps, where they are, until read.

    Nothing is fetched from the device between two readings.

    Args:
        images_seen: Integer, the clock when the meter starts.
    """

    def __init__(self, images_seen):
        self._first = images_seen
        self._started = time.perf_counter()
        self._sums, self._steps = {}, 0

    def add(self, logs):
        """Add the logs of one step: a dict of scalar tensors."""
        for name, value in logs.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._steps += 1

    def read(self, images_seen):
        """Return the means as floats, and "s_per_kimg".

        Args:
            images_seen: Integer, the clock now.
        """
        means = {k: float(v) / self._steps for k, v in self._sums.items()}
        kimg = (images_seen - self._first) / 1000
        return {**means, "s_per_kimg": self._seconds() / kimg}

    def to_dict(self):
        """Return what was added so far, a dict for JSON."""
        return {
            "first": self._first,
            "seconds": self._seconds(),
            "steps": self._steps,
            "sums": {name: float(value) for name, value in self._sums.items()},
        }

    @classmethod
    def from_dict(cls, state, images_seen):
        """Return a meter that goes on from `to_dict`.

        Args:
            state: What `to_dict` returned, or None for an empty one.
            images_seen: Integer, the clock where an empty one starts.
        """
        meter = cls(images_seen)
        if state:
            meter._first, meter._steps = state["first"], state["steps"]
            meter._started -= state["seconds"]
            meter._sums = dict(state["sums"])
        return meter

    def _seconds(self):
        return time.perf_counter() - self._started
