"""Metrics while a GAN is trained: measured, recorded, and the best kept."""

import json

import keras

from progan_keras import schemas
from progan_keras.checks import check_integer
from progan_keras.evaluation import evaluate, measures
from progan_keras.files import write_atomically
from progan_keras.metrics import features as feature_networks
from progan_keras.metrics.pictures import SMALLEST_SIDE


class Scores(keras.callbacks.Callback):
    """Measures the generator's average every so often, and at the end.

    Nothing of the training changes by it. A line goes to the run's
    `metrics.jsonl`; of the scores at the last resolution, the best one's
    networks are kept: `best/generator.keras`, all of them as `best/preset`,
    to go on from, and the scores beside them.

    Args:
        images: `ImagePyramid`.
        metrics: names, see `progan_keras.evaluate`; the first decides what
            is best.
        kimg: number, thousands of images between two measurements.
        count: int, images of each kind; `None` as for `evaluate`.
        features: as for `evaluate`.
        seed: int.

    Raises:
        ValueError: for what `evaluate` would refuse, before any training.
        OSError: if a feature network has to be downloaded, and cannot be.
    """

    def __init__(
        self,
        images,
        metrics,
        kimg,
        count=None,
        features="efficientnet_lite0",
        seed=0,
    ):
        super().__init__()
        if not kimg > 0:
            raise ValueError(
                "Measurements are some thousands of images apart. Received: "
                f"metrics_kimg={kimg!r}"
            )
        self._measured = measures.get(metrics)
        self._images, self._every = images, max(1, round(1000 * kimg))
        self._settings = {
            "metrics": list(self._measured),
            "count": measures.check_count(count, len(images), self._measured),
            "features": None,
            "seed": check_integer(seed, "seed", least=0),
        }
        if any(m.uses_features for m in self._measured.values()):
            self._settings["features"] = feature_networks.get(features)
        self._run = self._due = None

    def attach(self, run, total_kimg, say=print):
        """Say where to write, and when the training ends.

        Args:
            run: `RunFolder`.
            total_kimg: float.
            say: function that shows a line to the user.
        """
        self._run, self._total_kimg, self._say = run, total_kimg, say

    def on_train_begin(self, logs=None):
        """Take up where the run stood: at its last tick."""
        ticks = [r["kimg"] for r in self._run.records() if "tick" in r]
        self._due = self._next(max(ticks, default=0))

    def on_epoch_end(self, epoch, logs=None):
        """Measure, if it is time to."""
        kimg = logs["kimg"]
        ended = kimg >= self._total_kimg
        if round(1000 * kimg) < self._due and not ended:
            return
        self._due = self._next(kimg)
        if self.model.stage.resolution < SMALLEST_SIDE:
            return
        scores = evaluate(
            self.model,
            self._images,
            **self._settings,
        )
        record_scores(self._run, kimg, scores)
        line = "          " + _one_line(scores)
        self._say(line)
        self._run.log(line)
        if self.model.stage.resolution == self.model.config.resolution:
            self._keep_best(kimg, scores)

    def _next(self, kimg):
        """Images after which to measure again."""
        return (round(1000 * kimg) // self._every + 1) * self._every

    def _keep_best(self, kimg, scores):
        """Keep the generator, unless there was a better one."""
        measure = next(iter(self._measured.values()))
        name = next(iter(scores))
        path = self._run.path / "best" / "scores.json"
        if path.exists():
            best = schemas.read(path, schemas.SCORES)["scores"]
            if name in best and not _better(measure, scores[name], best[name]):
                return
        self.model.export(
            path.with_name("generator.keras"), format="keras", overwrite=True
        )
        self.model.save_preset(path.with_name("preset"), overwrite=True)
        text = json.dumps({"kimg": kimg, "scores": scores}, indent=2)
        write_atomically(text.encode() + b"\n", path)


def record_scores(run, kimg, scores):
    """Add a line to a run's `metrics.jsonl`.

    Args:
        run: `RunFolder`.
        kimg: float, when in the training.
        scores: dict, what `evaluate` returned.
    """
    resolution = next(iter(scores.values()))["resolution"]
    line = {"kimg": kimg, "resolution": resolution, "metrics": scores}
    run.append(line)


def _better(measure, new, old):
    """Whether a score is better than another of the same metric."""
    if measure.better == "higher":
        return new["value"] > old["value"]
    if measure.better == "lower":
        return new["value"] < old["value"]
    reals = new["floor"] or 0.0
    return abs(new["value"] - reals) < abs(old["value"] - reals)


def _one_line(scores):
    return "  ".join(
        f"{name} {score['value']:.4g}"
        + (
            f" (reals {score['floor']:.4g})"
            if score["floor"] is not None
            else ""
        )
        for name, score in scores.items()
    )
