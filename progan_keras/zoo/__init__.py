"""Trained networks that travel: presets with names, and folders of one's own.

    import progan_keras as pk

    pk.zoo.presets()  # what there is
    gan = pk.ProGAN.from_preset("emoji_portraits_32")
    pk.zoo.publish("runs", "my_preset", title="My cats, 64x64")

Names are imported when they are first used, so that the list of presets can be
read without waiting for TensorFlow.
"""

import importlib

_OBJECTS = {
    "Preset": "progan_keras.zoo.catalogue",
    "load_file": "progan_keras.zoo.preset",
    "load_preset": "progan_keras.zoo.preset",
    "presets": "progan_keras.zoo.catalogue",
    "publish": "progan_keras.zoo.publish",
    "save_preset": "progan_keras.zoo.preset",
}

__all__ = list(_OBJECTS)


def __getattr__(name):
    """Import a public name on first use (PEP 562)."""
    if name not in _OBJECTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_OBJECTS[name]), name)


def __dir__():
    return sorted(__all__)
