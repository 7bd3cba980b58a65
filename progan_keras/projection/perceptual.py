"""How far pictures are from each other in what a trained network sees."""

import keras
from keras import ops

from progan_keras.metrics.features import efficientnet_lite0

_RESOLUTION = 128
# What leaves the blocks of 32x32, 16x16, 8x8 and 8x8.
_LAYERS = (
    "_blocks.2._bn2",
    "_blocks.4._bn2",
    "_blocks.7._bn2",
    "_blocks.10._bn2",
)


class PerceptualDistance:
    """Compares pictures by the features of EfficientNet-Lite0.

    As in Zhang et al., 2018 (*The Unreasonable Effectiveness of Deep Features
    as a Perceptual Metric*), features of several layers are divided by their
    lengths in every place, and squared differences are averaged; there is no
    learned weight for each channel.

    Raises:
        ValueError: If the package with the weights is missing.
        OSError: If its file is damaged.
    """

    def __init__(self):
        network = efficientnet_lite0.trained(_RESOLUTION)
        self._network = keras.Model(
            network.input, [network.get_layer(n).output for n in _LAYERS]
        )

    def features(self, images):
        """Return what is compared, a list of tensors `[N, H, W, C]`.

        Args:
            images: Tensor `[N, R, R, C]`, float, about [-1, 1].
        """
        # Transparency is what it does not know.
        colours = images[..., :3]
        if colours.shape[-1] == 1:
            colours = ops.repeat(colours, 3, axis=-1)
        pictures = (ops.clip(colours, -1.0, 1.0) + 1.0) * 127.5
        found = []
        for values in self._network(pictures, training=False):
            length = ops.sum(ops.square(values), axis=-1, keepdims=True)
            found.append(values * ops.rsqrt(length + 1e-8))
        return found

    def __call__(self, images, features):
        """Return the distances of images from `features`, a tensor `[N]`."""
        layers = [
            ops.mean(ops.sum(ops.square(a - b), axis=-1), axis=(1, 2))
            for a, b in zip(self.features(images), features, strict=True)
        ]
        return sum(layers) / len(layers)
