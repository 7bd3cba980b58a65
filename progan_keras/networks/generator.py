"""The generator: from a latent vector to images, growing."""

import math

import keras

from progan_keras.layers import (
    EqualizedConv2D,
    EqualizedDense,
    EqualizedUpscaleConv2D,
    NearestUpscale2D,
    PixelNormalization,
    SelfAttention2D,
    WeightedSum,
)
from progan_keras.networks.model_pair import ModelPair


def build_generators(config, name="generator"):
    """Build the straight / fade-in pairs of a generator, from 4x4 up.

    All models are views of one set of layers. Weights are drawn from
    `config.seed`, so that two calls give equal networks.

    Args:
        config: `NetworkConfig`.
        name: String, the first part of the models' names.

    Returns:
        List of `ModelPair`, one per resolution. The models take latents
        `[N, latent_dim]`, float32 from N(0, 1), and return images
        `[N, resolution, resolution, num_channels]`, float32, about [-1, 1]
        (linear: training teaches the range). With classes they take
        `[latents, labels]`, the labels one-hot, float32 `[N, num_classes]`.

    Reference:
        Karras et al., 2018, section 2 and table 2.
    """
    inputs, x = _inputs(config)
    pairs, old_image = [], None
    for resolution in config.resolutions:
        x = _block(config, resolution, x)
        image = _to_rgb(config, resolution, x)
        straight = keras.Model(
            inputs, image, name=f"{name}_{resolution}x{resolution}"
        )
        fade_in = None
        if old_image is not None:
            prefix = f"{resolution}x{resolution}"
            # Float32 as the images are, also where a policy says otherwise.
            upscaled = NearestUpscale2D(
                dtype="float32", name=f"{prefix}_old_up"
            )(old_image)
            faded = WeightedSum(dtype="float32", name=f"{prefix}_fade")(
                [upscaled, image]
            )
            fade_in = keras.Model(inputs, faded, name=f"{name}_{prefix}_fade")
        pairs.append(ModelPair(resolution, straight, fade_in))
        old_image = image
    return pairs


def _inputs(config):
    """The models' inputs, and the vector that the first block starts from."""
    inputs = x = keras.Input((config.latent_dim,), name="latents")
    if config.num_classes:
        labels = keras.Input((config.num_classes,), name="labels")
        inputs = [x, labels]
        name, precision = "latents_and_labels", config.precision
        x = keras.layers.Concatenate(name=name, dtype=precision)(inputs)
    if config.architecture.normalize_latents:
        x = _pixel_norm(config, "latent_norm")(x)
    return inputs, x


def _block(config, resolution, x):
    """Two layers at `resolution`; the first one brings it there."""
    channels = config.channels(resolution)
    prefix = f"{resolution}x{resolution}"
    if resolution == 4:
        name = f"{prefix}_dense"
        # A quarter of He's constant, as in the paper's code: it counts this
        # layer's fan-in as that of a 4x4 convolution.
        gain = math.sqrt(2.0) / 4.0
        norm = config.architecture.norm_after_dense
        kind, shape = EqualizedDense, (4, 4, channels)
        x = _layer(config, x, name, kind, shape, normalize=norm, gain=gain)
    else:
        name = f"{prefix}_conv0_up"
        kind, fused = EqualizedUpscaleConv2D, config.fused_scale
        x = _layer(config, x, name, kind, channels, fused=fused)
    name = f"{prefix}_conv" if resolution == 4 else f"{prefix}_conv1"
    x = _layer(config, x, name, EqualizedConv2D, channels)
    if config.architecture.attention_resolution == resolution:
        x = SelfAttention2D(**_settings(config, f"{prefix}_attention"))(x)
    return x


def _layer(config, x, name, kind, *args, normalize=True, **kwargs):
    """A layer with weights, then leaky ReLU and the normalisation."""
    norm = config.architecture.generator_norm if normalize else None
    if norm == "batch":
        kwargs["use_bias"] = False  # its mean would be taken away at once
    x = kind(*args, **kwargs, **_settings(config, name))(x)
    if norm == "batch":
        # Over all devices, so that their number does not change the result.
        x = keras.layers.BatchNormalization(
            epsilon=1e-4,
            synchronized=True,
            name=f"{name}_norm",
            dtype=config.precision,
        )(x)
    x = keras.layers.LeakyReLU(
        negative_slope=0.2, name=f"{name}_lrelu", dtype=config.precision
    )(x)
    if norm == "pixel":
        x = _pixel_norm(config, f"{name}_norm")(x)
    return x


def _pixel_norm(config, name):
    return PixelNormalization(
        epsilon=config.architecture.pixel_norm_epsilon,
        name=name,
        dtype=config.precision,
    )


def _to_rgb(config, resolution, x):
    """Project features to colours: 1x1, linear, gain 1, always float32."""
    settings = _settings(config, f"{resolution}x{resolution}_to_rgb")
    settings["dtype"] = "float32"
    return EqualizedConv2D(
        config.num_channels, kernel_size=1, gain=1.0, **settings
    )(x)


def _settings(config, name):
    """What every layer with weights is given."""
    return {
        "name": name,
        "seed": config.layer_seed(f"generator/{name}"),
        "equalized": config.architecture.equalized,
        "dtype": config.precision,
    }
