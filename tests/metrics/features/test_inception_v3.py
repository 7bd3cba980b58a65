"""Inception v3: features of fresh weights, and the way to the real ones."""

import hashlib
import logging
import os
import socket
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from progan_keras.metrics import features
from progan_keras.metrics.features import inception_v3

CONTENTS = b"stands for 96 MB"


@pytest.fixture
def home(monkeypatch, tmp_path):
    """An empty folder of Keras, and weights that are a few bytes."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(inception_v3, "_MD5", hashlib.md5(CONTENTS).hexdigest())
    return tmp_path / "keras"


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setattr(
        inception_v3, "unreachable_hosts", lambda urls: ["far.example"]
    )


@pytest.fixture
def online(monkeypatch, tmp_path):
    """A download that copies a file of this machine."""
    there = tmp_path / "there" / "inception.h5"
    there.parent.mkdir()
    there.write_bytes(CONTENTS)
    monkeypatch.setattr(inception_v3, "URL", there.as_uri())
    monkeypatch.setattr(inception_v3, "unreachable_hosts", lambda urls: [])
    return there


@pytest.mark.slow
def test_it_has_2048_features_and_1000_logits_that_belong_together():
    model = inception_v3.build(None)
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3))
    found, logits = model.predict_on_batch(images.astype("float32"))
    assert found.shape == (2, 2048)
    kernel, bias = model.layers[-1].get_layer("predictions").get_weights()
    np.testing.assert_allclose(
        logits, found @ kernel + bias, rtol=1e-4, atol=1e-5
    )
    assert logits.shape == (2, 1000)


@pytest.mark.slow
def test_it_sees_pictures_as_keras_prepares_them():
    model = inception_v3.build(None)
    images = np.random.default_rng(0).integers(0, 256, (1, 299, 299, 3))
    prepared = keras.applications.inception_v3.preprocess_input(
        images.astype("float32")
    )
    expected = model.layers[-1].predict_on_batch(prepared)[0]
    found = model.predict_on_batch(images.astype("float32"))[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_without_a_network_it_says_within_seconds_what_to_do(home, offline):
    start = time.monotonic()
    with pytest.raises(ConnectionError) as caught:
        features.get("inception_v3")
    assert time.monotonic() - start < 5
    message = str(caught.value)
    assert inception_v3.URL in message
    assert str(home / "models") in message
    assert "far.example" in message
    assert "\n" not in message


def test_a_file_placed_by_hand_is_taken(home, offline):
    path = home / "models" / Path(inception_v3.URL).name
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENTS)
    assert inception_v3.weights_file() == path


def test_a_file_of_other_contents_is_not_taken(home, offline):
    path = home / "models" / Path(inception_v3.URL).name
    path.parent.mkdir(parents=True)
    for contents in (CONTENTS[:-1], CONTENTS[::-1]):
        path.write_bytes(contents)
        with pytest.raises(ConnectionError):
            inception_v3.weights_file()


def test_the_size_is_said_before_it_is_downloaded(home, online, caplog):
    caplog.set_level(logging.INFO, "progan_keras")
    # As after a new installation, when there is no such folder.
    assert not home.exists()
    path = inception_v3.weights_file()
    assert path == home / "models" / "inception.h5"
    assert path.read_bytes() == CONTENTS
    assert "96 MB" in caplog.messages[0]
    assert str(path.parent) in caplog.messages[0]
    os.remove(online)
    assert inception_v3.weights_file() == path


@pytest.mark.parametrize("damage", ["missing", "other"])
def test_a_download_that_fails_is_told_in_one_sentence(home, online, damage):
    if damage == "missing":
        os.remove(online)
    else:
        online.write_bytes(b"another file")
    with pytest.raises(ConnectionError) as caught:
        inception_v3.weights_file()
    message = str(caught.value)
    assert "could not be downloaded" in message
    assert str(home / "models") in message
    assert "Received: " in message
    assert "\n" not in message
    assert socket.getdefaulttimeout() is None
