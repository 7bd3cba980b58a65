"""progan_keras: pictures from the generator, in Python and exported."""

import tempfile

import numpy as np
import tensorflow as tf
from contestant import Prepared
from ours import build_gan, versions

from progan_keras.networks.cost import count_parameters


def prepare(case, form):
    """Prepare to make one batch of uint8 pictures in a step.

    Args:
        case: Dict, see `steps.py`.
        form: "python" for `ProGAN.generate`, or "saved_model".
    """
    gan, size = build_gan(case), case["batch_size"]
    shape = (size, case["latent_dim"])
    latents = np.random.default_rng(0).standard_normal(shape, np.float32)
    if form == "python":

        def make():
            return gan.generate(latents=latents, batch_size=size)

    else:
        with tempfile.TemporaryDirectory() as folder:
            gan.export(f"{folder}/saved_model")
            model = tf.saved_model.load(f"{folder}/saved_model")

        def make():
            return model.pictures(latents).numpy()

    def run(steps):
        for _ in range(steps):
            make()

    parameters = [count_parameters(gan.generators[-1].straight)]
    return Prepared(run, versions(), parameters)
