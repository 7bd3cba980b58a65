"""The discriminator: from images to a score, growing."""

import math

import keras

from progan_keras.layers import (
    BoxDownscale2D,
    EqualizedConv2D,
    EqualizedDense,
    EqualizedDownscaleConv2D,
    MinibatchDiscrimination,
    MinibatchStdev,
    SelfAttention2D,
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
        return scores `[N, 1]`, float32, high for real images. With classes
        there are labels too, one-hot, float32 `[N, num_classes]`: "acgan"
        models return `[scores, logits]`, the logits of the same shape;
        "projection" models take `[images, labels]`.

    Reference:
        Karras et al., 2018, section 2 and table 2.
    """
    layers = _Layers(config)
    labels = None
    if config.projection:
        labels = keras.Input((config.num_classes,), name="labels")
    pairs = []
    for resolution in config.resolutions:
        prefix = f"{resolution}x{resolution}"
        shape = (resolution, resolution, config.num_channels)
        image = keras.Input(shape, name=f"images_{prefix}")
        inputs = image if labels is None else [image, labels]
        features = layers.block(resolution, layers.from_rgb(resolution, image))
        straight = keras.Model(
            inputs,
            layers.score(features, resolution // 2, labels),
            name=f"{name}_{prefix}",
        )
        fade_in = None
        if resolution > 4:
            # Float32 as the images are, whatever the precision.
            old_image = BoxDownscale2D(
                dtype="float32", name=f"{prefix}_old_down"
            )(image)
            old_features = layers.from_rgb(resolution // 2, old_image)
            faded = WeightedSum(dtype=config.precision, name=f"{prefix}_fade")(
                [old_features, features]
            )
            fade_in = keras.Model(
                inputs,
                layers.score(faded, resolution // 2, labels),
                name=f"{name}_{prefix}_fade",
            )
        pairs.append(ModelPair(resolution, straight, fade_in))
    return pairs


class _Layers:
    """The layers that the models of all resolutions share, made when asked."""

    def __init__(self, config):
        self.config = config
        self.architecture = config.architecture
        self._made = {}

    def _get(self, kind, name, *args, **kwargs):
        if name not in self._made:
            settings = {"dtype": self.config.precision, **kwargs}
            self._made[name] = kind(*args, name=name, **settings)
        return self._made[name]

    def _get_weighted(self, kind, name, *args, **kwargs):
        """The same for a layer with weights to draw."""
        kwargs["seed"] = self.config.layer_seed(f"discriminator/{name}")
        kwargs["equalized"] = self.architecture.equalized
        return self._get(kind, name, *args, **kwargs)

    def _activate(self, x, name, normalize=True):
        if normalize and self.architecture.discriminator_norm == "layer":
            # One group is all features of an image: layer normalisation with
            # a gain per channel.
            kind = keras.layers.GroupNormalization
            x = self._get(kind, f"{name}_norm", groups=1, epsilon=1e-4)(x)
        kind = keras.layers.LeakyReLU
        return self._get(kind, f"{name}_lrelu", negative_slope=0.2)(x)

    def _conv(self, x, name, filters):
        x = self._get_weighted(EqualizedConv2D, name, filters)(x)
        return self._activate(x, name)

    def from_rgb(self, resolution, image):
        """Lift colours to the features that `resolution` works on."""
        name = f"{resolution}x{resolution}_from_rgb"
        channels = self.config.channels(resolution)
        kind = EqualizedConv2D
        x = self._get_weighted(kind, name, channels, kernel_size=1)(image)
        return self._activate(x, name, normalize=False)

    def block(self, resolution, x):
        """Two convolutions at `resolution`; the second one halves it.

        At 4x4 there is nothing to halve and the features go to the score.
        """
        prefix = f"{resolution}x{resolution}"
        if self.architecture.attention_resolution == resolution:
            kind = SelfAttention2D
            x = self._get_weighted(kind, f"{prefix}_attention")(x)
        if resolution == 4:
            return x
        x = self._conv(x, f"{prefix}_conv0", self.config.channels(resolution))
        name = f"{prefix}_conv1_down"
        channels = self.config.channels(resolution // 2)
        if self.config.fused_scale:
            kind = EqualizedDownscaleConv2D
            x = self._get_weighted(kind, name, channels)(x)
            return self._activate(x, name)
        x = self._conv(x, name, channels)
        return self._get(BoxDownscale2D, f"{prefix}_down")(x)

    def score(self, x, resolution, labels=None):
        """Go down from features at `resolution` to one number per image."""
        while resolution >= 4:
            x = self.block(resolution, x)
            resolution //= 2
        x = self._features(x)
        settings = {"gain": 1.0, "dtype": "float32"}
        num_classes = self.config.num_classes
        name = "4x4_dense1"
        if labels is not None or not num_classes:
            kind = EqualizedDense
            score = self._get_weighted(kind, name, 1, **settings)(x)
            return score if labels is None else self._project(score, x, labels)
        outputs = self._get_weighted(
            EqualizedDense, name, 1 + num_classes, **settings
        )(x)
        return [outputs[:, :1], outputs[:, 1:]]

    def _features(self, x):
        """From features at 4x4 to one vector per image, `[N, nf(0)]`."""
        if self.architecture.minibatch == "stdev":
            size = self.architecture.group_size
            name = "4x4_minibatch_stdev"
            x = self._get(MinibatchStdev, name, group_size=size)(x)
        x = self._conv(x, "4x4_conv", self.config.channels(4))
        x = self._get(keras.layers.Flatten, "4x4_flatten")(x)
        name = "4x4_dense0"
        units = self.architecture.score_units or self.config.num_feature_maps(0)
        x = self._get_weighted(EqualizedDense, name, units)(x)
        x = self._activate(x, name, normalize=False)
        if self.architecture.minibatch == "discrimination":
            # As many kernels as in the paper's table 1, by its first code.
            x = self._get_weighted(
                MinibatchDiscrimination,
                "4x4_minibatch_discrimination",
                num_kernels=100,
                kernel_dim=5,
            )(x)
        return x

    def _project(self, score, features, labels):
        """Add how well the features suit the class: `<V y, features>`."""
        size = features.shape[-1]
        embedded = self._get_weighted(
            EqualizedDense,
            "4x4_class_embedding",
            size,
            # Scaled as the score's kernel is, by 1 / sqrt(size).
            gain=math.sqrt(self.config.num_classes / size),
            use_bias=False,
            dtype="float32",
        )(labels)
        name = "4x4_class_score"
        dot = self._get(keras.layers.Dot, name, axes=1, dtype="float32")
        suits = dot([embedded, features])
        add = self._get(keras.layers.Add, "4x4_projection", dtype="float32")
        return add([score, suits])
