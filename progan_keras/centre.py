"""The latents of the typical picture, towards which truncation goes."""

import keras
import numpy as np

from progan_keras import latents as latent_space

_SAMPLES, _NEAREST = 2048, 64
_AT_A_TIME = 256
_SIDE = 8  # of the features that are compared
# How far from the centre found so far the samples of each round are.
_ROUNDS = (1.0, 0.6, 0.4)


def find_centre(gan):
    """Find latents around which pictures are typical.

    Features are what the generator's average has at 8x8, before it is made to
    colours. Of 2,048 samples, the 64 nearest to the mean of all are averaged
    on the sphere; then the same for samples nearer and nearer around that,
    each round with a mean of its own, which so climbs to where pictures are
    much alike. With classes, one centre serves all: in each round every class
    has its own mean, and distances of all are added.

    Staying with the mean of the first round does not do: it is between faces
    and persons, say, where pictures are neither.

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
    centre = None
    for share in _ROUNDS:
        tried = samples
        if centre is not None:
            tried = latent_space.slerp(centre, samples, share)
        distances = sum(_from_mean(network, tried, y) for y in labels)
        centre = latent_space.mean(tried[np.argsort(distances)[:_NEAREST]])
    return centre


def _from_mean(network, latents, label):
    """Squared distances of features from their mean, `[N]`."""
    features = _features(network, latents, label)
    return np.square(features - features.mean(axis=0)).sum(axis=1)


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
