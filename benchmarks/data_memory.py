"""Peak memory of preparing and of reading a large data set.

    python benchmarks/data_memory.py --count 200000

Writes `count` synthetic images of 128x128 to a `.npy` file in a temporary
folder (9.8 GB for 200,000, and 13 GB for what is prepared from it), prepares
them and reads each once at 128x128 and at 4x4, in a process of its own each.
Prints a Markdown table of peak memory above that of importing TensorFlow:
what the system counts (VmHWM, with the pages of mapped files).
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIDE = 128
_BLOCK = 1000


def write_images(path, count):
    """Write noise, block by block."""
    block = np.random.default_rng(0).integers(
        0, 256, (_BLOCK, SIDE, SIDE, 3), np.uint8
    )
    with open(path, "wb") as file:
        header = np.lib.format.header_data_from_array_1_0(block[:0])
        header["shape"] = (count, *block.shape[1:])
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, count, _BLOCK):
            file.write(np.roll(block, start, 1)[: count - start].tobytes())


def peak_mib():
    """Most memory that this process ever had, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise OSError("The system does not tell the peak memory of a process.")


def work(what, path, cache):
    """Do one part, and print peak memory and seconds."""
    import tensorflow  # noqa: F401

    import progan_keras as pk

    before, start = peak_mib(), time.perf_counter()
    images = pk.data.load(path, cache_dir=cache)
    if what != "prepare":
        resolution = int(what)
        batches = images.stream(resolution, 16)
        for _ in batches.take(len(images) // 16):
            pass
    seconds = time.perf_counter() - start
    print(f"{peak_mib() - before:.0f} {len(images) / seconds:.0f}")


def main():
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--part", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        work(*options.part)
        return
    print("| part | MiB above TensorFlow's import | images/s |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images.npy")
        write_images(path, options.count)
        for part in ("prepare", "128", "4"):
            command = [sys.executable, __file__, "--part", part]
            done = subprocess.run(
                [*command, str(path), str(Path(folder, "cache"))],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            memory, speed = done.stdout.split()
            name = part if part == "prepare" else f"read at {part}x{part}"
            print(f"| {name} | {memory} | {speed} |", flush=True)


if __name__ == "__main__":
    main()
