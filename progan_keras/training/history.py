"""The records of a run so far, as advice looks at them."""

import math

TICKS = 3  # that a symptom must last
MEMORY = 5  # ticks in which growth is looked for


class History:
    """What was recorded up to a tick.

    A run that was taken up again may have recorded some ticks twice.

    Args:
        records: List of dicts as `RunFolder.records` gives them, the last one
            of the tick.

    Attributes:
        now: Record of this tick.
        ticks: Records of all ticks up to this one, it included.
        grown: Those of them at the present resolution.
        stage: Those of these in the present stage.
        scores: Dict of the newest measurement at this resolution, by metric.
    """

    def __init__(self, records):
        self.now = now = records[-1]
        before = [r for r in records[:-1] if r["kimg"] < now["kimg"]]
        self.ticks = [r for r in before if "tick" in r] + [now]
        self.grown = [r for r in self.ticks if _same("resolution", r, now)]
        self.stage = [r for r in self.grown if _same("fade_in", r, now)]
        self.scores = {}
        for record in records:
            if "metrics" in record and _same("resolution", record, now):
                self.scores = record["metrics"]

    def last(self, function):
        """Return values of the last ticks at this resolution, newest last.

        Args:
            function: From a record to a float.

        Returns:
            List of as many floats as ticks that a symptom must last. Empty
            while there are fewer, and where something was not measured.
        """
        try:
            values = [function(record) for record in self.grown[-TICKS:]]
        except KeyError:
            return []
        return values if len(values) == TICKS else []

    def warned(self):
        """Return the warnings that were given in this stage."""
        return [w for record in self.stage for w in record.get("warnings", ())]

    def not_finite(self):
        """Yield ("d_loss", nan) and the like, of this tick's numbers."""
        for name, value in _numbers(self.now):
            if not math.isfinite(value):
                yield name, value

    def growth(self, kind):
        """Yield how the layers changed over the last ticks.

        Args:
            kind: "weights" or "activations".

        Yields:
            Tuples (family, layer, RMS then, RMS now) of layers that there
            were then.
        """
        then = self.grown[-MEMORY:][0].get("rms", {})
        for family, kinds in self.now.get("rms", {}).items():
            old = then.get(family, {}).get(kind, {})
            for layer, new in kinds[kind].items():
                if layer in old:
                    yield family, layer, old[layer], new


def _same(key, record, other):
    return record[key] == other[key]


def _numbers(record, path=""):
    """Yield (name, float) from dicts in dicts."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _numbers(value, f"{path}{key}/")
        elif isinstance(value, float):
            yield f"{path}{key}", value
