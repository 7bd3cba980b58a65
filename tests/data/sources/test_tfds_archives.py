"""Which archives a builder would download, and which are there already."""

import pytest
import tensorflow_datasets as tfds
from cifar10_archive import place_archive, register, write_stand_in
from tensorflow_datasets.core.download import resource

from progan_keras.data.sources.tfds.archives import (
    Archive,
    how_by_hand,
    list_archives,
    total_size,
)
from progan_keras.data.sources.tfds.download import ensure_prepared


def test_a_builder_is_asked_for_its_configuration_alone(tmp_path):
    builder = tfds.builder("lsun/church_outdoor", data_dir=tmp_path)
    archives, by_hand = list_archives(builder)
    assert not by_hand
    assert {archive.place.name for archive in archives} == {
        "church_outdoor_train_lmdb.zip",
        "church_outdoor_val_lmdb.zip",
    }
    assert total_size(archives) == "2.5 GB in 2 files"
    assert not list(tmp_path.iterdir())


def test_asking_leaves_the_builder_as_it_was(tmp_path, monkeypatch):
    cls = tfds.image_classification.Cifar10
    real = cls._split_generators

    def learn_names(self, dl_manager):
        self.info.features["label"].names = [f"class {i}" for i in range(10)]
        return real(self, dl_manager)

    monkeypatch.setattr(cls, "_split_generators", learn_names)
    builder = tfds.builder("cifar10", data_dir=tmp_path)
    assert len(list_archives(builder)[0]) == 1
    assert builder.info.features["label"].names[0] == "0"


def test_what_cannot_be_asked_is_taken_to_want_all_it_knows(
    tmp_path, monkeypatch
):
    def fail(self, dl_manager):
        raise TypeError("another kind of builder")

    builder = tfds.builder("mnist", data_dir=tmp_path)
    monkeypatch.setattr(type(builder), "_split_generators", fail)
    assert len(list_archives(builder)[0]) == 4


def test_files_by_hand_are_no_archives_to_download(tmp_path):
    builder = tfds.builder("celeb_a_hq/64", data_dir=tmp_path)
    assert list_archives(builder) == ([], True)


def test_without_a_registered_name_the_url_has_one(tmp_path):
    builder = tfds.builder("siscore/rotation", data_dir=tmp_path)
    ((archive,), _) = list_archives(builder)
    assert archive.place.name == "rotation.zip"
    # And there tensorflow-datasets itself will look for it.
    assert builder.url_infos[archive.url].filename == "rotation.zip"


@pytest.mark.parametrize("parent", ["downloads/cifar10", "downloads"])
def test_an_earlier_download_is_used(tmp_path, monkeypatch, parent):
    path = place_archive(write_stand_in(tmp_path), tmp_path)
    register(monkeypatch, path)
    builder = tfds.builder("cifar10", data_dir=tmp_path)
    ((url, info),) = builder.url_infos.items()
    cached = tmp_path / parent / resource.get_dl_fname(url, info.checksum)
    cached.parent.mkdir(exist_ok=True)
    path.rename(cached)
    ((archive,), _) = list_archives(builder)
    assert not archive.is_downloaded  # without the library's note, it is half
    resource.write_info_file(url, cached, "cifar10", path.name, info)
    ((archive,), _) = list_archives(builder)
    assert archive.is_downloaded
    assert not archive.is_placed
    ensure_prepared(builder)
    assert builder.is_prepared()


def test_sizes_say_what_is_not_known(tmp_path):
    known = Archive("http://a.org/a.zip", 5_000_000, tmp_path / "a.zip", False)
    other = Archive("http://a.org/b.zip", None, None, False)
    assert total_size([known]) == "5 MB in 1 file"
    assert total_size([known, other]) == "more than 5 MB in 2 files"
    assert total_size([other]) == "an unknown size in 1 file"
    builder = tfds.builder("mnist", data_dir=tmp_path)
    assert how_by_hand(builder, [other]) == "Run this again with a network."
