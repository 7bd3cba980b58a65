"""The discriminator: from images to a score, growing."""

import keras

from progan_keras.layers import (
    BoxDownscale2D,
    EqualizedConv2D,
    EqualizedDense,
    EqualizedDownscaleConv2D,
    MinibatchStdev,
    WeightedSum,
)
from progan_keras.networks.model_pair import ModelPair


def build_discriminators(config, name="discriminator"):
    """Build the straight / fade-in pairs of a discriminator, from 4x4 up.

    All models are views of one set of layers. Weights are drawn from
    `config.seed`, so that two calls give equal networks.

    Args:
        config: `NetworkConfig`.
        name: String, the first part of the models' names.

    Returns:
        List of `ModelPair`, one per resolution. The models take images
        `[N, resolution, resolution, num_channels]`, float in [-1, 1], and
        return scores `[N, 1]`, float32, high for real images.

    Reference:
        Karras et al., 2018, section 2 and table 2.
    """
    layers = _Layers(config)
    pairs = []
    for resolution in config.resolutions:
        prefix = f"{resolution}x{resolution}"
        shape = (resolution, resolution, config.num_channels)
        image = keras.Input(shape, name=f"images_{prefix}")
        features = layers.block(resolution, layers.from_rgb(resolution, image))
        straight = keras.Model(
            image,
            layers.score(features, resolution // 2),
            name=f"{name}_{prefix}",
        )
        fade_in = None
        if resolution > 4:
            old_image = BoxDownscale2D(name=f"{prefix}_old_down")(image)
            old_features = layers.from_rgb(resolution // 2, old_image)
            faded = WeightedSum(name=f"{prefix}_fade")([old_features, features])
            fade_in = keras.Model(
                image,
                layers.score(faded, resolution // 2),
                name=f"{name}_{prefix}_fade",
            )
        pairs.append(ModelPair(resolution, straight, fade_in))
    return pairs


class _Layers:
    """The layers that the models of all resolutions share, made when asked."""

    def __init__(self, config):
        self.config = config
        self._made = {}

    def _get(self, kind, name, *args, **kwargs):
        if name not in self._made:
            if issubclass(kind, (EqualizedConv2D, EqualizedDense)):
                seed = self.config.layer_seed(f"discriminator/{name}")
                kwargs["seed"] = seed
            self._made[name] = kind(*args, name=name, **kwargs)
        return self._made[name]

    def _activate(self, x, name):
        kind = keras.layers.LeakyReLU
        return self._get(kind, f"{name}_lrelu", negative_slope=0.2)(x)

    def _conv(self, x, name, *args, **kwargs):
        x = self._get(EqualizedConv2D, name, *args, **kwargs)(x)
        return self._activate(x, name)

    def from_rgb(self, resolution, image):
        """Lift colours to the features that `resolution` works on."""
        name = f"{resolution}x{resolution}_from_rgb"
        channels = self.config.channels(resolution)
        return self._conv(image, name, channels, kernel_size=1)

    def block(self, resolution, x):
        """Two convolutions at `resolution`; the second one halves it.

        At 4x4 there is nothing to halve and the features go to the score.
        """
        if resolution == 4:
            return x
        prefix = f"{resolution}x{resolution}"
        x = self._conv(x, f"{prefix}_conv0", self.config.channels(resolution))
        name = f"{prefix}_conv1_down"
        channels = self.config.channels(resolution // 2)
        if self.config.fused_scale:
            x = self._get(EqualizedDownscaleConv2D, name, channels)(x)
            return self._activate(x, name)
        x = self._conv(x, name, channels)
        return self._get(BoxDownscale2D, f"{prefix}_down")(x)

    def score(self, x, resolution):
        """Go down from features at `resolution` to one number per image."""
        while resolution > 4:
            x = self.block(resolution, x)
            resolution //= 2
        x = self._get(MinibatchStdev, "4x4_minibatch_stdev")(x)
        x = self._conv(x, "4x4_conv", self.config.channels(4))
        x = self._get(keras.layers.Flatten, "4x4_flatten")(x)
        name = "4x4_dense0"
        x = self._get(EqualizedDense, name, self.config.num_feature_maps(0))(x)
        x = self._activate(x, name)
        kind = EqualizedDense
        return self._get(kind, "4x4_dense1", 1, gain=1.0, dtype="float32")(x)
