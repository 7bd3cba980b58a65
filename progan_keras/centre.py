"""The latents of the typical picture, towards which truncation goes."""

import keras
import numpy as np

from progan_keras import latents as latent_space

_SAMPLES, _NEAREST = 2048, 64
_AT_A_TIME = 256
_SIDE = 8  # of the features that are compared
# How far from the centre found so far the samples of each round are.
_ROUNDS = (1.0, 0.5, 0.25)


def find_centre(gan):
    """Find the latents whose features are nearest to the mean of all.

    Features are what the generator's average has at 8x8, before it is made to
    colours. Of 2,048 samples, the 64 nearest to the mean are averaged on the
    sphere; then nearer and nearer around that. With classes, one centre
    serves all: each is compared with its own mean.

    Args:
        gan: `ProGAN`.

    Returns:
        Float32 array `[latent_dim]`, on the sphere.
    """
    samples = latent_space.sample(_SAMPLES, gan.config.latent_dim)
    straight = gan.pair(min(_SIDE, gan.config.resolution)).straight
    # What the last layer, toRGB, is given.
    network = keras.Model(straight.input, straight.layers[-1].input)
    vectors = np.eye(gan.config.num_classes, dtype=np.float32)
    labels = list(vectors) or [None]
    means = [_features(network, samples, y).mean(axis=0) for y in labels]
    centre = None
    for share in _ROUNDS:
        tried = samples
        if centre is not None:
            tried = latent_space.slerp(centre, samples, share)
        distances = sum(
            np.square(_features(network, tried, y) - mean).sum(axis=1)
            for y, mean in zip(labels, means, strict=True)
        )
        centre = latent_space.mean(tried[np.argsort(distances)[:_NEAREST]])
    return centre


def _features(network, latents, label):
    """Return what a network makes of latents, `[N, D]`, with one label."""
    found = []
    for start in range(0, len(latents), _AT_A_TIME):
        inputs = latents[start : start + _AT_A_TIME]
        if label is not None:
            inputs = [inputs, np.tile(label, (len(inputs), 1))]
        values = keras.ops.convert_to_numpy(network(inputs))
        found.append(values.reshape(len(values), -1))
    return np.concatenate(found)
