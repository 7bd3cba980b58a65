"""A preset: all networks of a GAN in one folder.

my_preset/
    preset.json    sizes, classes, resolution reached, notice
    weights.npz    generator, discriminator and average
"""

import dataclasses
import json
import logging
import os
from pathlib import Path

from progan_keras import schemas, transfer
from progan_keras.files import atomic_path
from progan_keras.progan import ProGAN
from progan_keras.schedule import Stage
from progan_keras.training import checkpoint, load_run
from progan_keras.zoo import catalogue
from progan_keras.version import __version__

DESCRIPTION = "preset.json"
_LOG = logging.getLogger("progan_keras")
_FORMAT = 1
_WEIGHTS = "weights.npz"


def save_preset(gan, path, overwrite=False):
    """Write all networks of `gan`; see `ProGAN.save_preset`.

    Args:
        gan: `ProGAN`.
        path: Folder to write.
        overwrite: Whether to replace a preset that is there.

    Returns:
        `pathlib.Path` of the folder, complete or not at all.

    Raises:
        FileExistsError: if something else is there, or `overwrite` is false.
        OSError: if it cannot be written.
    """
    path = Path(path).expanduser()
    if path.exists() and not (overwrite and _is_mere_preset(path)):
        raise FileExistsError(
            f"{path} exists already; choose another name, or overwrite it "
            "(overwrite=True, or --overwrite) if it is a preset and nothing "
            "else."
        )
    stage = gan.stage or Stage(gan.config.resolution)
    description = {
        "format": _FORMAT,
        "progan_keras": __version__,
        "network": dataclasses.asdict(gan.config),
        "class_names": gan.class_names,
        "resolution": stage.resolution,
        # A fade is kept as it stands.
        "alpha": gan.alpha if stage.fade_in else None,
        "images_seen": gan.images_seen,
        "notice": gan.notice,
    }
    with atomic_path(path) as temporary:
        temporary.mkdir()
        checkpoint.save_networks(gan, temporary / _WEIGHTS)
        text = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
        (temporary / DESCRIPTION).write_text(text, encoding="utf-8")
    return path


def _is_mere_preset(path):
    """Whether overwriting would delete nothing but a preset."""
    return path.is_dir() and {DESCRIPTION} <= {
        file.name for file in path.iterdir()
    } <= {DESCRIPTION, _WEIGHTS}


def load_preset(path):
    """Load a GAN; see `ProGAN.from_preset`."""
    if not isinstance(path, (str, os.PathLike)):
        raise ValueError(
            "A trained GAN is loaded from the path of a preset, a run or a "
            f"file. Received: path={path!r}"
        )
    name = str(path)
    if name.startswith("hf://"):
        return _load_folder(catalogue.from_hub(name))
    path = Path(path).expanduser()
    if (path / DESCRIPTION).exists():
        return _load_folder(path)
    if path.is_file():
        return load_file(path)
    if path.is_dir():
        return load_run(path)
    return _load_folder(catalogue.folder_of(name))


def _load_folder(path):
    description = schemas.read(path / DESCRIPTION, schemas.PRESET)
    _, arrays = checkpoint.read(path / _WEIGHTS)
    try:
        gan = ProGAN(**description["network"])
        checkpoint.restore_networks(gan, arrays)
        gan.class_names = description["class_names"]
        stand_at(gan, description["resolution"], description["alpha"])
        transfer.adopt(gan, description["resolution"], description["notice"])
        if gan.notice:
            _LOG.warning("%s", gan.notice)
    except ValueError as error:
        raise ValueError(
            f"The preset {path} holds no GAN of this version: {error}"
        ) from error
    return gan


def load_file(path):
    """Load weights of other projects, told by the file's ending.

    Args:
        path: A `.pkl` file of the paper's authors, a `.bin` of pro_gan_pth.

    Returns:
        `ProGAN`.

    Raises:
        ValueError: for another file, or one that cannot be read.
        OSError: if there is none.
    """
    from progan_keras import interop

    path = Path(path).expanduser()
    readers = {
        ".pkl": interop.load_karras2018,
        ".bin": interop.load_pro_gan_pth,
    }
    if path.suffix.lower() not in readers:
        raise ValueError(
            "A file with a whole GAN is a .pkl of the paper's authors or a "
            ".bin of pro_gan_pth; else give the folder of a run or a preset. "
            f"Received: {str(path)!r}"
        )
    return readers[path.suffix.lower()](path)


def stand_at(gan, resolution, alpha=None):
    """Let `gan` generate at `resolution`, at `alpha` of a fade or straight."""
    gan.enter_stage(Stage(resolution, fade_in=alpha is not None))
    if alpha is not None:
        gan.set_alpha(alpha)
