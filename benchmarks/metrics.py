"""What SWD and MS-SSIM cost, beside a straightforward version of them.

    python benchmarks/metrics.py
    python benchmarks/metrics.py --data cifar10_train.npz --repeats 5

Both versions measure the same images, one after the other, each time in a
process of its own; seconds are the least of all repeats, megabytes are what
the process took at most beyond the images, temporary files left aside. The
straightforward version holds all patches in memory, convolves by SciPy with
two-dimensional kernels, and leaves threads to NumPy. Prints a table in
Markdown; needs Linux, which tells how much memory a process took.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy import ndimage, signal

from progan_keras.data import load
from progan_keras.metrics.ms_ssim import ms_ssim
from progan_keras.metrics.sliced_wasserstein import sliced_wasserstein

BATCH = 64
PATCHES = 128


def main():
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", default="emoji_portraits")
    parser.add_argument("--resolution", type=int, default=32)
    parser.add_argument("--count", type=int, default=16384)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        np.save(path, random_images(options))
        runs = {name: [] for name in METRICS}
        for _ in range(options.repeats):
            for name in METRICS:
                runs[name].append(in_new_process(name, path, options.count))
                print(name, json.dumps(runs[name][-1]), file=sys.stderr)
    print(
        f"{options.count:,} images of {options.data} at "
        f"{options.resolution}x{options.resolution}, {os.cpu_count()} cores, "
        f"least of {options.repeats}\n"
    )
    print_table(runs)


def random_images(options):
    """Twice as many images as are measured, in random order: uint8 NHWC.

    Small sets are gone through again and again.
    """
    images = load(options.data, options.resolution).at(options.resolution)
    generator = np.random.default_rng(0)
    rounds = -(-2 * options.count // len(images))
    order = [generator.permutation(len(images)) for _ in range(rounds)]
    return images[np.concatenate(order)[: 2 * options.count]]


def in_new_process(name, path, count):
    """Return what `measure` does, undisturbed by earlier measurements."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        return pool.submit(measure, name, path, count).result()


def measure(name, path, count):
    """Return seconds, also of all cores, megabytes and value of a metric."""
    images = np.load(path)
    # Linux forgets the peak so far.
    Path("/proc/self/clear_refs").write_text("5")
    before = megabytes("VmRSS")
    start, cpu_start = time.perf_counter(), time.process_time()
    value = METRICS[name](images[:count], images[count:])
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu_start,
        "megabytes": megabytes("VmHWM") - before,
        "value": value,
    }


