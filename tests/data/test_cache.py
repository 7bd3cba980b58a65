"""The cache can be seen, shared and cleared."""

import shutil

import numpy as np
import pytest

from progan_keras.data import clear, load, prepared


@pytest.fixture
def two(noise):
    """Two prepared data sets: `(array, letters)`."""
    np.savez("letters.npz", images=noise(4, 8, 8, 1), labels=list("abab"))
    return load(noise(3, 8, 8, 3)), load("letters.npz")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_prepared_data_sets_are_listed_with_their_size(two, cache):
    (cache / "notes.txt").touch()
    (cache / "folder of mine").mkdir()
    found = prepared()
    assert [f.folder for f in found] == sorted(p.folder for p in two)
    assert [f.pyramid.name for f in found] == ["array", "letters"]
    for entry in found:
        files = list(entry.folder.iterdir())
        assert entry.num_bytes == sum(f.stat().st_size for f in files)
        assert entry.damage is None
    assert prepared(cache / "nothing") == []


def test_clearing_by_name_leaves_the_rest_and_the_originals(two, cache):
    removed = clear(["letters"])
    assert [f.folder for f in removed] == [two[1].folder]
    assert [f.folder for f in prepared()] == [two[0].folder]
    assert load("letters.npz").fingerprint == two[1].fingerprint
    clear([two[0].folder.name])  # by the name of the folder
    assert [f.pyramid.name for f in prepared()] == ["letters"]


def test_clearing_all_removes_prepared_data_sets_only(two, cache):
    (cache / "notes.txt").touch()
    (cache / ".0123456789abcdef.partial").mkdir()  # of a killed process
    assert len(clear()) == 2
    assert [path.name for path in cache.iterdir()] == ["notes.txt"]
    assert clear() == []


def test_a_name_that_is_not_there_removes_nothing(two):
    with pytest.raises(ValueError, match="It has .*letters.*Received: 'lett'"):
        clear(["array", "lett"])
    assert len(prepared()) == 2


def test_a_damaged_data_set_is_listed_and_can_be_cleared(two):
    folder = two[0].folder
    (folder / "4.npy").write_bytes(b"")
    (broken, _) = prepared()
    assert broken.pyramid is None
    assert "4.npy" in broken.damage
    clear([folder.name])
    assert [f.pyramid.name for f in prepared()] == ["letters"]


def test_a_prepared_folder_can_be_shared(two, cache, tmp_path):
    shutil.move(two[1].folder, tmp_path / "from a friend")
    images = load(tmp_path / "from a friend")
    assert images.class_names == ("a", "b")
    assert images.fingerprint == two[1].fingerprint
    np.testing.assert_array_equal(
        images.at(8), np.load("letters.npz")["images"]
    )
    assert images.folder == tmp_path / "from a friend"  # not prepared again
    smaller = load(tmp_path / "from a friend", resolution=4, labels=False)
    assert (smaller.resolution, smaller.labels) == (4, None)
    own = load(tmp_path / "from a friend", labels=[5, 6, 5, 6])
    assert own.class_names == ("5", "6")


BAD_WISHES = {
    "resolution": (16, "8 pixels wide"),
    "num_channels": (3, "prepared already, with num_channels=1.*=3"),
    "fit": ("pad", "prepared already, with fit='crop'.*='pad'"),
    "background": ("red", "background='white'.*='red'"),
    "labels": ("colour", "It has labels;.*='colour'"),
    "split": ("train", "for data sets of tensorflow-datasets"),
}


@pytest.mark.parametrize("name", BAD_WISHES)
def test_what_is_prepared_cannot_be_chosen_anew(two, name):
    value, words = BAD_WISHES[name]
    with pytest.raises(ValueError, match=words):
        load(two[1].folder, **{name: value})
