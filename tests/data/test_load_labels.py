"""Every source knows its labels, and any labels can be passed."""

import os
from importlib import import_module

import numpy as np
import pytest
from PIL import Image

from progan_keras.data import load
from progan_keras.data.array_file import ArrayFile
from progan_keras.data.emoji_portraits import load_labels


@pytest.fixture
def classes(tmp_path):
    """A folder of classes; images are of one brightness each."""
    folder = tmp_path / "animals"
    names = ("b/2.png", "a b/x/1.png", "b/y/0.png", "a/1.png", "B/1.png")
    for brightness, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pixels = np.full((8, 8, 3), brightness, np.uint8)
        Image.fromarray(pixels).save(folder / name)
    (folder / "empty").mkdir()
    return folder


def names_of(pyramid):
    return [pyramid.class_names[label] for label in pyramid.labels]


def test_the_embedded_set_has_several_kinds_of_labels():
    images = load(resolution=4)
    assert images.class_names == ("face", "person")
    known = load_labels()
    for field, count in {"category": 2, "style": 2, "subcategory": 18}.items():
        images = load(resolution=4, labels=field)
        assert images.num_classes == count
        assert names_of(images) == [label[field] for label in known]


def test_choosing_other_labels_prepares_nothing_again(monkeypatch):
    first = load(resolution=4)
    before = sorted(first.folder.rglob("*"))

    def fail(*_):
        raise AssertionError("prepared again")

    monkeypatch.setattr(
        import_module("progan_keras.data.load"), "prepare", fail
    )
    second = load(resolution=4, labels="style")
    assert second.folder == first.folder
    assert second.fingerprint == first.fingerprint
    assert second.label_fingerprint != first.label_fingerprint
    assert load(resolution=4).label_fingerprint == first.label_fingerprint
    assert load(resolution=4, labels=False).labels is None
    assert sorted(first.folder.rglob("*")) == before


def test_subfolders_of_the_first_level_are_classes(classes):
    images = load(classes)
    assert images.class_names == ("B", "a", "a b", "b")
    brightness = images.at(8)[:, 0, 0, 0].tolist()
    folders = ["b", "a b", "b", "a", "B"]
    assert names_of(images) == [folders[value] for value in brightness]


def test_an_image_beside_the_subfolders_means_no_classes(classes):
    (classes / "a" / "1.png").rename(classes / "1.png")
    assert load(classes).labels is None


def test_a_single_subfolder_is_no_class(classes):
    assert load(classes / "a b").labels is None  # all in "x"


def test_hidden_folders_and_other_files_are_no_classes(classes):
    (classes / ".thumbnails").mkdir()
    os.link(classes / "a" / "1.png", classes / ".thumbnails" / "1.png")
    (classes / "notes.txt").touch()
    assert load(classes).num_classes == 4


def test_labels_decode_no_images(classes, monkeypatch):
    load(classes)

    def fail(*_, **__):
        raise AssertionError("opened an image")

    monkeypatch.setattr(Image, "open", fail)
    assert load(classes).num_classes == 4
    assert load(classes, labels=range(5)).num_classes == 5


@pytest.fixture
def archive(tmp_path, noise):
    """A `.npz` file with given arrays beside six images."""

    def write(**arrays):
        np.savez(tmp_path / "a.npz", images=noise(6, 4, 4, 3), **arrays)
        return tmp_path / "a.npz"

    return write


def test_npz_files_bring_labels_and_class_names(archive):
    labels = np.array([2, 0, 1, 0, 2, 2], np.uint8)
    path = archive(labels=labels, class_names=np.array(["c", "a", "b"]))
    assert load(path).labels.tolist() == labels.tolist()
    assert load(path).class_names == ("c", "a", "b")
    images = load(archive(labels=labels))
    assert images.labels.tolist() == labels.tolist()
    assert images.class_names == ("0", "1", "2")
    assert load(archive(labels=np.eye(3)[labels])).labels.tolist() == (
        labels.tolist()
    )
    assert load(archive()).labels is None


