"""One large convolution in TensorFlow: what the machine can do."""

import tensorflow as tf
from contestant import Prepared


def prepare(case):
    """Prepare `case["shape"]` convolved 3x3 to as many channels."""
    shape = case["shape"]
    images = tf.random.normal(shape)
    kernel = tf.random.normal((3, 3, shape[-1], shape[-1]))

    @tf.function
    def convolve():
        return tf.nn.conv2d(images, kernel, 1, "SAME")

    def run(steps):
        for _ in range(steps):
            result = convolve()
        result[0, 0, 0, 0].numpy()

    return Prepared(run, {"tensorflow": tf.__version__})
