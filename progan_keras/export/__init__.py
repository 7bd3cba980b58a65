"""Generators for use without this package."""

from pathlib import Path

from progan_keras.export.keras_file import export_keras
from progan_keras.export.litert_file import export_litert
from progan_keras.export.onnx_file import export_onnx
from progan_keras.export.saved_model import export_saved_model
from progan_keras.export.verify import difference
from progan_keras.export.web_folder import export_web, page_names
from progan_keras.export_formats import FORMATS

# What TensorFlow writes into such a folder.
_SAVED_MODEL = {
    "assets",
    "assets.extra",
    "fingerprint.pb",
    "keras_metadata.pb",
    "saved_model.pb",
    "variables",
}
# How the folders that may be replaced are known: what each has, and all that
# may be in it.
_FOLDERS = {
    "saved_model.pb": _SAVED_MODEL,
    "generator.onnx": page_names(),
}
_WRITERS = {
    "saved_model": export_saved_model,
    "keras": export_keras,
    "onnx": export_onnx,
    "litert": export_litert,
    "web": export_web,
}


def export(gan, path, format="saved_model", overwrite=False):
    """Write the average generator of `gan` to `path`.

    Args:
        gan: `ProGAN`.
        path: Folder (SavedModel, web), or file with the ending of its format.
        format: "saved_model", "keras", "onnx", "litert" or "web"; see the
            functions `export_...` for what is in them.
        overwrite: Whether to replace what is there.

    Returns:
        `pathlib.Path` of what was written, complete or not at all.

    Raises:
        ValueError: for an unknown format, another ending, or if a package is
            missing that writes the format.
        FileExistsError: if something is there and `overwrite` is false.
        OSError: if it cannot be written.
    """
    if format not in FORMATS:
        raise ValueError(
            f"An export format is one of {sorted(FORMATS)}. "
            f"Received: format={format!r}"
        )
    FORMATS[format].check(path)
    path = Path(path).expanduser()
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} exists already; choose another name, or overwrite it "
            "(overwrite=True, or --overwrite)."
        )
    if path.is_dir() and any(path.iterdir()) and not _is_export(path):
        raise FileExistsError(
            f"{path} is a folder with other things in it, which overwriting "
            "would delete; choose another name."
        )
    _WRITERS[format](gan, path)
    return path


def _is_export(path):
    """Whether a folder holds an export and nothing else."""
    names = {entry.name for entry in path.iterdir()}
    return any(
        mark in names and names <= known for mark, known in _FOLDERS.items()
    )


__all__ = ["difference", "export"]
