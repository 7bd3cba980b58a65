"""Data sets of tensorflow-datasets: pixels, labels, splits, and what is wrong.

CIFAR-10 goes through its real builder from a small archive; what is random
comes from `tfds.testing.mock_data`.
"""

import io

import numpy as np
import pytest
import tensorflow_datasets as tfds
from cifar10_archive import (
    CLASSES,
    original_places,
    place_archive,
    read_batches,
    register,
    write_stand_in,
)
from PIL import Image

from progan_keras.data import load
from progan_keras.data.decode import decode_all
from progan_keras.data.sources.tfds.tfds_source import TfdsSource


@pytest.fixture
def batches(tmp_path, monkeypatch):
    """The folder of a small CIFAR-10, whose archive lies in `data_dir`."""
    folder = write_stand_in(tmp_path)
    register(monkeypatch, place_archive(folder, tmp_path / "sets"))
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "sets"


@pytest.fixture
def mocked(monkeypatch):
    """37 random examples of any data set, as if it were prepared."""
    monkeypatch.setattr(
        tfds.core.DatasetBuilder, "is_prepared", lambda self: True
    )
    with tfds.testing.mock_data(num_examples=37):
        yield


def read(source):
    """Images as arrays, and their labels."""
    results = list(decode_all(source.records(), np.asarray))
    assert not any(reason for *_, reason in results)
    images = [image for _, image, _ in results]
    return images, [record.labels for record, *_ in results]


def test_images_and_labels_are_those_of_the_archive(batches, data_dir):
    source = TfdsSource("cifar10", data_dir=data_dir)
    assert source.count() is None  # nothing has been prepared so far
    images, labels = read(source)
    assert source.count() == 15
    originals, classes = read_batches(batches)
    places = original_places(source)
    assert sorted(places) == list(range(15))
    assert np.array_equal(images, originals[places])
    assert [entry["label"] for entry in labels] == list(classes[places])
    assert source.class_names("label") == CLASSES
    assert labels[0].keys() == {"id", "label"}


@pytest.mark.parametrize(
    ("split", "count"),
    [("test", 3), ("train+test", 18), ("all", 18), ("train[:20%]", 3)],
)
def test_splits_are_those_of_tensorflow_datasets(
    batches, data_dir, split, count
):
    source = TfdsSource("cifar10", split, data_dir)
    assert len(read(source)[0]) == count
    assert source.count() == count
    train = TfdsSource("cifar10", data_dir=data_dir)
    assert source.key() != train.key()


def test_a_second_source_reads_the_same_in_the_same_order(batches, data_dir):
    first = TfdsSource("cifar10", data_dir=data_dir)
    images, labels = read(first)
    second = TfdsSource("cifar10", data_dir=data_dir)
    assert second.count() == 15  # known before it is read
    assert second.key() == first.key()
    again, labels_again = read(second)
    assert np.array_equal(images, again)
    assert labels == labels_again


def test_load_takes_a_name_and_finds_the_labels(batches, data_dir):
    images = load("cifar10", data_dir=data_dir)
    assert (len(images), images.resolution, images.mirror) == (15, 32, True)
    assert images.class_names == CLASSES
    places = original_places(TfdsSource("cifar10", data_dir=data_dir))
    originals, classes = read_batches(batches)
    assert np.array_equal(images.at(32), originals[places])
    assert np.array_equal(images.labels, classes[places])


def test_a_split_that_is_missing_is_told_with_those_there_are(
    batches, data_dir
):
    words = "no such split.*It has test, train, and all.*split='trian'"
    with pytest.raises(ValueError, match=words):
        read(TfdsSource("cifar10", "trian", data_dir))
    with pytest.raises(ValueError, match=words):  # at once now
        TfdsSource("cifar10", "trian", data_dir)
    with pytest.raises(ValueError, match="no such split"):
        TfdsSource("cifar10", "train[:0]", data_dir)


@pytest.mark.parametrize("split", ["train[", "all[:3]", "", "a b", ["train"]])
def test_a_misspelt_split_is_refused_before_any_download(split, tmp_path):
    with pytest.raises(ValueError, match="train.*10%.*Received: split=") as e:
        TfdsSource("cifar10", split, tmp_path)
    assert "\n" not in str(e.value)


