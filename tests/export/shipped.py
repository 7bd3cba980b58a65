"""The trained generators that come with the project."""

from pathlib import Path

from progan_keras.export_formats import FORMATS

SAVED_MODELS = Path(__file__).resolve().parents[2] / "saved_models"
PRESETS = sorted(path.parent for path in SAVED_MODELS.glob("*/generator.keras"))
# What a preset's folder may have of its exports.
SHIPPED = {"saved_model": "saved_model", "keras": "generator.keras"}


def exported(preset, gan, format, folder):
    """The path of a preset's export: as it was shipped, or made now."""
    shipped = preset and format in SHIPPED and preset / SHIPPED[format]
    if shipped and shipped.exists():
        return shipped
    path = folder / FORMATS[format].default
    return path if path.exists() else gan.export(path, format=format)
