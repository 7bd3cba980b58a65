"""What is said before a download, and what is in the way of one."""

import collections
import importlib.util
import logging
import shutil
import time

import pytest
import requests
import tensorflow_datasets as tfds
from cifar10_archive import place_archive, register, write_stand_in
from tensorflow_datasets.core.utils import gcs_utils

from progan_keras.data.sources.tfds import download as tfds_download
from progan_keras.data.sources.tfds.builder import open_builder
from progan_keras.data.sources.tfds.download import ensure_prepared


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """No host answers, and the cloud storage is not even asked."""
    monkeypatch.setattr(
        tfds_download,
        "unreachable_hosts",
        lambda urls: sorted({url.split("/")[2] for url in urls}),
    )

    def refuse(*args, **kwargs):
        raise AssertionError("must not be asked")

    monkeypatch.setattr(gcs_utils, "exists", refuse)
    monkeypatch.setattr(requests.Session, "get", refuse)


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "däta sets"


@pytest.fixture
def archive(tmp_path, data_dir, monkeypatch):
    """A small stand-in for CIFAR-10, placed by hand."""
    path = place_archive(write_stand_in(tmp_path), data_dir)
    register(monkeypatch, path)
    return path


def leftovers(data_dir):
    """Everything in the folder but what the user has placed there."""
    return sorted(
        path.relative_to(data_dir).as_posix()
        for path in data_dir.rglob("*")
        if path.is_file() and path.parent.name != "manual"
    )


def fails(name, data_dir, kind, words):
    """Preparing fails with one sentence that has the words."""
    start = time.perf_counter()
    with pytest.raises(kind, match=words) as error:
        ensure_prepared(open_builder(name, data_dir))
    assert "\n" not in str(error.value)
    assert "Received: " in str(error.value)
    assert time.perf_counter() - start < 5
    return str(error.value)


def test_an_archive_placed_by_hand_is_prepared_without_a_network(
    archive, data_dir, caplog, capfd
):
    before = archive.read_bytes(), archive.stat()
    caplog.set_level(logging.INFO, "progan_keras")
    builder = open_builder("cifar10", data_dir)
    ensure_prepared(builder)
    assert builder.is_prepared()
    assert builder.info.splits["train"].num_examples == 15
    assert (archive.read_bytes(), archive.stat()) == before
    assert "without a download" in caplog.text
    # Nothing on standard output, where another program may be reading.
    assert capfd.readouterr().out == ""


def test_a_prepared_data_set_is_not_touched_again(archive, data_dir, caplog):
    ensure_prepared(open_builder("cifar10", data_dir))
    archive.unlink()
    caplog.clear()
    caplog.set_level(logging.INFO)
    ensure_prepared(open_builder("cifar10", data_dir))
    assert not caplog.records


def test_without_a_network_it_says_how_to_do_without(data_dir, caplog):
    caplog.set_level(logging.INFO, "progan_keras")
    message = fails("cifar10", data_dir, ConnectionError, "cannot be reached")
    assert "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz" in message
    assert f"place it in {data_dir / 'downloads' / 'manual'}" in message
    assert "as cifar-10-binary.tar.gz" in message
    assert leftovers(data_dir) == []
    # Said first: what, how much, where to, on which terms.
    assert "170 MB in 1 file" in caplog.text
    assert str(data_dir / "downloads") in caplog.text
    assert "Licence: none stated, look at https://" in caplog.text


def test_only_the_files_of_a_configuration_are_asked_for(data_dir):
    message = fails("cycle_gan/maps", data_dir, ConnectionError, "1 file")
    assert "maps.zip" in message
    assert "apple2orange" not in message


def test_the_licence_is_told(data_dir, caplog):
    caplog.set_level(logging.INFO, "progan_keras")
    fails("celeb_a", data_dir, ConnectionError, "as img_align_celeba.zip")
    assert "1.5 GB in 5 files" in caplog.text
    assert "Licence: non-commercial research only" in caplog.text


def test_many_files_are_not_all_listed(data_dir, monkeypatch):
    monkeypatch.setattr(tfds_download, "_check_disk", lambda *args: None)
    fails("quickdraw_bitmap", data_dir, ConnectionError, "and 335 more")


def test_part_of_the_archives_may_be_placed_by_hand(data_dir, monkeypatch):
    builder = tfds.builder("mnist", data_dir=data_dir)
    url = next(url for url in builder.url_infos if "t10k-labels" in url)
    path = data_dir / "downloads" / "manual" / "t10k-labels-idx1-ubyte.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(builder.url_infos[url].size))
    message = fails("mnist", data_dir, ConnectionError, "in 3 files")
    assert "t10k-labels" not in message


def test_half_an_archive_is_noticed_by_its_size(archive, data_dir):
    archive.write_bytes(archive.read_bytes()[:1000])
    fails("cifar10", data_dir, OSError, "not the whole file.*of 1,000 bytes")
    assert leftovers(data_dir) == []


