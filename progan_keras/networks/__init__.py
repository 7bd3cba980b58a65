"""From a resolution to lists of straight / fade-in pairs of Keras models."""

from progan_keras.networks.architecture import Architecture
from progan_keras.networks.config import NetworkConfig
from progan_keras.networks.discriminator import build_discriminators
from progan_keras.networks.generator import build_generators
from progan_keras.networks.model_pair import ModelPair

__all__ = [
    "Architecture",
    "ModelPair",
    "NetworkConfig",
    "build_discriminators",
    "build_generators",
]
