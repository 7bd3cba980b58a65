"""What the networks tell of themselves, on a few images that stay the same.

A `Probe` looks at one stage, on sixteen real images and sixteen latents that
are chosen once for the whole run:

gradient_norm   mean length of D's gradient at the images half-way between
                the reals and the fakes; WGAN-GP draws it to gamma
drift           mean square of D's scores of the reals
stdev_real      minibatch standard deviation at D's 4x4 layer, of the reals
stdev_fake      the same of the fakes: far below, where they are all alike
ema_distance    ||average - generator|| / ||generator||, over the weights
                that are learning
rms             root mean square, layer by layer, of the kernels, and of what
                leaves the layer's activation and normalisation: in G for the
                latents, in D for the reals

Kernels are measured raw, as they are before they are scaled for use: with an
equalized learning rate they start at 1, and how far they have come since can
be read off.

Nothing here is random and no variable is written: a run that is looked at
ends bitwise where one that is not would. The generator is the one in
training, not its average; batch normalisation goes by its moving statistics.
Operations run one by one, as tracing them would take longer than they do in
the few ticks of most stages.
"""

import keras
import numpy as np
import tensorflow as tf

from progan_keras import latents as latent_space
from progan_keras.layers import MinibatchStdev
from progan_keras.losses.loss import squared_gradient_norm
from progan_keras.reals import prepare_reals

COUNT = 16  # of images, and of latents


class Probe:
    """Measures the networks of the stage that a GAN is in.

    Args:
        gan: `ProGAN`, in a stage.
        images: `ImagePyramid` that it is trained on.

    Attributes:
        stage: `Stage` that it belongs to.
    """

    def __init__(self, gan, images):
        self.stage = stage = gan.stage
        self._gan = gan
        generator, discriminator, average = (
            gan.pair(stage.resolution, family).model(stage.fade_in)
            for family in ("generator", "discriminator", "ema_generator")
        )
        self._views = {
            "generator": _View(generator),
            "discriminator": _View(discriminator),
        }
        by_path = {variable.path: variable for variable in average.variables}
        self._average = [
            (variable, by_path[variable.path])
            for variable in generator.trainable_variables
        ]
        self._batches = _batches(gan, images)

    def measure(self):
        """Look at the networks as they are now, with the present alpha.

        Returns:
            Tuple (dict of floats, nested dict of floats
            `{family: {"weights" or "activations": {layer: rms}}}`), as this
            module describes. The first has no "stdev_real" and "stdev_fake"
            for a discriminator without that layer.
        """
        looks = [self._look(*batch) for batch in self._batches]
        means = {
            name: float(sum(look[name] for look in looks)) / len(looks)
            for name in looks[0]
        }
        rms = {
            family: {
                "weights": {
                    layer: _root_mean_square(kernels)
                    for layer, kernels in view.kernels.items()
                },
                "activations": {
                    layer: means.pop((family, layer)) ** 0.5
                    for layer in view.kernels
                },
            }
            for family, view in self._views.items()
        }
        return {**means, "ema_distance": self._ema_distance()}, rms

    def _look(self, reals, latents, labels):
        """Return means over one batch: of activations, of their squares."""
        reals = prepare_reals(
            reals, self._gan.alpha if self.stage.fade_in else None
        )
        generate, judge = self._views.values()
        fakes, in_generator, _ = generate(latents, labels)
        scores, in_discriminator, deviations = judge(reals, labels)
        squared = squared_gradient_norm(
            lambda images: judge(images, labels)[0], 0.5 * (reals + fakes)
        )
        look = {
            "gradient_norm": tf.reduce_mean(tf.sqrt(squared)),
            "drift": _mean_square(scores),
        }
        if deviations is not None:
            look["stdev_real"] = tf.reduce_mean(deviations)
            look["stdev_fake"] = tf.reduce_mean(judge(fakes, labels)[2])
        for family, activations in (
            ("generator", in_generator),
            ("discriminator", in_discriminator),
        ):
            for layer, values in activations.items():
                look[family, layer] = _mean_square(values)
        return look

    def _ema_distance(self):
        away = sum(_square_sum(e - v) for v, e in self._average)
        size = sum(_square_sum(v.value) for v, _ in self._average)
        return float(tf.sqrt(away / size))


class _View:
    """A network that also shows what leaves its layers.

    Args:
        model: Functional Keras model of G or D.

    Attributes:
        kernels: Dict from the name of every layer that has kernels to them.
    """

    def __init__(self, model):
        # Networks share their layers: `layer.output` is of the smallest one.
        outputs = {
            node.operation.name: node.outputs[0]
            for nodes in model._nodes_by_depth.values()
            for node in nodes
        }
        self.kernels, leaving = {}, {}
        for layer in model.layers:
            kernels = [v for v in layer.variables if v.name == "kernel"]
            if kernels:
                self.kernels[layer.name] = kernels
                # Activation and normalisation are named after the layer, and
                # come in the order in which they are computed.
                block = [
                    other.name
                    for other in model.layers
                    if f"{other.name}_".startswith(f"{layer.name}_")
                ]
                leaving[layer.name] = outputs[block[-1]]
        maps = [
            outputs[layer.name]
            for layer in model.layers
            if isinstance(layer, MinibatchStdev)
        ]
        self._takes_labels = len(model.inputs) == 2
        self._function = keras.Function(
            model.inputs, [model.outputs[0], leaving, maps]
        )

    def __call__(self, inputs, labels):
        """Run the network, as it is when it is not in training.

        Args:
            inputs: Images or latents.
            labels: One-hot float32 `[N, classes]`, or None.

        Returns:
            Tuple (images or scores, dict from layer to what leaves it,
            minibatch standard deviation as each image is told it, or None).
        """
        inputs = [inputs, labels] if self._takes_labels else [inputs]
        output, leaving, maps = self._function(inputs)
        return output, leaving, maps[0][..., -1] if maps else None


def _batches(gan, images):
    """The images and latents to look at, with labels where there are classes.

    Cut into batches no larger than one device trains on, so that they fit
    into its memory too.

    Returns:
        List of tuples (uint8 images, latents, one-hot labels or None).
    """
    config, stage = gan.config, gan.stage
    order = np.random.default_rng(0).choice(
        len(images), min(COUNT, len(images)), replace=False
    )
    order = np.resize(order, COUNT)  # of fewer images, some twice
    reals = images.read(stage.resolution, order)
    latents = latent_space.sample(COUNT, config.latent_dim)
    labels = None
    if config.num_classes:
        labels = tf.one_hot(images.labels[order], config.num_classes)
    share = stage.batch_size // gan.distribute_strategy.num_replicas_in_sync
    size = max(size for size in (1, 2, 4, 8, COUNT) if size <= share)
    return [
        (
            tf.constant(reals[rows]),
            tf.constant(latents[rows]),
            None if labels is None else labels[rows],
        )
        for rows in (slice(i, i + size) for i in range(0, COUNT, size))
    ]


def _square_sum(values):
    return tf.reduce_sum(tf.square(tf.cast(values, "float32")))


def _mean_square(values):
    return tf.reduce_mean(tf.square(tf.cast(values, "float32")))


def _root_mean_square(arrays):
    """Of all numbers in several arrays together."""
    count = sum(int(np.prod(array.shape)) for array in arrays)
    total = sum(_square_sum(array.value) for array in arrays)
    return float(tf.sqrt(total / count))
