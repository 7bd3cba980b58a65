"""Preparing is done as a whole or not at all, whatever happens meanwhile."""

import json
import random
import resource
import signal
import subprocess
import sys
import time
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from progan_keras.data import clear, load
from progan_keras.data.sources.array_source import ArraySource

# Slow enough to be met while it works.
KILLED = """
import sys
from progan_keras.data import clear, load
print("ready", flush=True)
load(sys.argv[1], resolution=32)
"""


@pytest.fixture
def broken(tmp_path, noise):
    """A folder of two classes with five images, two of them broken."""
    folder = tmp_path / "some broken"
    for name in ("a/0", "a/1", "a/2", "b/3", "b/4"):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8, 3), int(name[-1]), np.uint8)).save(path)
    (folder / "a" / "1.png").write_text("not an image")
    cut = (folder / "b" / "3.png").read_bytes()
    (folder / "b" / "3.png").write_bytes(cut[:-30])
    return folder


def test_broken_images_stop_the_preparation_and_are_named(broken, cache):
    (broken / "a" / "1.png").unlink()  # the other has a good header
    with pytest.raises(ValueError, match=r"1 of 4 images.*: b/3.png \(") as e:
        load(broken)
    assert "--skip-broken" in str(e.value)
    assert not list(cache.iterdir())


def test_broken_images_can_be_left_out_and_are_listed(broken):
    with pytest.warns(UserWarning, match="2 of 5 images.*a/1.png.*b/3.png"):
        images = load(broken, skip_broken=True)
    assert images.at(8)[:, 0, 0, 0].tolist() == [0, 2, 4]
    assert [s["index"] for s in images.skipped] == [1, 3]
    assert images.skipped[0]["reason"] == "not an image"
    listed = json.loads((images.folder / "pyramid.json").read_text())["skipped"]
    assert [s["name"] for s in listed] == ["a/1.png", "b/3.png"]


def test_labels_stay_with_their_images_when_others_are_left_out(broken):
    with pytest.warns(UserWarning):
        images = load(broken, skip_broken=True)
    assert images.labels.tolist() == [0, 0, 1]
    own = load(broken, skip_broken=True, labels=[9, 8, 7, 6, 5])
    assert [own.class_names[i] for i in own.labels] == ["9", "7", "5"]
    with pytest.raises(ValueError, match="3 labels for 5 images"):
        load(broken, skip_broken=True, labels=[9, 7, 5])


def test_a_class_that_lost_all_its_images_is_left_out(broken):
    (broken / "b" / "4.png").unlink()
    with pytest.warns(UserWarning, match="1 of 2 classes have no images.*'b'"):
        images = load(broken, skip_broken=True)
    assert images.class_names == ("a",)


def test_what_was_left_out_once_is_not_left_out_silently(broken):
    with pytest.warns(UserWarning):
        load(broken, skip_broken=True)
    with pytest.raises(ValueError, match="2 of 5 images"):
        load(broken)


def test_images_that_are_all_broken_are_refused_anyway(broken):
    for path in broken.rglob("*.png"):
        path.write_bytes(b"")
    with pytest.raises(ValueError, match="5 of 5 images.*the file is empty"):
        load(broken, skip_broken=True)


def test_a_full_disk_is_noticed_before_it_is_full(noise, cache, monkeypatch):
    prepare = import_module("progan_keras.data.prepare")
    usage = SimpleNamespace(free=100)
    monkeypatch.setattr(prepare.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(OSError, match="GB are needed.*PROGAN_KERAS_CACHE"):
        load(noise(8, 8, 8, 3))
    assert not list(cache.iterdir())


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(noise, cache):
    images = noise(64, 32, 32, 3)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A real failure of `write`; Python turns the signal off.
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="too large.*PROGAN_KERAS_CACHE"):
            load(images)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(cache.iterdir())
    assert len(load(images)) == 64


def test_a_failing_source_is_not_taken_for_a_full_disk(noise, monkeypatch):
    def fail(self):
        raise ConnectionError("no network")
        yield

    monkeypatch.setattr(ArraySource, "records", fail)
    with pytest.raises(ConnectionError, match="^no network$"):
        load(noise(4, 8, 8, 3))


def test_a_source_that_changes_meanwhile_is_refused(noise, monkeypatch):
    monkeypatch.setattr(ArraySource, "count", lambda self: 5)
    with pytest.raises(ValueError, match="5 images were announced, but 4"):
        load(noise(4, 8, 8, 3))


def test_preparing_says_what_it_costs(noise, caplog):
    with caplog.at_level("INFO", "progan_keras"):
        load(noise(1000, 32, 32, 3))
    message = caplog.records[0].getMessage()
    assert message.startswith("Preparing 1,000 images at 32x32, 4 MB, in ")


@pytest.mark.slow
def test_after_any_interruption_the_next_call_makes_the_same(
    noise, cache, tmp_path
):
    photos = tmp_path / "photos"
    photos.mkdir()
    for index, picture in enumerate(noise(300, 96, 80, 3)):
        Image.fromarray(picture).save(photos / f"{index}.png")
    start = time.perf_counter()
    undisturbed = contents(load(photos, 32, cache_dir=tmp_path / "quiet"))
    duration = time.perf_counter() - start
    moments = random.Random(0)
    interrupted = 0
    for trial in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(photos)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        process.stdout.readline()
        time.sleep(moments.uniform(0, duration))
        process.send_signal(signal.SIGINT if trial % 2 else signal.SIGKILL)
        interrupted += process.wait() != 0
        process.stdout.close()
        assert contents(load(photos, resolution=32)) == undisturbed
        (only,) = cache.iterdir()  # and no leftovers
        clear()
    assert interrupted >= 5  # most came in time


def contents(pyramid):
    """All files of a prepared data set."""
    return {p.name: p.read_bytes() for p in pyramid.folder.iterdir()}
