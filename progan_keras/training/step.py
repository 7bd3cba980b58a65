"""The compiled training step of a stage, and what it takes."""

import tensorflow as tf


def compile_step(gan):
    """Compile one training step of the stage that `gan` is in.

    Returns:
        Function from an iterator over batches of real images to the logs of
        `train_step`, means over all devices.
    """
    strategy = gan.distribute_strategy

    @tf.function
    def step(batches):
        logs = strategy.run(gan.train_step, args=(next(batches),))
        return {
            name: strategy.reduce("MEAN", value, axis=None)
            for name, value in logs.items()
        }

    return step


def batches_from(plan, stage, seen):
    """Return an iterator over the stage's batches, from image `seen` on."""
    strategy = plan.gan.distribute_strategy
    with strategy.scope():  # which devices share a batch
        stream = plan.images.stream(
            stage.resolution,
            stage.images_per_step,
            start=seen,
            seed=plan.gan.config.seed,
            mirror=plan.mirror,
            with_labels=bool(plan.gan.config.num_classes),
        )
    return iter(strategy.experimental_distribute_dataset(stream))
