"""Progressive Growing of GANs in Keras 3, to learn from and to train with.

    import progan_keras as pk

Names are imported when they are first used, so that the command line can
answer without waiting for TensorFlow.
"""

import importlib

from progan_keras.version import __version__

# Public name -> module that defines it.
_OBJECTS = {
    "ProGAN": "progan_keras.progan",
    "Schedule": "progan_keras.schedule",
    "Stage": "progan_keras.schedule",
    "evaluate": "progan_keras.evaluation",
    "image_grid": "progan_keras.images",
    "project": "progan_keras.projection",
    "train": "progan_keras.training",
}
_MODULES = (
    "data",
    "evaluation",
    "figures",
    "images",
    "interop",
    "latents",
    "layers",
    "losses",
    "metrics",
    "networks",
    "projection",
    "recipes",
    "training",
    "updates",
    "zoo",
)

__all__ = ["__version__", *_OBJECTS, *_MODULES]


def __getattr__(name):
    """Import a public name on first use (PEP 562)."""
    if name in _OBJECTS:
        value = getattr(importlib.import_module(_OBJECTS[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)
