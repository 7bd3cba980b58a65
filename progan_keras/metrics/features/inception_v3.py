"""Inception v3 of `keras.applications`, with ImageNet weights.

**Fréchet distances on it are not those of papers.** Published FIDs are on a
TensorFlow 1 graph of 2015 with other weights, another pooling and another way
of resizing. Figures on this one compare only with each other.

The weights (96 MB) are downloaded when they are first used, from

    https://storage.googleapis.com/tensorflow/keras-applications/inception_v3/
        inception_v3_weights_tf_dim_ordering_tf_kernels.h5

Where there is no network, place this file in `~/.keras/models`, or in
`models` in the folder that the environment variable `KERAS_HOME` names.

Reference: Szegedy et al., *Rethinking the Inception Architecture for Computer
Vision* (2016).
"""

import contextlib
import hashlib
import logging
import os
import socket
from pathlib import Path

import keras
from keras import layers

from progan_keras.data.sources.tfds.network import unreachable_hosts
from progan_keras.metrics.features.network import (
    FeatureNetwork,
    built_in_float32,
)

URL = (
    "https://storage.googleapis.com/tensorflow/keras-applications/"
    "inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5"
)
SIZE = 96_112_376  # bytes
_MD5 = "9a0d58056eeedaa3f26cb7ebd46da564"
_RESOLUTION = 299
# How long a download may stand still.
_SECONDS = 30

_LOG = logging.getLogger("progan_keras")


def load():
    """Return the `FeatureNetwork`: 2048 features and 1000 logits.

    Raises:
        ConnectionError: If the weights are not there and cannot be
            downloaded.
    """
    model = build(weights_file())
    return FeatureNetwork(
        "inception_v3",
        model.predict_on_batch,
        "Inception v3 of keras.applications with its ImageNet weights, "
        f"pictures resized to {_RESOLUTION}x{_RESOLUTION}, bilinear and "
        "antialiased",
    )


def build(weights):
    """Return the network, a Keras model.

    Args:
        weights: Path of a file, or None for fresh weights.

    Returns:
        `keras.Model` from pictures `[B, height, width, 3]` in [0, 255] to
        features `[B, 2048]` and logits `[B, 1000]`.
    """
    with built_in_float32():
        whole = keras.applications.InceptionV3(
            weights=weights, classifier_activation=None
        )
        body = keras.Model(
            whole.input, [whole.get_layer("avg_pool").output, whole.output]
        )
        pictures = keras.Input((None, None, 3))
        x = layers.Resizing(_RESOLUTION, _RESOLUTION, antialias=True)(pictures)
        x = layers.Rescaling(1 / 127.5, offset=-1)(x)
        return keras.Model(pictures, body(x), name="inception_v3")


def weights_file():
    """Return the path of the file of weights, downloaded if need be."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    path = home / "models" / URL.rpartition("/")[2]
    return path if _is_whole(path) else _download(path)


def _download(path):
    """Return where the file is; Keras may choose another folder."""
    by_hand = (
        f"Run this again with a network, or download {URL} by other means "
        f"({SIZE / 1e6:.0f} MB) and place it in {path.parent}. "
        f"Received: path={str(path)!r}"
    )
    for host in unreachable_hosts([URL]):
        raise ConnectionError(
            f"{host} cannot be reached to download the weights of Inception. "
            f"{by_hand}"
        )
    _LOG.info(
        "Downloading the weights of Inception, %.0f MB, to %s",
        SIZE / 1e6,
        path.parent,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _patience(_SECONDS):
            place = keras.utils.get_file(
                origin=URL,
                file_hash=_MD5,
                cache_dir=path.parent.parent,
                cache_subdir=path.parent.name,
            )
    # Keras raises plain exceptions as well.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ConnectionError(
            f"The weights of Inception could not be downloaded ({reason}). "
            f"{by_hand}"
        ) from error
    return Path(place)


@contextlib.contextmanager
def _patience(seconds):
    """Have connections end that stand still; Keras would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _is_whole(path):
    if not path.is_file():
        return False
    # Against damage, not against attacks.
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False)
    return digest.hexdigest() == _MD5
