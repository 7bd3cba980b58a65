"""Whether a long run grows: memory, file descriptors and threads, by stage.

    python benchmarks/soak.py --minutes 30

Trains a tiny network through all stages up to 64x64, with metrics, figures
and checkpoints, each stage for about the same time. Prints a table in
Markdown: what the process held in the middle and at the end of each stage.
"""

import argparse
import dataclasses
import tempfile
import time

import keras
import psutil

import progan_keras as pk

RESOLUTION = 64


class Watch(keras.callbacks.Callback):
    """Notes what the process holds, at every tick."""

    def __init__(self):
        super().__init__()
        self.process, self.seen = psutil.Process(), []

    def on_epoch_end(self, epoch, logs=None):
        """Note it."""
        self.seen.append(
            (
                str(self.model.stage),
                self.process.memory_info().rss / 2**20,
                self.process.num_fds(),
                self.process.num_threads(),
            )
        )


def main():
    """Train, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    images = pk.data.load("emoji_portraits", RESOLUTION)
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        speeds = images_per_second(images, f"{folder}/first")
        left = 60 * options.minutes - (time.monotonic() - started)
        seconds = max(left, 0) / (2 * len(speeds) - 1)
        lengths = {
            side: max(1000, round(speed * seconds))
            for side, speed in speeds.items()
        }
        watch, started = Watch(), time.monotonic()
        train(images, f"{folder}/second", lengths, [watch])
        minutes = (time.monotonic() - started) / 60
    print(f"{minutes:.0f} minutes\n")
    print("| stage | ticks | MiB, median | last MiB | files | threads |")
    print("|---|--:|--:|--:|--:|--:|")
    for stage in dict.fromkeys(row[0] for row in watch.seen):
        rows = [row for row in watch.seen if row[0] == stage]
        memory = sorted(row[1] for row in rows)
        print(
            f"| {stage} | {len(rows)} | {memory[len(memory) // 2]:.0f} | "
            f"{rows[-1][1]:.0f} | {rows[-1][2]} | {rows[-1][3]} |"
        )


def images_per_second(images, folder):
    """Return how fast each resolution is trained, measured in a short run."""
    seen = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((self.model.stage.resolution, logs["s_per_kimg"]))

    train(images, folder, 1000, [Clock()])
    return {side: 1000 / seconds for side, seconds in seen}


def train(images, folder, lengths, callbacks):
    """Train the tiny network; `lengths` are images in a stage."""
    recipe = dataclasses.replace(
        pk.recipes.get("quickstart"),
        stabilise_images=lengths,
        fade_images=lengths,
        total_images=None,
    )
    gan = pk.ProGAN(RESOLUTION, latent_dim=16, fmap_base=128, fmap_max=16)
    total = recipe.schedule(RESOLUTION).total_images
    pk.train(
        gan,
        images,
        folder,
        recipe,
        tick_kimg=max(0.5, total / 100_000),
        callbacks=callbacks,
        verbose=False,
        metrics=["swd"],
        metrics_count=128,
    )


if __name__ == "__main__":
    main()
