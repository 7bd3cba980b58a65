"""progan_keras: its training step, as `train` compiles it."""

import sys

import keras
import tensorflow as tf
from contestant import Prepared
from graph_cost import count_multiplications

import progan_keras as pk
from progan_keras.networks.cost import count_parameters
from progan_keras.recipe import Recipe
from progan_keras.schedule import Stage
from progan_keras.training.plan import Plan
from progan_keras.training.step import compile_step

RECIPES = {
    "alternating": Recipe(loss="wgan_gp", update="alternating"),
    "simultaneous": Recipe(loss="wgan_gp", update="simultaneous"),
    "quickstart": pk.recipes.get("quickstart"),
}


def prepare(case, recipe, replicas=1, precision=None):
    """Prepare the step of a recipe.

    Reals come as uint8 from a `tf.data` pipeline, one batch over and over,
    and are brought to [-1, 1] and faded within the step.

    Args:
        case: Dict, see `steps.py`.
        recipe: Name, of `RECIPES`.
        replicas: Integer, of CPU devices that share a batch, and the cores.
        precision: As for `ProGAN`.
    """
    strategy = mirrored(replicas)
    with strategy.scope():
        gan = build_gan(case, precision)
    plan = Plan(gan, None, RECIPES[recipe])
    gan.compile(
        loss=plan.loss,
        update=plan.recipe.update,
        optimizer=plan.optimizer,
        ema_decay=plan.recipe.ema_decay,
        ema_half_life=plan.recipe.ema_half_life,
    )
    size = case["batch_size"]
    stage = Stage(case["resolution"], case["fade_in"], 10**6, size)
    gan.enter_stage(stage)
    # Halfway through a fade; alpha moves with the clock.
    gan.clock.assign(gan.images_seen + 500_000)
    shape = (size, case["resolution"], case["resolution"], 3)
    reals = tf.cast(tf.random.uniform(shape, 0, 256, tf.int32), tf.uint8)
    stream = tf.data.Dataset.from_tensor_slices(reals).batch(size, True)
    stream = stream.take(1).cache().repeat()
    batches = iter(strategy.experimental_distribute_dataset(stream))
    step = compile_step(gan)

    def run(steps):
        for _ in range(steps):
            logs = step(batches)
        logs["d_loss"].numpy()  # waits for the last one

    interval = plan.loss.penalty_interval

    def count():
        if interval > 1:
            return None  # not the same in every step
        spec = tf.TensorSpec(shape, tf.uint8)
        return count_multiplications(gan.train_step, spec)

    pair = (
        gan.pair(case["resolution"], family).model(case["fade_in"])
        for family in ("generator", "discriminator")
    )
    parameters = [count_parameters(model) for model in pair]
    return Prepared(run, versions(), parameters, count, max(1, interval))


def mirrored(replicas):
    """Return a strategy of so many CPU devices."""
    if replicas == 1:
        return tf.distribute.get_strategy()
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * replicas
    )
    return tf.distribute.MirroredStrategy(
        [f"CPU:{number}" for number in range(replicas)]
    )


def build_gan(case, precision=None):
    """Return a GAN of the case's sizes, grown to its resolution."""
    names = ("resolution", "latent_dim", "fmap_base", "fmap_max")
    sizes = {name: case[name] for name in names}
    return pk.ProGAN(**sizes, precision=precision)


def versions():
    """Versions of what computes."""
    return {
        "Python": sys.version.split()[0],
        "progan_keras": pk.__version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
    }
