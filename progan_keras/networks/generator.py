"""The generator: from a latent vector to images, growing."""

import math

import keras

from progan_keras.layers import (
    EqualizedConv2D,
    EqualizedDense,
    EqualizedUpscaleConv2D,
    NearestUpscale2D,
    PixelNormalization,
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
        (linear: training teaches the range).

    Reference:
        Karras et al., 2018, section 2 and table 2.
    """
    latents = keras.Input((config.latent_dim,), name="latents")
    x = PixelNormalization(name="latent_norm")(latents)
    pairs, old_image = [], None
    for resolution in config.resolutions:
        x = _block(config, resolution, x)
        image = _to_rgb(config, resolution, x)
        straight = keras.Model(
            latents, image, name=f"{name}_{resolution}x{resolution}"
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
            fade_in = keras.Model(latents, faded, name=f"{name}_{prefix}_fade")
        pairs.append(ModelPair(resolution, straight, fade_in))
        old_image = image
    return pairs


def _block(config, resolution, x):
    """Two layers at `resolution`; the first one brings it there."""
    channels = config.channels(resolution)
    prefix = f"{resolution}x{resolution}"
    if resolution == 4:
        name = f"{prefix}_dense"
        # A quarter of He's constant, as in the paper's code: it counts this
        # layer's fan-in as that of a 4x4 convolution.
        x = EqualizedDense(
            (4, 4, channels),
            gain=math.sqrt(2.0) / 4.0,
            seed=config.layer_seed(f"generator/{name}"),
            name=name,
        )(x)
    else:
        name = f"{prefix}_conv0_up"
        x = EqualizedUpscaleConv2D(
            channels,
            fused=config.fused_scale,
            seed=config.layer_seed(f"generator/{name}"),
            name=name,
        )(x)
    x = _activate(x, name)
    name = f"{prefix}_conv" if resolution == 4 else f"{prefix}_conv1"
    x = EqualizedConv2D(
        channels, seed=config.layer_seed(f"generator/{name}"), name=name
    )(x)
    return _activate(x, name)


def _activate(x, name):
    x = keras.layers.LeakyReLU(negative_slope=0.2, name=f"{name}_lrelu")(x)
    return PixelNormalization(name=f"{name}_norm")(x)


def _to_rgb(config, resolution, x):
    """Project features to colours: 1x1, linear, gain 1, always float32."""
    name = f"{resolution}x{resolution}_to_rgb"
    return EqualizedConv2D(
        config.num_channels,
        kernel_size=1,
        gain=1.0,
        seed=config.layer_seed(f"generator/{name}"),
        dtype="float32",
        name=name,
    )(x)
