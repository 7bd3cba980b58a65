"""What preparing and reading a data set takes of memory (Linux).

    python benchmarks/data_memory.py --num-images 200000 --folder /scratch

Writes random images into a `.npy` file, prepares them, and streams all of
them once at the largest and at the smallest resolution, each in a process of
its own. Needs 2.4 times the disk of the images, 24 GB for 200,000 of 128x128,
and removes it at the end.

A Markdown row for each: the peak of memory above what the process held after
importing TensorFlow. "In all" counts pages of files that are mapped (VmHWM),
"anonymous" does not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

BATCH_SIZE = 16
COLUMNS = "what | images | seconds | images/s | MiB in all | MiB anonymous"


def main():
    """Print the table, or be one of its processes."""
    options = parse()
    if options.task:
        print(json.dumps(measure(options)))
        return
    rows = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        write_images(Path(folder, "images.npy"), options)
        print_row(COLUMNS.split(" | "))
        print_row(["--"] + ["--:"] * 5)
        for task in ("prepare", options.resolution, 4):
            rows.append(run(task, folder, options))
            print_row(describe(rows[-1]))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=2)


def parse():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--num-images", type=int, default=20_000)
    parser.add_argument("--resolution", type=int, default=128)
    parser.add_argument("--folder", help="on a disk with room")
    parser.add_argument("--json", help="file to write the figures to")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    return parser.parse_args()


def write_images(path, options):
    """Write random images, some at a time."""
    side, generator = options.resolution, np.random.default_rng(0)
    shape = (options.num_images, side, side, 3)
    with open(path, "wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for first in range(0, shape[0], 1024):
            count = min(1024, shape[0] - first)
            file.write(generator.bytes(count * side * side * 3))


def run(task, folder, options):
    """Measure a task in a process of its own."""
    command = [sys.executable, __file__, "--task", task, "--folder", folder]
    command += ["--num-images", options.num_images]
    command += ["--resolution", options.resolution]
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(options):
    """Prepare the images, or read them at a resolution.

    Returns:
        Dict of "task", "images", "seconds", and the peaks "in_all" and
        "anonymous" in MiB.
    """
    import tensorflow as tf

    import progan_keras as pk

    tf.constant(0) + 1  # starts TensorFlow
    images = Path(options.folder, "images.npy")
    settings = {"cache_dir": Path(options.folder, "cache"), "mirror": True}
    before, after = memory(), {}
    ended = threading.Event()

    def watch():
        while not ended.wait(0.02):
            for name, now in memory().items():
                after[name] = max(after.get(name, 0), now)

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    try:
        pyramid = pk.data.load(images, options.resolution, **settings)
        if options.task != "prepare":
            started = time.perf_counter()
            stream = pyramid.stream(int(options.task), BATCH_SIZE)
            for _ in stream.take(-(-options.num_images // BATCH_SIZE)):
                pass
    finally:
        seconds = time.perf_counter() - started
        ended.set()
        watcher.join()
    return {
        "task": options.task,
        "images": options.num_images,
        "seconds": seconds,
        "in_all": after["VmHWM"] - before["VmRSS"],
        "anonymous": after["RssAnon"] - before["RssAnon"],
    }


def memory():
    """What this process holds now, and at most so far, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    names = ("VmHWM", "VmRSS", "RssAnon")
    return {name: int(fields[name].split()[0]) / 1024 for name in names}


def describe(row):
    """The cells of a row of the table."""
    what = row["task"]
    if what != "prepare":
        what = f"stream at {what}x{what}"
    return [
        what,
        f"{row['images']:,}",
        f"{row['seconds']:.1f}",
        f"{row['images'] / row['seconds']:,.0f}",
        f"{row['in_all']:.0f}",
        f"{row['anonymous']:.0f}",
    ]


def print_row(cells):
    """Print a row of a Markdown table."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
