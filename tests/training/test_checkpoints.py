"""Which checkpoints are kept."""

import errno
import json

import pytest

from progan_keras.training import checkpoint
from progan_keras.training.checkpoints import Checkpoints
from progan_keras.training.faults import RunFolderLostError, RunReplacedError
from progan_keras.training.run_lock import locked
from progan_keras.training.runs import find_run, new_run

OPTIONS = {"network": {"resolution": 8}, "data": {}, "training": {}}


class Clock:
    images_seen = 0


@pytest.fixture
def run(tmp_path):
    return new_run(tmp_path, "tiny", OPTIONS)


@pytest.fixture
def empty_files(monkeypatch):
    """Checkpoints without content."""

    def save(gan, path, progress):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    monkeypatch.setattr(checkpoint, "save", save)


@pytest.mark.parametrize("keep", [1, 2, 3, 4, 5, 6, 20])
def test_the_newest_are_kept_as_many_as_asked_for(run, empty_files, keep):
    gan = Clock()
    checkpoints = Checkpoints(gan, run, keep)
    for gan.images_seen in range(10):
        checkpoints.save({})
    kept = [int(path.stem) for path in run.checkpoints]
    assert kept == list(range(max(0, 10 - keep), 10))


def test_nothing_is_written_into_a_run_that_replaced_this_one(run, empty_files):
    checkpoints = Checkpoints(Clock(), run)
    with locked(run):
        run.path.rename(run.path.with_name("moved"))
        other = new_run(run.path.parent, "tiny", OPTIONS)
        other.path.rename(run.path)
        (run.path / "owner.json").write_text("{}")
        with pytest.raises(RunReplacedError, match="was replaced"):
            checkpoints.save({})
    assert not run.checkpoints
    assert (run.path / "owner.json").exists()


def test_a_folder_that_is_gone_is_made_again(run, empty_files):
    checkpoints = Checkpoints(Clock(), run)
    with locked(run):
        run.path.rename(run.path.with_name("moved"))
        with pytest.raises(RunFolderLostError, match="made again"):
            checkpoints.save({})
    assert len(run.checkpoints) == 1
    assert json.loads((run.path / "options.json").read_text()) == OPTIONS


def test_a_checkpoint_that_the_disk_does_not_give_back_is_damaged(
    run, empty_files, monkeypatch, caplog
):
    gan = Clock()
    checkpoints = Checkpoints(gan, run)
    for gan.images_seen in (1, 2):
        checkpoints.save({})
    whole = {"format": 2, "images_seen": 1, "stage": STAGE}

    def read(path):
        if int(path.stem) == 2:
            raise OSError(errno.EIO, "Input/output error")
        return whole, {}

    monkeypatch.setattr(checkpoint, "read", read)
    assert run.newest_checkpoint()[0] == whole
    assert "Using the one before" in caplog.text


STAGE = {
    "resolution": 4,
    "fade_in": False,
    "images": 8,
    "batch_size": 4,
    "learning_rate": 0.001,
    "start": 0,
    "n_critic": 1,
}


def test_pictures_of_others_and_damaged_runs_stop_nobody(run, caplog):
    run.grids.mkdir()
    for name in ("fakes-old.png", "fakes-000001.png", "fakes-000001.500.png"):
        (run.grids / name).touch()
    assert list(run.fakes()) == [1.0, 1.5]
    damaged = new_run(run.path.parent, "tiny", OPTIONS)
    (damaged.path / "options.json").write_text("{")
    checkpoint_file = run.checkpoint_path(8)
    checkpoint_file.parent.mkdir()
    checkpoint_file.touch()
    assert find_run(run.path.parent).path == run.path
    assert "passed over" in caplog.text