def megabytes(name):
    """Memory of this process, now ("VmRSS") or at most ("VmHWM")."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) * 1024 / 10**6


def print_table(runs):
    """Print two lines per metric and their ratio, in Markdown."""
    print("| metric | version | value | seconds | CPU seconds | MB |")
    print("|---|---|---|---|---|---|")
    for name in ("SWD", "MS-SSIM"):
        value, *ours = summary(runs[name])
        plain_value, *plain = summary(runs[f"plain {name}"])
        ratios = [a / b for a, b in zip(plain, ours, strict=True)]
        print(f"| {name} | package | {value:.4g} | {cells(ours)} |")
        print(f"| {name} | plain | {plain_value:.4g} | {cells(plain)} |")
        print(f"| {name} | ratio | | {cells(ratios)} |")


def summary(results):
    """Value, least seconds, least CPU seconds and most megabytes."""
    seconds = [result["seconds"] for result in results]
    cpu_seconds = [result["cpu_seconds"] for result in results]
    megabytes = [result["megabytes"] for result in results]
    return results[0]["value"], min(seconds), min(cpu_seconds), max(megabytes)


def cells(numbers):
    """Join numbers as cells of a table."""
    return " | ".join(f"{number:,.1f}" for number in numbers)


def plain_sliced_wasserstein(real, fake):
    """Mean of the levels, all patches being in memory."""
    generator = np.random.default_rng(0)
    sets = [plain_patches(images, generator) for images in (real, fake)]
    levels = []
    for real_patches, fake_patches in zip(*sets, strict=True):
        for patches in (real_patches, fake_patches):
            # 10^8 numbers are too many to add up in float32.
            patches -= patches.mean((0, 1, 2), np.float64).astype(np.float32)
            patches /= patches.std((0, 1, 2), np.float64).astype(np.float32)
        a, b = (x.reshape(len(x), -1) for x in (real_patches, fake_patches))
        distances = []
        for _ in range(4):
            directions = generator.standard_normal((a.shape[1], 128))
            directions /= np.linalg.norm(directions, axis=0)
            directions = directions.astype(np.float32)
            a_sorted = np.sort(a @ directions, axis=0)
            b_sorted = np.sort(b @ directions, axis=0)
            distances.append(np.mean(np.abs(a_sorted - b_sorted)))
        levels.append(1000 * np.mean(distances))
    return float(np.mean(levels))


def plain_patches(images, generator):
    """List of float32 `[128 N, 7, 7, C]`, one per level."""
    count, side, _, channels = images.shape
    sides = [side // 2**k for k in range(side.bit_length() - 4)]
    shape = (count, PATCHES, 7, 7, channels)
    result = [np.empty(shape, np.float32) for _ in sides]
    window = np.arange(-3, 4)
    for start in range(0, count, BATCH):
        levels = plain_pyramid(images[start : start + BATCH])
        for side, level, patches in zip(sides, levels, result, strict=True):
            centres = generator.integers(3, side - 3, (2, len(level), PATCHES))
            y, x = centres[..., np.newaxis, np.newaxis]
            number = np.arange(len(level))[:, None, None, None]
            patches[start : start + BATCH] = level[
                number, y + window[:, np.newaxis], x + window
            ]
    return [patches.reshape(-1, 7, 7, channels) for patches in result]


def plain_pyramid(images):
    """Laplacian pyramid by two-dimensional convolutions at full size."""
    row = np.array([1, 4, 6, 4, 1], np.float32)
    kernel = (np.outer(row, row) / 256)[np.newaxis, :, :, np.newaxis]
    level, levels = images.astype(np.float32), []
    while level.shape[1] > 16:
        lower = ndimage.convolve(level, kernel, mode="mirror")[:, ::2, ::2]
        spread = np.zeros_like(level)
        spread[:, ::2, ::2] = lower
        upper = ndimage.convolve(spread, 4 * kernel, mode="mirror")
        levels.append(level - upper)
        level = lower
    return [*levels, level]


def plain_ms_ssim(images):
    """MS-SSIM of pairs by two-dimensional convolutions, 64 pairs at a time."""
    values = []
    for start in range(0, len(images) - 1, 2 * BATCH):
        batch = images[start : start + 2 * BATCH].astype(np.float64)
        values.append(plain_pairs(batch[::2], batch[1::2]))
    return float(np.concatenate(values).mean())


def plain_pairs(x, y):
    """MS-SSIM of each pair."""
    result = 1
    weights = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
    box = np.full((1, 2, 2, 1), 0.25)
    for scale, weight in enumerate(weights):
        structure, similarity = plain_ssim(x, y)
        term = (similarity if scale == 4 else structure).mean((1, 2, 3))
        result = result * np.clip(term, 0, 1) ** weight
        x, y = (ndimage.convolve(z, box)[:, ::2, ::2] for z in (x, y))
    return result


def plain_ssim(x, y):
    """Contrast-structure and similarity at every place of the window."""
    size = min(11, *x.shape[1:3])
    row = signal.windows.gaussian(size, 1.5 * size / 11)
    window = np.outer(row, row)[np.newaxis, :, :, np.newaxis] / row.sum() ** 2
    mean_x, mean_y, xx, yy, xy = (
        signal.fftconvolve(z, window, mode="valid")
        for z in (x, y, x * x, y * y, x * y)
    )
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    variances = xx - mean_x**2 + yy - mean_y**2
    structure = (2 * (xy - mean_x * mean_y) + c2) / (variances + c2)
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return structure, structure * luminance


METRICS = {
    "SWD": lambda real, fake: sliced_wasserstein(real, fake)["mean"],
    "plain SWD": plain_sliced_wasserstein,
    "MS-SSIM": lambda real, fake: ms_ssim(real),
    "plain MS-SSIM": lambda real, fake: plain_ms_ssim(real),
}


if __name__ == "__main__":
    main()
