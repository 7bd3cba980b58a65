import gc
import os
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest

from progan_keras.data import level_reader, load
from progan_keras.data.level_reader import LevelReader

needs_preadv = pytest.mark.skipif(
    not hasattr(os, "preadv"), reason="this system reads through a memory map"
)


@pytest.fixture
def images(noise):
    return noise(50, 8, 8, 3)


@pytest.fixture
def path(images, tmp_path):
    np.save(tmp_path / "8.npy", images)
    return tmp_path / "8.npy"


@pytest.fixture
def large(monkeypatch):
    """Makes every level one that is not kept in memory."""
    monkeypatch.setattr(level_reader, "_MOST_BYTES_IN_MEMORY", 0)


@pytest.fixture(params=["memory", "read", "map"])
def reader(request, path, monkeypatch):
    """A reader of a small level; of a large one, by both ways there are."""
    if request.param != "memory":
        monkeypatch.setattr(level_reader, "_MOST_BYTES_IN_MEMORY", 0)
    if request.param == "map":
        monkeypatch.delattr(os, "preadv", raising=False)
    return LevelReader(path)


@pytest.mark.parametrize(
    "indices", [[3], [0, 49, 7, 7, 0], [], range(50)], ids=str
)
def test_it_reads_the_images_of_these_numbers(reader, images, indices):
    indices = np.array(indices, np.int64)
    np.testing.assert_array_equal(reader(indices), images[indices])


def test_what_was_read_can_be_written_to(reader, images):
    read = reader(np.array([4, 4]))
    read[0] = 0
    np.testing.assert_array_equal(read[1], images[4])
    np.testing.assert_array_equal(reader(np.array([4]))[0], images[4])


@pytest.mark.parametrize("indices", [[-1], [0, 50]], ids=str)
def test_numbers_of_no_image_are_refused(reader, indices):
    with pytest.raises(IndexError, match="from 0 to 49. Received"):
        reader(np.array(indices))


@needs_preadv
def test_a_file_that_becomes_shorter_is_an_error_not_a_crash(path, images):
    # In a process of its own: as a memory map this would end the tests.
    code = (
        "import os, sys, numpy as np\n"
        "from progan_keras.data import level_reader\n"
        "level_reader._MOST_BYTES_IN_MEMORY = 0\n"
        "reader = level_reader.LevelReader(sys.argv[1])\n"
        "os.truncate(sys.argv[1], 5000)\n"
        "reader(np.array([2]))\n"
        "try:\n"
        "    reader(np.array([30]))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "shorter while it was used. Delete" in done.stdout
    assert "8.npy" in done.stdout


@needs_preadv
def test_it_goes_on_when_the_folder_is_removed(path, images, large):
    reader = LevelReader(path)
    shutil.rmtree(path.parent)
    np.testing.assert_array_equal(reader(np.array([9])), images[9:10])


def test_it_can_be_pickled(reader, images):
    again = pickle.loads(pickle.dumps(reader))
    np.testing.assert_array_equal(again(np.array([9])), images[9:10])


@needs_preadv
@pytest.mark.filterwarnings("error")
def test_it_closes_its_file(path, large):
    reader = LevelReader(path)
    descriptor = reader._file.fileno()
    del reader
    gc.collect()
    with pytest.raises(OSError):
        os.fstat(descriptor)


@needs_preadv
def test_the_smaller_levels_are_kept_in_memory(noise, monkeypatch):
    pyramid = load(noise(6, 16, 16, 3))
    monkeypatch.setattr(level_reader, "_MOST_BYTES_IN_MEMORY", 6 * 8 * 8 * 3)
    pyramid.read(4, [0])
    for resolution in (4, 8, 16):
        os.truncate(pyramid.folder / f"{resolution}.npy", 0)
    for resolution in (4, 8):
        assert len(pyramid.read(resolution, [3, 5])) == 2
    with pytest.raises(OSError, match="became shorter"):
        pyramid.read(16, [3, 5])


@pytest.mark.parametrize("most_in_memory", [0, 2**25])
def test_a_pyramid_reads_each_of_its_levels(noise, monkeypatch, most_in_memory):
    name = "_MOST_BYTES_IN_MEMORY"
    monkeypatch.setattr(level_reader, name, most_in_memory)
    pyramid = load(noise(6, 16, 16, 3))
    chosen = np.array([5, 0, 3])
    for resolution in (4, 8, 16):
        np.testing.assert_array_equal(
            pyramid.read(resolution, chosen), pyramid.at(resolution)[chosen]
        )
    with pytest.raises(ValueError, match="it has 4, 8, 16.*=32"):
        pyramid.read(32, chosen)
