"""Trained networks that travel: folders to save them in and to start from."""

from progan_keras.zoo.preset import load_file, load_preset, save_preset

__all__ = ["load_file", "load_preset", "save_preset"]
