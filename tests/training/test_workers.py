"""Several processes that train one GAN, over a network of this machine alone.

TensorFlow allows one cluster per process, so workers are subprocesses.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import types

import numpy as np
import pytest
import tensorflow as tf

import progan_keras as pk
from progan_keras.cli.main import main
from progan_keras.training import checkpoint, devices
from progan_keras.training.runs import find_run
from progan_keras.training.stop_request import StopRequest
from progan_keras.training.trainer import Trainer
from progan_keras.training.workers import WorkerLostError, Workers

SCRIPT = pathlib.Path(__file__).with_name("run_worker.py")
# 4x4: 32 images, fade to 8x8: 40, 8x8: 24.
OPTIONS = """
--resolution 8 --fmap-base 32 --fmap-max 8 --latent-dim 8
--stabilise-kimg 0.032 --fade-kimg 0.04 --total-kimg 0.096 --batch-size 4
--tick-kimg 0.048
"""
MOST_SECONDS = 400  # for two processes; some twenty on a quiet machine
TO_LEAVE = 60  # after another worker died


def fake_strategy(own=0):
    """As much of a strategy of two workers as is asked for without steps."""
    spec = tf.train.ClusterSpec({"worker": ["a:1", "b:2"]})
    resolver = types.SimpleNamespace(
        cluster_spec=lambda: spec, task_type="worker", task_id=own
    )
    return types.SimpleNamespace(cluster_resolver=resolver)


def test_a_process_alone_is_its_own_chief():
    workers = Workers(tf.distribute.get_strategy())
    assert workers.cluster is None and workers.is_chief
    assert workers.agree(signal.SIGTERM, False) == (signal.SIGTERM, False)
    assert workers.agree(None, True) == (None, True)
    assert workers.from_chief(lambda: "anything") == "anything"
    workers.check_same({"a": 1}, roll_backs=3)
    with pytest.raises(tf.errors.UnavailableError), workers.explained():
        raise tf.errors.UnavailableError(None, None, "of another cause")


def test_mirrored_devices_are_one_process_alone(two_devices):
    workers = Workers(two_devices)
    assert workers.cluster is None and workers.is_chief


def test_the_first_worker_is_the_chief():
    assert Workers(fake_strategy(0)).is_chief
    assert not Workers(fake_strategy(1)).is_chief


@pytest.mark.parametrize(
    ("wishes", "agreed"),
    [
        ([0, 0, 0], (None, False)),
        ([1, 0, 0], (signal.SIGINT, False)),
        ([2, 1, 0], (signal.SIGTERM, False)),
        ([0, 0, 1], (None, True)),
    ],
)
def test_what_one_worker_wishes_all_do(wishes, agreed):
    workers = Workers(fake_strategy())
    workers._sum = lambda flags: tf.constant(wishes, "float32")
    assert workers.agree(None, False) == agreed


@pytest.mark.parametrize(
    "message",
    [
        "Collective ops is aborted by: Error reported from /job:worker/task:1:",
        "remote target /job:worker/replica:0/task:1 of /job:worker/task:0",
    ],
)
def test_a_lost_worker_is_named_with_its_address(message):
    workers = Workers(fake_strategy(own=0))
    error = tf.errors.UnavailableError(None, None, message)
    with (
        pytest.raises(WorkerLostError, match=r"worker 1 \(b:2\)") as told,
        workers.explained(),
    ):
        raise error
    assert "same command on all" in str(told.value)


def test_a_lost_worker_that_nobody_names_is_another():
    with (
        pytest.raises(WorkerLostError, match="another worker"),
        Workers(fake_strategy()).explained(),
    ):
        raise tf.errors.UnavailableError(None, None, "from /job:worker/task:0")


def test_errors_of_this_worker_stay_what_they_are():
    with (
        pytest.raises(tf.errors.InternalError),
        Workers(fake_strategy()).explained(),
    ):
        raise tf.errors.InternalError(None, None, "of a GPU")


@pytest.fixture
def compared(monkeypatch):
    """Function: options of the chief and of this worker are compared."""

    def compare(chiefs, own, others_differ=False):
        workers = Workers(fake_strategy(own=1))
        monkeypatch.setattr(workers, "from_chief", lambda read: (chiefs, {}))
        monkeypatch.setattr(
            workers, "_any", lambda flags: [flags[0] or others_differ]
        )
        workers.check_same(own)

    return compare


def test_workers_of_the_same_options_may_train(compared):
    compared({"data": {"sizes": [1]}}, {"data": {"sizes": (1,)}})


@pytest.mark.parametrize("own", [{"data": {"fingerprint": "y"}}, {"data": {}}])
def test_a_worker_with_other_data_is_told_what_differs(compared, own):
    words = r"data fingerprint is 'x' on worker 0 \(a:1\), but"
    with pytest.raises(ValueError, match=words):
        compared({"data": {"fingerprint": "x"}}, own)


def test_the_place_of_the_images_may_differ(compared):
    compared({"data": {}}, {"data": {"source": "/elsewhere"}})


def test_workers_that_are_right_are_told_that_another_is_not(compared):
    with pytest.raises(ValueError, match="Another worker.*it says which"):
        compared({}, {}, others_differ=True)


def test_several_workers_do_not_go_back():
    with pytest.raises(ValueError, match="roll_backs=1"):
        Workers(fake_strategy()).check_same({}, roll_backs=1)


def test_a_wish_that_ends_the_chiefs_own_work_is_told_to_the_others():
    told = []

    def agree(signum, done):
        told.append(signum)
        return signum, done

    trainer = types.SimpleNamespace(
        stop=StopRequest(),
        gan=types.SimpleNamespace(stop_training=False),
        workers=types.SimpleNamespace(agree=agree),
    )
    trainer._is_stopped = lambda: Trainer._is_stopped(trainer)
    with pytest.raises(KeyboardInterrupt), Trainer.alone(trainer):
        raise KeyboardInterrupt
    assert told == [signal.SIGINT]


@pytest.fixture(scope="module")
def folder(pictures, tmp_path_factory):
    """A folder with the pictures, and the cache of all processes."""
    folder = tmp_path_factory.mktemp("workers")
    np.save(folder / "pictures.npy", pictures)
    pk.data.load(folder / "pictures.npy", cache_dir=folder / "cache")
    return folder


@pytest.fixture(scope="module")
def train_together(folder):
    """Function that runs two workers, and returns what came of each."""
    processes = []

    def train(name, clock=0, event=0, who=1):
        sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
        ports = [server.getsockname()[1] for server in sockets]
        for server in sockets:
            server.close()
        started = [
            start(folder / name, ports, place, clock, event * (place == who))
            for place in range(2)
        ]
        processes.extend(process for process, _ in started)
        return finish(started)

    yield train
    for process in processes:
        process.kill()
        process.wait()


def start(folder, ports, place, clock, event):
    """Start one of two workers; each has a run folder of its own."""
    folder.mkdir(exist_ok=True)
    config = {
        "cluster": {"worker": [f"localhost:{port}" for port in ports]},
        "task": {"type": "worker", "index": place},
    }
    command = [sys.executable, SCRIPT, folder / f"{place}.npz", clock]
    command += [event or 0, "train", folder.parent / "pictures.npy"]
    command += ["--run-dir", folder / f"runs{place}", *OPTIONS.split()]
    output = folder / f"output{place}.txt"
    environment = {
        "TF_CONFIG": json.dumps(config),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PROGAN_KERAS_CACHE": str(folder.parent / "cache"),
    }
    with open(output, "w") as file:
        process = subprocess.Popen(
            list(map(str, command)),
            env={**os.environ, **environment},
            stdout=file,
            stderr=file,
        )
    return process, output


def finish(started):
    """Wait for the processes; return exit code, output, time of each."""
    ended, deadline = {}, time.monotonic() + MOST_SECONDS
    while len(ended) < len(started):
        for process, output in started:
            if process.poll() is not None and process not in ended:
                ended[process] = types.SimpleNamespace(
                    code=process.returncode,
                    text=output.read_text(),
                    time=time.monotonic(),
                )
        if time.monotonic() > deadline:
            pytest.fail("".join(output.read_text() for _, output in started))
        time.sleep(0.05)
    return [ended[process] for process, _ in started]


def last_line(worker):
    return worker.text.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def mirrored(folder, two_devices):
    """The state that two mirrored devices of one process end with."""
    patch = pytest.MonkeyPatch()
    patch.setattr(devices, "strategy", lambda devices: two_devices)
    patch.setenv("PROGAN_KERAS_CACHE", str(folder / "cache"))
    runs = folder / "mirrored"
    arguments = [str(folder / "pictures.npy"), "--run-dir", str(runs)]
    assert main(["train", *arguments, *OPTIONS.split()]) == 0
    patch.undo()
    return checkpoint.read(find_run(runs).checkpoints[-1])[1]


def assert_same(state, path):
    _, arrays = checkpoint.read(path)
    assert arrays.keys() == state.keys()
    for name, array in state.items():
        assert array.tobytes() == arrays[name].tobytes(), name


@pytest.fixture(scope="module")
def asked_to_stop(train_together):
    """Worker 1 got SIGTERM in the first stage."""
    return train_together("run", clock=20, event=signal.SIGTERM)


@pytest.fixture(scope="module")
def killed(train_together, asked_to_stop):
    """Both were started again, and worker 1 was killed in mid-fade."""
    return train_together("run", clock=52, event=signal.SIGKILL)


@pytest.fixture(scope="module")
def restarted(train_together, killed):
    """Both were started again, and left alone."""
    return train_together("run")


@pytest.mark.slow
def test_sigterm_to_one_worker_stops_all_after_the_same_step(
    asked_to_stop, folder
):
    chief, follower = asked_to_stop
    assert (chief.code, follower.code) == (143, 143)
    assert "Stopped at 0.02 kimg" in last_line(chief)
    assert not (folder / "run/runs1").exists()


@pytest.mark.slow
def test_a_worker_killed_in_a_fade_ends_the_others_in_a_sentence(killed):
    chief, follower = killed
    assert "going on from 0.02 kimg" in chief.text
    assert (chief.code, follower.code) == (2, -signal.SIGKILL)
    assert chief.time - follower.time < TO_LEAVE
    assert "The training lost worker 1 (localhost:" in last_line(chief)
    assert "Traceback" not in chief.text


@pytest.mark.slow
def test_workers_end_where_mirrored_devices_do_whatever_happened(
    restarted, mirrored, folder
):
    chief, follower = restarted
    assert (chief.code, follower.code) == (0, 0)
    assert "going on from 0.052 kimg" in chief.text
    assert "Finished at 0.096 kimg" in chief.text
    assert follower.text.splitlines()[-1].startswith("worker 1 (localhost:")
    for place in range(2):
        assert_same(mirrored, folder / "run" / f"{place}.npz")
    assert not (folder / "run/runs1").exists()


@pytest.mark.slow
def test_what_is_not_finite_on_one_worker_ends_all(train_together, folder):
    chief, follower = train_together("nan", clock=8, event="nan")
    assert (chief.code, follower.code) == (2, 2)
    assert "real images is NaN or infinite after 0.008" in last_line(follower)
    assert "The training lost worker 1" in last_line(chief)
    assert chief.time - follower.time < TO_LEAVE
    saved = find_run(folder / "nan/runs0").newest_checkpoint()
    assert saved[0]["images_seen"] == 0