def test_another_archive_is_noticed_by_its_checksum(archive, data_dir):
    archive.write_bytes(bytes(archive.stat().st_size))
    fails(
        "cifar10",
        data_dir,
        OSError,
        "wrong checksum.*If an archive in .* delete it",
    )
    assert leftovers(data_dir) == []


def test_a_failure_leaves_nothing_half_and_can_be_repeated(
    archive, data_dir, monkeypatch
):
    cls = tfds.image_classification.Cifar10

    def fail(self, *args):
        yield 0, {"id": "0", "image": "missing.png", "label": 0}

    with monkeypatch.context() as patch:
        patch.setattr(cls, "_generate_examples", fail)
        fails("cifar10", data_dir, OSError, "could not prepare.*missing.png")
    assert not [f for f in leftovers(data_dir) if f.startswith("cifar10/3")]
    builder = open_builder("cifar10", data_dir)
    ensure_prepared(builder)
    assert builder.is_prepared()


def test_a_download_that_breaks_off_leaves_nothing(data_dir, monkeypatch):
    monkeypatch.setattr(tfds_download, "unreachable_hosts", lambda urls: [])

    def break_off(*args, **kwargs):
        raise requests.ConnectionError("the line is dead")

    monkeypatch.setattr(requests.Session, "get", break_off)
    fails("cifar10", data_dir, OSError, "the line is dead.*place it in")
    assert not list((data_dir / "downloads" / "cifar10").iterdir())


def test_an_extraction_that_breaks_off_leaves_nothing(
    tmp_path, archive, data_dir, monkeypatch
):
    archive.write_bytes(archive.read_bytes()[:-500])
    register(monkeypatch, archive)
    fails("cifar10", data_dir, OSError, "Error while extracting")
    assert not list((data_dir / "downloads" / "extracted").iterdir())


def test_half_a_folder_of_a_data_set_is_to_be_deleted(archive, data_dir):
    (data_dir / "cifar10" / "3.0.2").mkdir(parents=True)
    fails("cifar10", data_dir, OSError, "only a part.*Delete it.*3.0.2")


def test_a_folder_that_cannot_be_written_is_to_be_another(
    archive, data_dir, monkeypatch
):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied", "a folder")

    monkeypatch.setattr(
        tfds.image_classification.Cifar10, "download_and_prepare", refuse
    )
    message = fails("cifar10", data_dir, OSError, "Permission denied")
    assert "choose another folder with `data_dir`" in message


def test_files_by_hand_come_with_the_authors_instructions(data_dir):
    fails(
        "celeb_a_hq/64",
        data_dir,
        FileNotFoundError,
        "by hand in .*manual, .*data4x4.tar .*progressive_growing_of_gans",
    )


def test_another_file_by_hand_is_not_the_right_one(data_dir):
    manual = data_dir / "downloads" / "manual"
    manual.mkdir(parents=True)
    (manual / "data32x32.tar").touch()
    fails("celeb_a_hq/64", data_dir, OSError, "It wants this: .*data4x4.tar")


def test_room_on_the_disk_is_checked_first(data_dir, monkeypatch):
    usage = collections.namedtuple("usage", "free")(2 * 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    fails("celeb_a", data_dir, OSError, "3.0 GB are needed.* 2.0 GB are free")


PACKAGES = {
    "cifar10": ("importlib_resources", "pip install importlib-resources`"),
    "lsun/bedroom": ("tensorflow_io", "tensorflow-io`.*TensorFlow 2.16"),
    "oxford_flowers102": ("scipy", "`pip install scipy`"),
    "caltech_birds2011": ("cv2", "`pip install opencv-python`"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_missing_package_is_named_before_the_download(
    name, data_dir, monkeypatch
):
    missing, words = PACKAGES[name]
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda module: module != missing or None
    )
    fails(name, data_dir, ValueError, words)


def test_google_drive_needs_a_package_of_its_own(data_dir, monkeypatch):
    monkeypatch.setattr(tfds_download, "unreachable_hosts", lambda urls: [])
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda module: module != "bs4" or None
    )
    fails("celeb_a", data_dir, ValueError, "`pip install beautifulsoup4`")


@pytest.mark.parametrize("also_fails", [False, True])
def test_a_data_set_that_another_process_has_prepared_meanwhile_is_taken(
    archive, data_dir, monkeypatch, also_fails
):
    cls = tfds.image_classification.Cifar10
    real = cls._generate_examples

    def be_overtaken(self, *args):
        monkeypatch.setattr(cls, "_generate_examples", real)
        tfds.builder("cifar10", data_dir=data_dir).download_and_prepare()
        if also_fails:
            raise OSError("something else")
        return real(self, *args)

    monkeypatch.setattr(cls, "_generate_examples", be_overtaken)
    builder = open_builder("cifar10", data_dir)
    ensure_prepared(builder)
    assert builder.info.splits["train"].num_examples == 15
    assert len(list(builder.as_dataset(split="train"))) == 15


def test_no_handler_is_left_that_would_repeat_every_message(
    archive, data_dir, monkeypatch
):
    monkeypatch.setattr(logging.root, "handlers", [])
    ensure_prepared(open_builder("cifar10", data_dir))
    assert logging.root.handlers == []
