"""A run that is killed again and again ends where an undisturbed one does.

Some moments are tried in the ordinary tests; for more of them:

    export PROGAN_KERAS_KILLS=50 PROGAN_KERAS_KILL_SIZE=16
    export PROGAN_KERAS_KILL_SIGNALS=SIGKILL
    pytest -s tests/training/test_kill.py -k alone
"""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from progan_keras.training import RunFolder, checkpoint

SCRIPT = Path(__file__).with_name("small_run.py")
KILLS = int(os.environ.get("PROGAN_KERAS_KILLS", 3))
SIZE = os.environ.get("PROGAN_KERAS_KILL_SIZE", "8")
# How a process ends after each signal.
LEAVES = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}
NAMES = os.environ.get("PROGAN_KERAS_KILL_SIGNALS", "SIGKILL,SIGTERM,SIGINT")
SIGNALS = [signal.Signals[name] for name in NAMES.split(",")]

pytestmark = pytest.mark.slow


class Process:
    """A process that trains in a folder."""

    def __init__(self, folder, *options):
        self.command = [sys.executable, SCRIPT, folder, "--size", SIZE]
        self.command += options
        self.environment = {
            **os.environ,
            "PROGAN_KERAS_CACHE": str(folder.parent / "cache"),
        }

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.line = self.process.stdout.readline()
        self.began = self.line == "training\n"
        self.started = time.monotonic()
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()

    def end(self):
        """Wait for its own end; returns the seconds since training began."""
        out, err = self.process.communicate(timeout=600)
        assert (self.line + out).endswith("finished\n"), err
        return time.monotonic() - self.started

    def send(self, signum):
        """Send a signal and return the exit code and what was said."""
        self.process.send_signal(signum)
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err


def final_state(folder):
    (path,) = folder.iterdir()
    run = RunFolder(path)
    assert (run.final / "saved_model" / "saved_model.pb").exists()
    return run, checkpoint.read(run.checkpoints[-1])[1]


@pytest.fixture(scope="module", params=["1", "2"], ids=["alone", "mirrored"])
def undisturbed(request, tmp_path_factory):
    """Options, seconds and final state of a run that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed") / "runs"
    options = ["--devices", request.param]
    with Process(folder, *options) as process:
        seconds = process.end()
    return options, seconds, final_state(folder)


def test_stopped_at_random_moments_it_ends_bitwise_the_same(
    undisturbed, tmp_path
):
    options, seconds, (whole, expected) = undisturbed
    chance = random.Random(str(options))
    signals = itertools.cycle(SIGNALS)
    stopped = trials = 0
    while stopped < KILLS:
        folder = tmp_path / str(trials) / "runs"
        for _ in range(3):
            with Process(folder, *options) as process:
                time.sleep(chance.uniform(0, 0.8 * seconds))
                if not process.began or process.process.poll() is not None:
                    break  # nothing was left to train
                signum = next(signals)
                code, out, err = process.send(signum)
                if "finished" in out:
                    break  # it came too late
                assert code == LEAVES[signum], err
                assert "Traceback" not in err
                stopped += 1
        with Process(folder, *options) as process:
            process.end()
        trials += 1
        assert_same(*final_state(folder), whole, expected)
    print(f"{stopped} times stopped in {trials} runs, {options}")


def assert_same(run, arrays, whole, expected):
    assert arrays.keys() == expected.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)
    kimgs, expected = (
        [record["kimg"] for record in found.records()] for found in (run, whole)
    )
    assert kimgs == expected
    leftovers = [p for p in run.path.rglob(".*") if ".tmp" in p.name]
    assert not leftovers
