"""A process that trains a small run, to be killed.

    python small_run.py RUN_DIR [--size 8] [--devices 1]

Prints "training" when the first step begins, so that moments after it can be
aimed at, and "finished" at the end.
"""

import argparse
import dataclasses
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

import progan_keras as pk
from progan_keras.training.trainer import Trainer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run_dir")
    parser.add_argument("--size", type=int, default=8)
    parser.add_argument("--devices", type=int, default=1)
    options = parser.parse_args()
    strategy = tf.distribute.get_strategy()
    if options.devices > 1:
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * options.devices
        )
        strategy = tf.distribute.MirroredStrategy(
            [f"CPU:{number}" for number in range(options.devices)]
        )
    size = options.size
    pictures = np.random.default_rng(0).integers(
        0, 256, (24, size, size, 3), np.uint8
    )
    images = pk.data.load(pictures)
    with strategy.scope():
        gan = pk.ProGAN(size, latent_dim=8, fmap_base=32, fmap_max=8)
    recipe = dataclasses.replace(
        pk.recipes.get("quickstart"),
        stabilise_images=96,
        fade_images=96,
        total_images=None,
        batch_size=4,
    )
    original = Trainer.train

    def train(trainer):
        print("training", flush=True)
        original(trainer)

    Trainer.train = train
    pk.train(
        gan,
        images,
        run_dir=options.run_dir,
        recipe=recipe,
        tick_kimg=0.032,
        checkpoint_minutes=0.01,
        verbose=False,
    )
    print("finished", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)  # as the command line does
