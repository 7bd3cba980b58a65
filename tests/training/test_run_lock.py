"""A run is trained by one process at a time."""

import json
import subprocess
import sys

import pytest

from progan_keras.training.faults import RunLockedError
from progan_keras.training.run_lock import locked
from progan_keras.training.runs import new_run

OPTIONS = {"network": {"resolution": 8}, "data": {}, "training": {}}

# Nobody's terminal is to be painted by a file.
ESCAPES = json.dumps({"process": 1, "host": "\x1b[31m", "since": "now"})

HOLD = """
import sys
from progan_keras.training.run_folder import RunFolder
from progan_keras.training.run_lock import locked
with locked(RunFolder(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path):
    return new_run(tmp_path, "tiny", OPTIONS)


@pytest.fixture
def holder(run):
    """Another process that holds the lock until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_is_told_who_holds_it(run, holder):
    with pytest.raises(RunLockedError) as caught, locked(run):
        pass
    assert f"trained already, by process {holder.pid} on" in str(caught.value)
    assert "since 20" in str(caught.value)


def test_a_killed_process_locks_nobody_out_but_is_remembered(run, holder):
    holder.kill()
    holder.wait()
    with locked(run) as left:
        assert left.startswith(f"last by process {holder.pid} on")


def test_what_ended_properly_leaves_nothing_to_say(run):
    with locked(run) as left:
        assert left is None
    with locked(run) as left:
        assert left is None


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", "null", "\x00", "[" * 200_000, ESCAPES]
)
def test_details_that_cannot_be_read_do_no_harm(run, text):
    (run.path / "owner.json").write_text(text)
    with locked(run) as left:
        assert left == "last by a process that left no details"


def test_the_details_are_those_of_this_process(run):
    with locked(run):
        details = json.loads((run.path / "owner.json").read_text())
        assert set(details) == {"process", "host", "since"}
