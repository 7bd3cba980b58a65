"""Where a search begins: at the samples that come nearest by chance."""

import numpy as np
from tqdm import tqdm

from progan_keras import latents as latent_space
from progan_keras.metrics.vectors import squared_distances
from progan_keras.projection.distance import pyramid_vectors

# As many pictures as are generated at a time, of up to 64x64; of larger ones
# as many as have the same number of pixels.
_AT_A_TIME = 64
# Samples to choose from, of up to 64x64; of larger ones fewer, but these.
_SAMPLES, _FEWEST_SAMPLES = 1024, 64


def rows_at_a_time(side):
    """Return how many pictures of a size to generate at a time."""
    return max(1, min(_AT_A_TIME, _AT_A_TIME * 64**2 // side**2))


def nearest_samples(gan, targets, labels, count, seed):
    """Return the samples whose pictures are nearest to targets.

    Args:
        gan: `ProGAN`.
        targets: uint8 array `[N, R, R, C]`.
        labels: Float32 array `[N, classes]`, what to ask a conditional GAN
            for; None to try all of its classes in turn.
        count: Integer, how many for each target.
        seed: Integer.

    Returns:
        Latents, float32 `[N, count, latent_dim]`, the nearest first, and
        labels, float32 `[N, count, classes]`, or None of other GANs.
    """
    side, num_classes = targets.shape[1], gan.config.num_classes
    number = max(_FEWEST_SAMPLES, min(_SAMPLES, _SAMPLES * 64**2 // side**2))
    points = latent_space.on_sphere(
        latent_space.sample(max(number, count), gan.config.latent_dim, seed)
    )
    if labels is not None:
        order = np.empty((len(targets), count), int)
        for vector in np.unique(labels, axis=0):
            same = (labels == vector).all(axis=1)
            tried = np.tile(vector, (len(points), 1))
            order[same] = _nearest(gan, targets[same], points, tried, count)
        return points[order], np.repeat(labels[:, None], count, axis=1)
    tried = None
    if num_classes:
        in_turn = np.arange(len(points)) % num_classes
        tried = np.eye(num_classes, dtype=np.float32)[in_turn]
    order = _nearest(gan, targets, points, tried, count)
    return points[order], None if tried is None else tried[order]


def as_images(pictures):
    """Turn bytes into float32 in [-1, 1], as networks have them."""
    return pictures / np.float32(127.5) - np.float32(1)


def _nearest(gan, targets, points, labels, count):
    """Return the numbers of the nearest points, `[N, count]`."""
    wanted = np.asarray(pyramid_vectors(as_images(targets)))
    size = rows_at_a_time(targets.shape[1])
    distances = []
    for start in tqdm(range(0, len(points), size), "samples", disable=None):
        rows = slice(start, start + size)
        pictures = gan.generate(
            latents=points[rows],
            labels=None if labels is None else labels[rows],
            batch_size=size,
        )
        made = np.asarray(pyramid_vectors(as_images(pictures)))
        distances.append(squared_distances(made, wanted))
    return np.argsort(np.concatenate(distances), axis=0)[:count].T
