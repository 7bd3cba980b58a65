"""The stream on several workers: processes that train together over a network.

TensorFlow allows one cluster per process, so the workers are subprocesses.
They are killed as soon as they have told what they got: TensorFlow's own
farewell between workers sometimes hangs.
"""

import json
import os
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

BATCHES, BATCH_SIZE, WORKERS = 3, 12, 2
OPTIONS = {"start": 7, "seed": 5, "mirror": True, "with_labels": True}
MOST_SECONDS = 120

WORKER = f"""
import os, sys
import numpy as np
import tensorflow as tf
from tensorflow.python.distribute import collective_all_reduce_strategy

folder, path, devices = sys.argv[1], sys.argv[2], int(sys.argv[3])
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * devices,
)
# A CPU is taken for one device; several GPUs would be several.
collective_all_reduce_strategy.CollectiveAllReduceExtended.\\
_initialize_local_devices = lambda self, resolver, worker: (
    tuple(f"{{worker}}/device:CPU:{{n}}" for n in range(devices)), "CPU"
)
strategy = tf.distribute.MultiWorkerMirroredStrategy()

from progan_keras.data import labels, pyramid
numbers = labels.encode_labels(range(20), 20)
images = pyramid.ImagePyramid(folder, labels=numbers)
with strategy.scope():
    stream = images.stream(4, {BATCH_SIZE}, **{OPTIONS})
batches = iter(strategy.experimental_distribute_dataset(stream))
got = [next(batches) for _ in range({BATCHES})]
local = strategy.experimental_local_results
np.savez(
    path + ".tmp.npz",
    images=[[i.numpy() for i in local(images)] for images, _ in got],
    labels=[[i.numpy() for i in local(labels)] for _, labels in got],
)
os.rename(path + ".tmp.npz", path)
"""


@pytest.fixture
def run_workers(tmp_path):
    """Function: (folder, devices per worker) -> what each worker got."""
    processes = []

    def run(folder, devices):
        workers = [f"localhost:{port}" for port in free_ports(WORKERS)]
        paths = [tmp_path / f"{index}.npz" for index in range(WORKERS)]
        with open(tmp_path / "log.txt", "w") as log:
            for index, path in enumerate(paths):
                task = {"type": "worker", "index": index}
                config = {"cluster": {"worker": workers}, "task": task}
                command = [sys.executable, "-c", WORKER, folder, path, devices]
                process = subprocess.Popen(
                    list(map(str, command)),
                    env={**os.environ, "TF_CONFIG": json.dumps(config)},
                    stdout=log,
                    stderr=log,
                )
                processes.append(process)
        deadline = time.monotonic() + MOST_SECONDS
        while not all(path.exists() for path in paths):
            failed = any(process.poll() for process in processes)
            if failed or time.monotonic() > deadline:
                pytest.fail((tmp_path / "log.txt").read_text()[-3000:])
            time.sleep(0.1)
        return [dict(np.load(path)) for path in paths]

    yield run
    for process in processes:
        process.kill()
        process.wait()


def free_ports(count):
    """Ports that nobody listens on now."""
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


@pytest.mark.slow
@pytest.mark.parametrize("devices", [1, 2])
def test_each_worker_gets_what_its_devices_would_get_in_one_process(
    numbered, run_workers, devices
):
    pyramid = numbered(20, labels=range(20))
    replicas = WORKERS * devices
    got = run_workers(pyramid.folder, devices)
    whole = pyramid.stream(4, BATCH_SIZE, **OPTIONS).as_numpy_iterator()
    for batch in range(BATCHES):
        images, labels = next(whole)
        for replica in range(replicas):
            worker, device = divmod(replica, devices)
            np.testing.assert_array_equal(
                got[worker]["images"][batch, device], images[replica::replicas]
            )
            np.testing.assert_array_equal(
                got[worker]["labels"][batch, device], labels[replica::replicas]
            )
