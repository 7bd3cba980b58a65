"""Does every metric move the way it should? Real images, damaged on purpose.

    python benchmarks/metric_directions.py cifar10_train.npz cifar10_test.npz

The first data set, anything that `pk.data.load` takes and that has classes, is
what is compared with; of the second, 5,000 images are taken as they are (the
floor), and damaged in several ways. Prints a Markdown table.
"""

import argparse
import io
import logging

import numpy as np
from PIL import Image
from scipy import ndimage

import progan_keras as pk

METRICS = (
    "swd",
    "ms_ssim",
    "fid",
    "kid",
    "inception_score",
    "precision_recall",
)


def as_they_are(images, noise):
    """Other real images."""
    return images


def blurred(images, noise):
    """Gaussian of 1 pixel."""
    return ndimage.gaussian_filter(images, (0, 1, 1, 0))


def compressed(images, noise):
    """JPEG of quality 20."""

    def compress(image):
        file = io.BytesIO()
        Image.fromarray(image).save(file, "jpeg", quality=20)
        return np.asarray(Image.open(file))

    return np.stack([compress(image) for image in images])


def noisy(images, noise):
    """Gaussian noise of 15 of 255."""
    added = images + noise.normal(0, 15, images.shape)
    return np.clip(np.rint(added), 0, 255).astype(np.uint8)


def shuffled(images, noise):
    """Quarters of each image in another order."""
    side = images.shape[1] // 2
    quarters = [
        images[:, y : y + side, x : x + side]
        for y in (0, side)
        for x in (0, side)
    ]
    top = np.concatenate([quarters[3], quarters[2]], axis=2)
    bottom = np.concatenate([quarters[1], quarters[0]], axis=2)
    return np.concatenate([top, bottom], axis=1)


def few(images, noise):
    """100 images, each 50 times."""
    return noise.permutation(np.resize(images[:100], images.shape))


VERSIONS = {
    "other real images": as_they_are,
    "blurred by 1 pixel": blurred,
    "JPEG, quality 20": compressed,
    "noise of 15": noisy,
    "quarters exchanged": shuffled,
    "100 images, repeated": few,
}


def main():
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("real")
    parser.add_argument("other")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--features", default="efficientnet_lite0")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    real, other = pk.data.load(options.real), pk.data.load(options.other)
    order = np.random.default_rng(1).permutation(len(other))
    chosen = other.at(other.resolution)[order[: options.count]]
    sets = {
        name: make(chosen, np.random.default_rng(2))
        for name, make in VERSIONS.items()
    }
    first = np.flatnonzero(real.labels == 0)[: options.count]
    if len(first) == options.count:
        name = f"only {real.class_names[0]}s, of the first set"
        sets[name] = real.at(real.resolution)[first]
    network = pk.metrics.features.get(options.features)
    for number, (name, images) in enumerate(sets.items()):
        scores = pk.evaluate(
            images,
            real,
            metrics=METRICS,
            count=options.count,
            features=network,
        )
        if not number:
            print("| images | " + " | ".join(scores) + " |")
            print("|---" * (len(scores) + 1) + "|")
        values = (f"{score['value']:.3g}" for score in scores.values())
        print(f"| {name} | " + " | ".join(values) + " |", flush=True)


if __name__ == "__main__":
    main()
