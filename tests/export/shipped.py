"""The trained generators that come with the project."""

import json
from pathlib import Path

import keras

import progan_keras as pk
from progan_keras.export_formats import FORMATS

SAVED_MODELS = Path(__file__).resolve().parents[2] / "saved_models"
PRESETS = sorted(path.parent for path in SAVED_MODELS.glob("*/generator.keras"))
# What a preset's folder may have of its exports.
SHIPPED = {"saved_model": "saved_model", "keras": "generator.keras"}


def load_gan(preset):
    """The GAN of a preset's folder, which may have but its generator."""
    if (preset / "preset.json").exists():
        return pk.ProGAN.from_preset(preset)
    options = json.loads((preset / "options.json").read_text())
    gan = pk.ProGAN(**options["network"])
    trained = keras.models.load_model(preset / "generator.keras")
    gan.current_generator().set_weights(trained.get_weights())
    return gan


def exported(preset, gan, format, folder):
    """The path of a preset's export: as it was shipped, or made now."""
    shipped = preset and format in SHIPPED and preset / SHIPPED[format]
    if shipped and shipped.exists():
        return shipped
    path = folder / FORMATS[format].default
    return path if path.exists() else gan.export(path, format=format)
