"""The real CIFAR-10 through the real builder, without a network.

    PROGAN_KERAS_CIFAR10=path/of/cifar-10-batches-bin pytest tests/data

The folder holds the official binary version, unpacked.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from cifar10_archive import (
    CLASSES,
    original_places,
    place_archive,
    read_batches,
    register,
)

from progan_keras.data import load
from progan_keras.data.sources.tfds.tfds_source import TfdsSource

FOLDER = os.environ.get("PROGAN_KERAS_CIFAR10")


@pytest.mark.skipif(
    not FOLDER,
    reason="PROGAN_KERAS_CIFAR10 does not name a folder cifar-10-batches-bin",
)
@pytest.mark.slow
def test_all_images_and_labels_are_equal_to_the_originals(
    tmp_path, monkeypatch
):
    folder = Path(FOLDER)
    # Packed anew, the archive has another checksum than the original.
    register(monkeypatch, place_archive(folder, tmp_path))
    images = load("cifar10", data_dir=tmp_path)
    assert images.class_names == CLASSES
    originals, labels = read_batches(folder)
    assert originals.shape == (50_000, 32, 32, 3)
    # tensorflow-datasets shuffles as it writes, and keeps the numbers.
    places = original_places(TfdsSource("cifar10", data_dir=tmp_path))
    assert sorted(places) == list(range(50_000))
    assert np.array_equal(images.at(32), originals[places])
    assert np.array_equal(images.labels, labels[places])
