"""Run the command line, and look at the run from inside: for test_workers.

python run_worker.py STATE CLOCK EVENT ARGUMENTS...

When so many images were seen, something happens: EVENT is the number of a
signal that the process sends itself, 0 for none, or "nan" for real images of
NaN from then on. The state that the training ends with is written to STATE.
"""

import os
import pathlib
import sys

import tensorflow as tf

import progan_keras as pk
from progan_keras import progan
from progan_keras.cli.main import main
from progan_keras.training import checkpoint, loop
from progan_keras.training.console import Console


def signal_at(clock, signum):
    update = Console.update

    def update_and_signal(console, images_seen):
        if images_seen == clock:
            os.kill(os.getpid(), signum)
        update(console, images_seen)

    Console.update = update_and_signal


def spoil_reals(gan, clock):
    prepare = progan.prepare_reals

    def prepare_and_spoil(images, alpha):
        spoilt = gan.clock.value >= clock
        return prepare(images, alpha) + tf.where(spoilt, float("nan"), 0.0)

    progan.prepare_reals = prepare_and_spoil


def run(state, clock, event, *arguments):
    def train_and_save(gan, *args, **kwargs):
        if event == "nan":
            spoil_reals(gan, int(clock))
        found = loop.train(gan, *args, **kwargs)
        checkpoint.save(gan, pathlib.Path(state))
        return found

    pk.train = train_and_save
    if event != "nan":
        signal_at(int(clock), int(event))
    return main(arguments)


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
