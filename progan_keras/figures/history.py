"""What a run recorded, as the numbers that figures are made of."""

import numpy as np

from progan_keras.schedule import Stage
from progan_keras.training.run_folder import RunFolder
from progan_keras.training.runs import find_run

# Between ticks, times the usual distance around: from there on some are
# missing.
_HOLE = 2.5


class History:
    """The records of a run, in order, without what was written twice.

    A run that went on from an older checkpoint writes some ticks again, with
    the same numbers; where they differ, the later line counts.

    Args:
        run: `RunFolder`, path of one, or path of a folder that holds runs
            (the newest is taken).

    Attributes:
        run: `RunFolder`.
        stages: List of `Stage` that the run is planned to go through.
        ticks: List of dicts by kimg. Where some are missing, an empty one
            with "kimg" alone stands for them.
        evaluations: List of dicts with "kimg", "resolution" and "metrics", by
            kimg.

    Raises:
        ValueError: if there is no run.
    """

    def __init__(self, run):
        self.run = run if isinstance(run, RunFolder) else find_run(run)
        stages = self.run.options["training"].get("stages", ())
        self.stages = [Stage(**stage) for stage in stages]
        records = [
            record
            for record in self.run.records()
            if isinstance(record, dict) and _is_number(record.get("kimg"))
        ]
        ticks = {r["kimg"]: r for r in records if "metrics" not in r}
        self.ticks = _with_holes([ticks[kimg] for kimg in sorted(ticks)])
        self.evaluations = _merged(r for r in records if "metrics" in r)

    @property
    def name(self):
        """Name of the run: that of its folder."""
        return self.run.path.resolve().name

    @property
    def resolution(self):
        """Resolution that the run grows to."""
        return self.run.options["network"]["resolution"]

    @property
    def total_kimg(self):
        """Thousands of images that the run is planned for."""
        return self.stages[-1].end / 1000 if self.stages else self.kimg

    @property
    def kimg(self):
        """Thousands of images that it has recorded."""
        recorded = [*self.ticks[-1:], *self.evaluations[-1:]]
        return max((float(line["kimg"]) for line in recorded), default=0.0)

    def stage_at(self, kimg):
        """Return the `Stage` that ends at `kimg` or is under way there."""
        for stage in self.stages:
            if 1000 * kimg <= stage.end:
                return stage
        return self.stages[-1] if self.stages else None

    def curve(self, name):
        """Return a column of the ticks.

        Args:
            name: String, such as "d_loss".

        Returns:
            Tuple of two float arrays `[N]`: kimg, and values with NaN where
            there is none, or none that is finite.
        """
        kimg = np.array([tick["kimg"] for tick in self.ticks], float)
        return kimg, np.array([number(tick.get(name)) for tick in self.ticks])

    def has(self, name):
        """Whether any tick has a finite number of that name."""
        return bool(np.isfinite(self.curve(name)[1]).any())

    def metric_names(self):
        """Return the names of all metrics, in order of appearance."""
        names = (name for line in self.evaluations for name in line["metrics"])
        return list(dict.fromkeys(names))

    def results(self, name):
        """Return the evaluations by one metric.

        Returns:
            List of tuples (kimg, resolution or None, result), by kimg.
        """
        return [
            (line["kimg"], line.get("resolution"), line["metrics"][name])
            for line in self.evaluations
            if name in line["metrics"]
        ]


def as_history(run):
    """Return a run's `History`, or the one that was given."""
    return run if isinstance(run, History) else History(run)


def number(value):
    """Return a value as a float, NaN unless it is a finite number."""
    finite = _is_number(value) and np.isfinite(value)
    return float(value) if finite else float("nan")


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _with_holes(ticks):
    """Put an empty tick where some are missing.

    A distance is a hole where it is much longer than those before and after
    it: one that stays longer is another `tick_kimg`.
    """
    distances = np.diff([tick["kimg"] for tick in ticks])
    filled = list(ticks)
    for index in reversed(range(1, len(distances) - 1)):
        around = max(distances[index - 1], distances[index + 1])
        if distances[index] > _HOLE * around:
            end = ticks[index + 1]["kimg"] - around
            filled.insert(index + 1, {"kimg": end})
    return filled


def _merged(lines):
    """One evaluation for each kimg and resolution, of all its metrics."""
    merged = {}
    for line in lines:
        key = (line["kimg"], line.get("resolution") or 0)
        old = merged.get(key, {}).get("metrics", {})
        results = {
            name: result
            for name, result in line["metrics"].items()
            if isinstance(result, dict)
        }
        merged[key] = {**line, "metrics": {**old, **results}}
    return [merged[key] for key in sorted(merged)]
