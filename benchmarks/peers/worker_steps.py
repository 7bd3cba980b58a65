"""One of several workers: times steps of the quickstart, as TF_CONFIG says.

    TF_CONFIG=... python benchmarks/peers/worker_steps.py '{...}' 20

The arguments are a case, see `steps.py`, whose batch all workers share, and a
number of steps. Prints the seconds of that many steps, 3 times.
"""

import json
import sys
import time

import tensorflow as tf
from ours import RECIPES, build_gan

from progan_keras.schedule import Stage
from progan_keras.training.devices import strategy as choose
from progan_keras.training.plan import Plan
from progan_keras.training.step import compile_step


def main():
    """Prepare, time."""
    case, steps = json.loads(sys.argv[1]), int(sys.argv[2])
    strategy = choose()
    with strategy.scope():
        gan = build_gan(case)
    plan = Plan(gan, None, RECIPES["quickstart"])
    gan.compile(plan.loss, "simultaneous", plan.optimizer)
    side, size = case["resolution"], case["batch_size"]
    gan.enter_stage(Stage(side, False, 10**6, size))
    shape = (size, side, side, 3)
    reals = tf.cast(tf.random.uniform(shape, 0, 256, tf.int32), tf.uint8)
    stream = tf.data.Dataset.from_tensor_slices(reals).batch(size, True)
    options = tf.data.Options()
    # All workers read the same here; what they read costs the same.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    stream = stream.take(1).cache().repeat().with_options(options)
    batches = iter(strategy.experimental_distribute_dataset(stream))
    step = compile_step(gan)
    for _ in range(8):
        step(batches)
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(steps):
            logs = step(batches)
        logs["d_loss"].numpy()
        print("seconds", time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()
