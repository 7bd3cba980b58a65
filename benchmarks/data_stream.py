"""What reading costs: the input stream beside the training step it feeds.

    python benchmarks/data_stream.py --json stream.json

For every resolution, a Markdown row: what a batch of the stream costs beyond
one batch that is there over and over, the step of the recipe quickstart fed
with that, and how much longer the same step takes when the stream feeds it.
All are measured in turn, many times for a short time. "CPU" is the time of
all threads of the process together, which other processes disturb less than
the time on the clock.
"""

import argparse
import json
import math
import os
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

import progan_keras as pk
from progan_keras.training.plan import Plan
from progan_keras.training.step import compile_step

COLUMNS = """
resolution | stream, CPU us | images/s | step, ms | step, CPU ms | stream / step
with stream, on the clock | with stream, CPU
"""


def main():
    """Print the table, and write it as JSON if asked."""
    options = parse()
    rows = []
    print_row(COLUMNS.strip().replace("\n", " | ").split(" | "))
    print_row(["--:"] * 8)
    for resolution in options.resolutions:
        with tempfile.TemporaryDirectory() as cache:
            images = random_images(resolution, options.num_images, cache)
            row = measure_resolution(images, resolution, options)
        rows.append(row)
        print_row(describe(row))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=2)


def parse():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--resolutions", type=int, nargs="+", default=[4, 8, 16, 32, 64, 128]
    )
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--num-images", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=31)
    parser.add_argument(
        "--seconds", type=float, default=0.1, help="of each measurement"
    )
    parser.add_argument("--json", help="file to write the figures to")
    return parser.parse_args()


def random_images(resolution, count, cache):
    """Prepare random images, half of which are mirrored when streamed."""
    shape = (count, resolution, resolution, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    return pk.data.load(pixels, cache_dir=cache, mirror=True)


def measure_resolution(images, resolution, options):
    """Measure the stream, the step and both together, in turn.

    Returns:
        Dict of the least seconds per batch, each on the clock and of CPU: of
        the stream ("stream") and of one batch over and over ("constant"),
        each alone, and of a step fed by the one ("step_stream") and by the
        other ("step"). "slower" holds the medians over all repeats of
        `step_stream / step - 1`.
    """
    stream = images.stream(resolution, options.batch_size)
    one_batch = next(iter(stream))
    constant = tf.data.Dataset.from_tensors(one_batch).repeat()
    step = build_step(images, resolution)
    cases = {
        "stream": repeated(drain, stream, options),
        "constant": repeated(drain, constant, options),
        "step": repeated(step, constant, options),
        "step_stream": repeated(step, stream, options),
    }
    times = {name: [] for name in cases}
    for _ in range(options.repeats):
        for name, case in cases.items():
            times[name].append(case())
    times = {name: np.array(found) for name, found in times.items()}
    slower = np.median(times["step_stream"] / times["step"], 0) - 1
    least = {name: found.min(0).tolist() for name, found in times.items()}
    return {
        "resolution": resolution,
        "batch_size": options.batch_size,
        **least,
        "slower": slower.tolist(),
    }


def build_step(images, resolution):
    """Return the step of the recipe quickstart at a resolution.

    Its GAN grows to 32x32, or to `resolution` where that is more.
    """
    gan = pk.ProGAN(max(32, resolution))
    plan = Plan(gan, None, "quickstart")
    gan.compile(
        loss=plan.loss,
        update=plan.recipe.update,
        optimizer=plan.optimizer,
        ema_half_life=plan.recipe.ema_half_life,
    )
    gan.enter_stage(
        next(
            stage
            for stage in plan.schedule
            if stage.resolution == resolution and not stage.fade_in
        )
    )
    step = compile_step(gan)

    def steps(batches, count):
        for _ in range(count.numpy()):
            logs = step(batches)
        logs["d_loss"].numpy()  # waits for the last one

    return steps


@tf.function
def drain(batches, count):
    """Take batches and look at a pixel of each."""
    total = tf.constant(0, tf.uint8)
    for _ in tf.range(count):
        total += next(batches)[0, 0, 0, 0]
    return total


def repeated(function, dataset, options):
    """Return a function that measures `function(batches, count)` per batch.

    The count is such that a measurement takes `options.seconds`.
    """
    batches = iter(dataset)
    function(batches, tf.constant(1))  # traces
    started = time.perf_counter()
    function(batches, tf.constant(16))
    spent = (time.perf_counter() - started) / 16
    count = tf.constant(max(1, math.ceil(options.seconds / spent)))

    def measure():
        clock, cpu = time.perf_counter(), time.process_time()
        function(batches, count)
        clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
        return clock / int(count), cpu / int(count)

    return measure


def describe(row):
    """The cells of a row of the table."""
    stream, step = row["stream"], row["step"]
    reading = stream[1] - row["constant"][1]
    return [
        row["resolution"],
        f"{1e6 * reading:.0f}",
        f"{row['batch_size'] / stream[0]:,.0f}",
        f"{1e3 * step[0]:.2f}",
        f"{1e3 * step[1]:.2f}",
        f"{reading / step[1]:.2%}",
        *(f"{slower:+.1%}" for slower in row["slower"]),
    ]


def print_row(cells):
    """Print a row of a Markdown table."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
