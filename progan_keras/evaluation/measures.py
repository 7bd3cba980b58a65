"""What can be measured, by name.

A measure compares two sets of images and returns one result or several: dicts
with at least "value" and "error", by the name they are listed under.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from progan_keras.checks import check_integer
from progan_keras.metrics.frechet import frechet_distance
from progan_keras.metrics.inception_score import inception_score
from progan_keras.metrics.kernel import kernel_distance
from progan_keras.metrics.ms_ssim import MSSSIM
from progan_keras.metrics.nearest import duplicate_rate, pixel_vectors
from progan_keras.metrics.precision_recall import precision_recall
from progan_keras.metrics.sliced_wasserstein import SlicedWasserstein

# The paper's number for the sliced Wasserstein distance.
MOST = 16_384

_BATCH = 256


@dataclass(frozen=True)
class Measure:
    """One way to measure generated images.

    Attributes:
        function: function of `(real, fake, seed)` to a dict from names to
            results; `real` and `fake` are `ImageSet`s.
        title: str, what it is called in tables.
        better: str, "lower", "higher" or "like the reals".
        uses_features: bool, whether it looks at the images through a feature
            network, whose name its results then carry.
        all_reals: bool, whether it looks at all real images, and not at as
            many as there are generated ones. It has no floor.
        least: int, images of each kind that it needs.
    """

    function: Callable
    title: str
    better: str
    uses_features: bool = False
    all_reals: bool = False
    least: int = 2


def get(names):
    """Returns the measures of some names.

    Args:
        names: iterable of str.

    Returns:
        Dict from names to `Measure`.

    Raises:
        ValueError: for an unknown name, or none.
    """
    if isinstance(names, str):
        names = [names]
    names = list(names)
    for name in names:
        if name not in MEASURES:
            near = difflib.get_close_matches(str(name), MEASURES, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"Metrics are {', '.join(MEASURES)}.{hint} "
                f"Received: metrics={names!r}"
            )
    if not names:
        raise ValueError(
            f"Expected at least one of {', '.join(MEASURES)}. "
            "Received: metrics=[]"
        )
    return {name: MEASURES[name] for name in names}


def check_count(count, num_real, measured, num_generated=None):
    """Returns how many images of each kind are measured.

    Args:
        count: int, or `None` for half of the real ones, at most `MOST`.
        num_real: int, how many there are.
        measured: dict from names to `Measure`.
        num_generated: int, how many there are; `None` for any number.

    Raises:
        ValueError: if there are not so many, or a measure needs more.
    """
    least = max(measure.least for measure in measured.values())
    most = num_real if num_generated is None else min(num_real, num_generated)
    if count is None:
        count = min(MOST, max(num_real // 2, least), most)
    count = check_integer(count, "count", least=1)
    if not least <= count <= most:
        generated = ""
        if num_generated is not None:
            generated = f" and {num_generated:,} generated"
        raise ValueError(
            f"{', '.join(measured)} need at least {least} images of each "
            f"kind, and there are {num_real:,} real ones{generated}. "
            f"Received: count={count}"
        )
    return count


def _swd(real, fake, seed):
    metric = SlicedWasserstein(seed)
    for batch in real.batches(_BATCH):
        metric.update_real(batch)
    for batch in fake.batches(_BATCH):
        metric.update_fake(batch)
    result = metric.result()
    levels = dict(result["value"])
    return {
        "swd": {
            "value": levels.pop("mean"),
            # Other images or patches would change it by an unknown amount.
            "error": None,
            "levels": levels,
            "std_over_directions": result["std_over_directions"]["mean"],
        }
    }


def _ms_ssim(real, fake, seed):
    metric = MSSSIM()
    for batch in fake.batches(_BATCH):
        metric.update(batch)
    return {"ms_ssim": metric.result()}


def _fid(real, fake, seed):
    result = frechet_distance(real.features, fake.features)
    return {"fid": {"error": None, **result}}


def _kid(real, fake, seed):
    return {"kid": kernel_distance(real.features, fake.features, seed=seed)}


def _inception_score(real, fake, seed):
    score = inception_score(fake.logits, from_logits=True, seed=seed)
    return {"inception_score": score}


def _precision_recall(real, fake, seed):
    # By angles: by distances, blurred images, whose features are shorter,
    # were found to be more precise than sharp ones.
    result = precision_recall(real.features, fake.features, distance="angle")
    names = ("precision", "recall", "density", "coverage")
    return {
        name: {
            "value": result[name],
            "error": result.get(f"{name}_error"),
            "distance": "angle",
            "num_neighbours": result["num_neighbours"],
        }
        for name in names
    }


def _duplicates(real, fake, seed):
    vectors = [pixel_vectors(images.images) for images in (fake, real)]
    result = duplicate_rate(*vectors, seed=seed)
    del result["ratios"]  # one per image
    return {"duplicates": result}


MEASURES = {
    "swd": Measure(_swd, "sliced Wasserstein distance x 1000", "lower"),
    "ms_ssim": Measure(_ms_ssim, "MS-SSIM", "like the reals"),
    "fid": Measure(_fid, "Fréchet distance", "lower", True),
    "kid": Measure(_kid, "kernel distance", "lower", True, least=4),
    "inception_score": Measure(
        _inception_score, "inception score", "higher", True, least=10
    ),
    "precision_recall": Measure(
        _precision_recall, "precision, recall", "higher", True, least=4
    ),
    "duplicates": Measure(
        _duplicates,
        "copies of training images",
        "like the reals",
        all_reals=True,
        least=100,
    ),
}
