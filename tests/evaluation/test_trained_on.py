"""A run's images are found again by their fingerprint."""

from types import SimpleNamespace

import numpy as np
import pytest

import progan_keras as pk
from progan_keras.data import clear
from progan_keras.evaluation import trained_on


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PROGAN_KERAS_CACHE", str(tmp_path / "cache"))


def run_on(images, **changes):
    data = {
        "name": images.name,
        "source": images.source,
        "fingerprint": images.fingerprint,
        **changes,
    }
    if images.num_classes:
        data["class_names"] = list(images.class_names)
    network = {"resolution": images.resolution, "num_channels": 3}
    return SimpleNamespace(options={"data": data, "network": network})


def test_images_and_their_classes_are_found(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3), np.uint8)
    path = tmp_path / "a.npz"
    np.savez(path, images=noise, labels=[0, 1] * 3, kind=list("abcabc"))
    pk.data.load(noise[:4])  # others beside them
    for labels in ("labels", "kind", False):
        images = pk.data.load(path, labels=labels)
        found = trained_on(run_on(images))
        assert found.folder == images.folder
        assert found.class_names == images.class_names
    # Trained on a level of a prepared folder.
    part = pk.data.load(images.folder, resolution=8)
    assert trained_on(run_on(part)).resolution == 8


def test_the_embedded_images_are_prepared_anew():
    images = pk.data.load(resolution=8)
    clear()
    found = trained_on(run_on(images))
    assert found.fingerprint == images.fingerprint
    assert found.class_names == images.class_names


def test_what_is_gone_is_asked_for():
    images = pk.data.load(np.zeros((4, 8, 8, 3), np.uint8))
    run = run_on(images)
    clear()
    with pytest.raises(ValueError, match="not prepared any more.*RUN DATA"):
        trained_on(run)
