"""The sizes of the networks: one dial, `resolution`, decides the rest."""

import dataclasses
import math
import zlib

import keras

from progan_keras.checks import (
    check_integer,
    check_precision,
    check_resolution,
    resolutions_up_to,
)
from progan_keras.networks.architecture import Architecture

NUM_CHANNELS = (1, 3, 4)

# resolution -> (fmap_base, fmap_max, latent_dim): sizes that a laptop trains
# up to 64, then towards the paper's, which are 8192, 512, 512 throughout.
SIZES = {
    4: (512, 64, 64),
    8: (512, 64, 64),
    16: (512, 64, 64),
    32: (512, 64, 64),
    64: (1024, 128, 128),
    128: (2048, 256, 256),
    256: (4096, 512, 512),
    512: (8192, 512, 512),
    1024: (8192, 512, 512),
}

# Of G or D, in float32 2 GiB; the paper's largest have 23 million.
MOST_PARAMETERS = 2**29


@dataclasses.dataclass(frozen=True)
class NetworkConfig:
    """What decides the shape of generator and discriminator.

    Arguments left at None are looked up in the table `SIZES` by resolution.

    Args:
        resolution: Integer, power of two from 4 to 1024.
        num_channels: 1 (grey), 3 (RGB) or 4 (RGBA).
        latent_dim: Integer, length of the latent vector; None for `fmap_max`
            where that is given.
        fmap_base: Integer; the block at 2^r x 2^r has
            `min(fmap_base / 2**(r - 1), fmap_max)` feature maps.
        fmap_max: Integer, the most feature maps anywhere.
        fused_scale: Whether scaling and convolution are computed as one, as
            the paper's code does by default. The discriminator then averages
            before its activation, else after it: another function. The
            generator's is the same either way.
        seed: Integer, of the initial weights.
        num_classes: Integer, classes to tell apart and to ask for; 0 for a
            network without labels.
        architecture: `Architecture`, or a dict of its switches, or None for
            the paper's.
        precision: "float32", "mixed_bfloat16" or "mixed_float16": what
            the layers compute in, with weights, images and scores in float32
            in any case; None for Keras' dtype policy, float32 unless it was
            set.

    Raises:
        ValueError: for a value outside of these, with its name.
    """

    resolution: int = 32
    num_channels: int = 3
    latent_dim: int | None = None
    fmap_base: int | None = None
    fmap_max: int | None = None
    fused_scale: bool = True
    seed: int = 0
    num_classes: int = 0
    architecture: Architecture | dict | None = None
    precision: str | None = None

    def __post_init__(self):
        base, most, latent = SIZES[check_resolution(self.resolution)]
        if check_integer(self.num_channels, "num_channels") not in NUM_CHANNELS:
            raise ValueError(
                "num_channels is 1 (grey), 3 (RGB) or 4 (RGBA). "
                f"Received: num_channels={self.num_channels!r}"
            )
        if not 0 <= check_integer(self.seed, "seed") < 2**32:
            raise ValueError(
                "A seed is a whole number from 0 to 2**32 - 1. "
                f"Received: seed={self.seed}"
            )
        sizes = {"fmap_base": base, "fmap_max": most, "latent_dim": latent}
        if self.fmap_max is not None:
            sizes["latent_dim"] = self.fmap_max
        for name, size in sizes.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, size)
            check_integer(getattr(self, name), name, least=1)
        check_integer(self.num_classes, "num_classes", least=0)
        whole = ("resolution", "num_channels", "seed", "num_classes", *sizes)
        for name in whole:
            # NumPy's integers count, but JSON does not know them.
            object.__setattr__(self, name, int(getattr(self, name)))
        if self.precision is None:
            policy = keras.config.dtype_policy().name
            object.__setattr__(self, "precision", policy)
        check_precision(self.precision)
        architecture = Architecture.of(self.architecture)
        object.__setattr__(self, "architecture", architecture)
        self._check_size()
        attention = architecture.attention_resolution
        if attention is not None and attention > self.resolution:
            raise ValueError(
                f"A network of {self.resolution}x{self.resolution} has no "
                "layer to attend at there. "
                f"Received: attention_resolution={attention}"
            )

    def _check_size(self):
        """Refuse, before any is built, networks that no machine can hold."""
        widest = self.channels(4)
        dense = self.latent_dim + self.num_classes + widest
        if self.architecture.score_units is not None:
            dense += self.architecture.score_units
        parameters = 16 * widest * dense + sum(
            18 * self.channels(r) ** 2 for r in self.resolutions
        )
        if parameters > MOST_PARAMETERS:
            raise ValueError(
                f"Networks of these sizes have about {parameters / 1e6:,.0f} "
                f"million parameters each, {MOST_PARAMETERS / 1e6:,.0f} are "
                "possible: take smaller ones. Received: "
                f"fmap_base={self.fmap_base}, fmap_max={self.fmap_max}, "
                f"latent_dim={self.latent_dim}"
            )

    @property
    def resolutions(self):
        """All resolutions from 4 up: `(4, 8, ..., resolution)`."""
        return resolutions_up_to(self.resolution)

    def num_feature_maps(self, stage):
        """The paper's `nf(stage)`; `nf(r - 1)` at resolution 2^r."""
        return max(1, min(self.fmap_base // 2**stage, self.fmap_max))

    def channels(self, resolution):
        """Feature maps of the block at `resolution`."""
        return self.num_feature_maps(int(math.log2(resolution)) - 1)

    @property
    def projection(self):
        """Whether the discriminator is told the class of an image."""
        conditioning = self.architecture.conditioning
        return self.num_classes > 0 and conditioning == "projection"

    @property
    def full_precision(self):
        """The precision of networks that are not trained."""
        mixed = self.precision.startswith("mixed_")
        return "float32" if mixed else self.precision

    def layer_seed(self, name):
        """A seed for the layer called `name`: no two layers start alike."""
        return zlib.crc32(f"{self.seed}/{name}".encode())