def test_damaged_files_are_told(batches, data_dir):
    read(TfdsSource("cifar10", data_dir=data_dir))
    (path,) = data_dir.glob("cifar10/3.0.2/*train.tfrecord*")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    words = "prepared files .* cannot be read.*Delete their folder.*3.0.2"
    with pytest.raises(ValueError, match=words) as error:
        read(TfdsSource("cifar10", data_dir=data_dir))
    assert "\n" not in str(error.value)


def test_the_key_does_not_depend_on_the_folder(tmp_path):
    keys = {
        TfdsSource("mnist:3.0.1", "train", tmp_path / "a").key(),
        TfdsSource("mnist", None, tmp_path / "b").key(),
    }
    assert len(keys) == 1
    assert TfdsSource("kmnist", None, tmp_path).key() not in keys
    assert (
        TfdsSource("celeb_a_hq/64", None, tmp_path).key()
        != TfdsSource("celeb_a_hq/128", None, tmp_path).key()
    )


# Name: (channels, smallest side, mirror, default labels, other labels).
MOCKED = {
    "celeb_a": (3, 178, True, None, "attributes/Smiling"),
    "celeb_a_hq/64": (3, 64, True, None, "image/filename"),
    "lfw": (3, 250, True, "label", None),
    "lsun/bedroom": (3, None, True, None, "id"),
    "mnist": (1, 28, False, "label", None),
    "svhn_cropped": (3, 32, False, "label", "id"),
    "cifar100": (3, 32, True, "label", "coarse_label"),
    "segment_anything": (3, None, False, None, "image/height"),
}


@pytest.mark.parametrize("name", MOCKED)
def test_data_sets_with_images_are_read(name, mocked):
    channels, side, mirror, default, other = MOCKED[name]
    source = TfdsSource(name)
    assert source.num_channels == channels
    assert source.smallest_side() == side
    assert source.mirror is mirror
    assert source.default_field == default
    fields = source.label_fields()
    assert other is None or other in fields
    images, labels = read(source)
    assert len(images) == 37
    assert all(image.ndim == (2 if channels == 1 else 3) for image in images)
    assert all(tuple(entry) == fields for entry in labels)
    assert {type(v) for entry in labels for v in entry.values()} <= {int, str}


def test_bools_are_classes_with_names(mocked):
    source = TfdsSource("celeb_a")
    assert source.class_names("attributes/Smiling") == ("no", "yes")
    assert source.class_names("landmarks/nose_x") is None
    _, labels = read(source)
    assert {entry["attributes/Smiling"] for entry in labels} == {0, 1}


def test_images_of_all_sizes_load(mocked):
    images = load("lsun/bedroom", resolution=4, labels=False)
    assert images.at(4).shape == (37, 4, 4, 3)


def test_labels_are_found_by_their_last_name(mocked):
    images = load("celeb_a", resolution=8, labels="Smiling")
    assert images.class_names == ("no", "yes")
    assert images.num_channels == 3


def test_encoded_images_are_decoded_like_any_others(mocked):
    builder = tfds.builder("lfw")
    encoded = builder.as_dataset(
        split="train", decoders={"image": tfds.decode.SkipDecoding()}
    )
    images, _ = read(TfdsSource("lfw"))
    for found, example in zip(images, encoded.as_numpy_iterator(), strict=True):
        file = io.BytesIO(example["image"])
        assert np.array_equal(found, np.asarray(Image.open(file)))


NO_IMAGE = {
    "imdb_reviews": "no images in this data set",
    "div2k": "several images in each example: lr, hr.*tf.data.Dataset",
    "cityscapes": "several images in each example: image_left, segm",
}


@pytest.mark.parametrize("name", NO_IMAGE)
def test_what_has_no_image_or_several_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match=NO_IMAGE[name]) as error:
        TfdsSource(name, data_dir=tmp_path)
    assert f"Received: source={name!r}" in str(error.value)


def test_terms_are_known(tmp_path):
    celebrities = TfdsSource("celeb_a", data_dir=tmp_path)
    assert celebrities.licence == "non-commercial research only"
    assert TfdsSource("lfw", data_dir=tmp_path).licence is None
    # Not in the catalogue; the library says it.
    anything = TfdsSource("segment_anything", data_dir=tmp_path)
    assert anything.licence.startswith("Custom")