def test_npz_files_may_have_labels_of_several_kinds(archive):
    path = archive(
        labels=[0, 1, 0, 1, 0, 1],
        class_names=["cat", "dog"],
        style=[1, 0, 0, 1, 1, 1],
        style_names=["photo", "drawing"],
        colour=["red", "red", "blue", "red", "red", "red"],
        size=[0, 0, 2, 2, 2, 2],
    )
    assert load(path).class_names == ("cat", "dog")
    assert load(path, labels="labels").class_names == ("cat", "dog")
    style = load(path, labels="style")
    assert names_of(style)[:3] == ["drawing", "photo", "photo"]
    assert load(path, labels="colour").class_names == ("blue", "red")
    assert load(path, labels="size").class_names == ("0", "2")


@pytest.mark.parametrize("kind", ["array", "npy", "npz", "folder", "embedded"])
def test_labels_of_ones_own_fit_any_source(kind, noise, archive, classes):
    count = {"folder": 5, "embedded": 2251}.get(kind, 6)
    path = archive(labels=[0, 0, 0, 1, 1, 1])
    np.save(path.with_name("a.npy"), noise(6, 4, 4, 1))
    source = {
        "array": noise(6, 4, 4, 3),
        "npy": path.with_name("a.npy"),
        "npz": path,
        "folder": classes,
        "embedded": "emoji_portraits",
    }[kind]
    own = [f"class {index % 3}" for index in range(count)]
    images = load(source, resolution=4, labels=own)
    assert names_of(images) == own
    indices = np.arange(count) % 3
    assert load(source, 4, labels=indices).labels.tolist() == indices.tolist()


def test_arrays_have_no_labels_unless_passed(noise, tmp_path):
    np.save(tmp_path / "a.npy", noise(2, 4, 4, 3))
    assert load(noise(2, 4, 4, 3)).labels is None
    assert load(tmp_path / "a.npy").labels is None


# Description: (source, labels, words of the message).
BAD = {
    "embedded": (
        "emoji_portraits",
        "colour",
        "category, style, sub.*='colour'",
    ),
    "folder": ("folder", "colour", "It has folder;.*='colour'"),
    "array": ("array", "colour", "none with a name.*='colour'"),
    "npz": ("npz", "colour", "It has labels, style;.*='colour'"),
    "empty name": ("npz", "", "It has labels, style;.*=''"),
    "images": ("npz", "images", "no labels of this name.*='images'"),
    "length": ("array", [0, 1], "2 labels for 6 images"),
    "unused names": ("npz", "style", "1 of 2 classes without images: 'new'"),
}


@pytest.mark.parametrize("case", BAD)
def test_labels_that_do_not_fit_are_refused_at_once(
    case, archive, classes, noise, cache
):
    name, labels, words = BAD[case]
    source = {
        "folder": classes,
        "array": noise(6, 4, 4, 3),
        "npz": archive(
            labels=range(6),
            style=[0] * 6,
            style_names=["old", "new"],
            masks=noise(6, 4, 4),
        ),
    }.get(name, name)
    with pytest.raises(ValueError, match=words) as error:
        load(source, labels=labels)
    assert "Received: " in str(error.value)
    assert "labels=False" not in str(error.value)
    assert not cache.exists()


def test_masks_are_refused_without_reading_them(archive, monkeypatch):
    path = archive(masks=np.zeros((6, 4, 4, 4)))
    monkeypatch.delattr(ArrayFile, "load")
    with pytest.raises(ValueError, match=r"shape \[6, 4, 4, 4\]"):
        load(path, labels="masks")


# Description: (arrays of a `.npz` file, words of the message).
BAD_ARCHIVES = {
    "length": ({"labels": [0, 1]}, "2 labels for 6 images"),
    "masks": ({"labels": np.zeros((6, 4, 4))}, r"shape \[6, 4, 4\]"),
    "attributes": ({"labels": np.ones((6, 40))}, "several classes at once"),
    "objects": (
        {"labels": np.array(list("ababab"), object)},
        r'"labels" holds Python objects.*labels.astype\(str\)',
    ),
    "class names": (
        {"labels": [0, 1] * 3, "class_names": ["a", "a"]},
        "a name of its own",
    ),
}


@pytest.mark.parametrize("case", BAD_ARCHIVES)
def test_unusable_labels_in_a_file_can_be_left_out(case, archive, cache):
    arrays, words = BAD_ARCHIVES[case]
    path = archive(**arrays)
    with pytest.raises(ValueError, match=f"`labels=False` loads.*{words}"):
        load(path)
    assert not cache.exists()
    assert load(path, labels=False).labels is None
    assert load(path, labels=list("ababab")).num_classes == 2
