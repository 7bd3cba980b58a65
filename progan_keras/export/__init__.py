"""Generators for use without this package."""

from pathlib import Path

from progan_keras.export.keras_file import export_keras
from progan_keras.export.saved_model import export_saved_model

_FORMATS = {"saved_model": export_saved_model, "keras": export_keras}


def export(gan, path, format="saved_model", overwrite=False):
    """Write the average generator of `gan` to `path`.

    Args:
        gan: `ProGAN`.
        path: Folder (SavedModel) or file (`.keras`).
        format: "saved_model" or "keras".
        overwrite: Whether to replace what is there.

    Returns:
        `pathlib.Path` of what was written, complete or not at all.

    Raises:
        ValueError: for an unknown format.
        FileExistsError: if something is there and `overwrite` is false.
        OSError: if it cannot be written.
    """
    if format not in _FORMATS:
        raise ValueError(
            f"An export format is one of {sorted(_FORMATS)}. "
            f"Received: format={format!r}"
        )
    path = Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} exists already; choose another name, or overwrite it "
            "(overwrite=True, or --overwrite)."
        )
    _FORMATS[format](gan, path)
    return path


__all__ = ["export"]
