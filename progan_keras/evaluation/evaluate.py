"""`evaluate`: measures a GAN, or generated images, beside real ones."""

import tempfile
import warnings
from pathlib import Path

import numpy as np

from progan_keras.checks import check_integer
from progan_keras.evaluation import measures
from progan_keras.evaluation.generated import generated_images, is_gan
from progan_keras.evaluation.reals import Reals
from progan_keras.metrics import features as feature_networks
from progan_keras.metrics.frechet import SmallSampleWarning


def evaluate(
    generated,
    images,
    metrics=("swd", "ms_ssim"),
    count=None,
    seed=0,
    features="efficientnet_lite0",
    resolution=None,
):
    """Measures generated images against real ones.

    Everything is also measured between real images and other real ones: the
    floor, which no GAN should be expected to beat.

    Args:
        generated: `ProGAN`, whose average generates, for each class as often
            as it occurs in the data; or uint8 `[N, H, W, C]`, of which the
            first `count` are taken.
        images: `ImagePyramid`, or uint8 `[M, H, W, C]` in any order.
        metrics: names of some of `MEASURES`: "swd", "ms_ssim", "fid", "kid",
            "inception_score", "precision_recall", "duplicates".
        count: int, images of each kind. `None` takes half of the real ones,
            at most 16,384 as in the paper, so that the floor is measured with
            as many; and no more than were given.
        seed: int, chooses real images, latents, classes and what metrics draw.
        features: name of a feature network, Keras model or function; see
            `progan_keras.metrics.features.get`.
        resolution: int, where to measure. `None` takes that of the GAN's
            stage, or its last one.

    Returns:
        Dict from names to results, dicts for JSON with "value", "error" (of
        the value, or `None` if nothing is known of it), "floor" (the value of
        reals against other reals; for MS-SSIM and the inception score, that
        of reals; `None` without enough of them), "floor_count", "count",
        "seed", "resolution", "features" (the network's name or `None`),
        "data" (name and fingerprint of the real images), "split" (such as
        "test", which part of a data set of tensorflow-datasets they are, else
        `None`) and what else a metric tells, as "levels" of the sliced
        Wasserstein distance. The name of a feature network is part of a
        metric's: "kid_efficientnet_lite0".

    Raises:
        ValueError: if an argument is not as described, sizes differ, or there
            are too few images.
        OSError: if a feature network has to be downloaded, and cannot be.
    """
    chosen = measures.get(metrics)
    seed = check_integer(seed, "seed", least=0)
    level = resolution
    if resolution is None and is_gan(generated):
        # In a fade that is not the straight generator of this resolution.
        level = (generated.stage or generated.config).resolution
    network = None
    if any(measure.uses_features for measure in chosen.values()):
        network = feature_networks.get(features)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        reals = Reals(images, level, network, folder)
        made = None if is_gan(generated) else len(generated)
        count = measures.check_count(count, len(reals), chosen, made)
        order = np.random.default_rng(seed).permutation(len(reals))
        real = reals.take(order[:count])
        fake = generated_images(
            generated,
            count,
            seed,
            resolution,
            reals.class_frequencies,
            network,
            folder,
        )
        _check_sizes(real, fake)
        scores = _measure(chosen, reals, real, fake, seed)
        # As many of each kind, since metrics depend on it.
        other = order[count:][:count]
        if len(other) < count:
            real = reals.take(order[: len(other)])
        floors = _floors(chosen, reals, real, other, seed)
    shared = {
        "count": count,
        "seed": seed,
        "resolution": int(fake.images.shape[1]),
        "data": reals.facts,
        "split": reals.split,
    }
    return {
        name: {**score, **_floor(floors.get(name), len(other)), **shared}
        for name, score in scores.items()
    }


def _measure(chosen, reals, real, fake, seed):
    """Returns the results of all measures, by their full names."""
    scores = {}
    for measure in chosen.values():
        against = reals.all() if measure.all_reals else real
        with warnings.catch_warnings():
            # Every result says how many images there were.
            warnings.simplefilter("ignore", category=SmallSampleWarning)
            found = measure.function(against, fake, seed)
        used = real.network.name if measure.uses_features else None
        for name, result in found.items():
            full = f"{name}_{used}" if used else name
            scores[full] = {**result, "features": used}
    return scores


def _floors(chosen, reals, real, other, seed):
    """Returns the results of reals against other reals."""
    chosen = {
        name: measure
        for name, measure in chosen.items()
        if not measure.all_reals and len(other) >= measure.least
    }
    if not chosen:
        return {}
    return _measure(chosen, reals, real, reals.take(other), seed)


def _floor(result, count):
    if result is None:
        return {"floor": None, "floor_count": 0}
    floor = {"floor": result["value"], "floor_count": count}
    if "levels" in result:
        floor["floor_levels"] = result["levels"]
    return floor


def _check_sizes(real, fake):
    if real.images.shape[1:] != fake.images.shape[1:]:
        raise ValueError(
            "Real and generated images must have one size and one number of "
            "channels: choose `resolution`, or load the real ones with other "
            f"`num_channels`. Received: {list(real.images.shape)} real, "
            f"{list(fake.images.shape)} generated"
        )
