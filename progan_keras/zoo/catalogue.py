"""The presets of this project: which there are, and where their files lie.

    import progan_keras as pk

    print(pk.zoo.presets())
    gan = pk.ProGAN.from_preset("emoji_portraits_32")

In a checkout they lie in `saved_models/`. The installed package has only
their list, and downloads what is asked for from where they were released.
"""

import difflib
import functools
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from progan_keras.data.cache import cache_folder

# Where the folders of `saved_models/` can be downloaded from; there is no
# such place yet.
RELEASED_AT = None
LOCATION = "PROGAN_KERAS_PRESETS"
_CHECKOUT = Path(__file__).resolve().parents[2] / "saved_models"
_LIST = Path(__file__).with_name("presets.json")


@dataclass(frozen=True)
class Preset:
    """A trained GAN that has a name.

    Attributes:
        name: String, for `ProGAN.from_preset`.
        title: String, what its pictures show.
        resolution: Integer, height and width of them.
        num_classes: Integer; 0 where it is not conditional.
        data: String, what it was trained on.
        licence: String, of the data.
        kimg: Number, thousands of images that it was shown.
        scores: Dict from names of metrics to results, dicts with "value",
            "floor" and "count" as `progan_keras.evaluate` returns them.
        files: Dict from names of the files that `from_preset` reads to the
            SHA-256 of each, in hexadecimal digits.
    """

    name: str
    title: str
    resolution: int
    num_classes: int
    data: str
    licence: str
    kimg: float
    scores: dict
    files: dict

    @property
    def folder(self):
        """`pathlib.Path` in the checkout; None in an installed package."""
        folder = _CHECKOUT / self.name
        return folder if (folder / "preset.json").exists() else None


def presets():
    """Return {name: `Preset`} of all, by name.

    It reads a list that the package carries, and needs no network.
    """
    return dict(_read_list())


@functools.cache
def _read_list():
    found = json.loads(_LIST.read_text(encoding="utf-8"))
    return {name: Preset(name, **found[name]) for name in sorted(found)}


def folder_of(name):
    """Return the folder of a preset, downloaded if it has to be.

    Args:
        name: String, a key of `presets()`.

    Returns:
        `pathlib.Path`.

    Raises:
        ValueError: if there is none of this name.
        OSError: if it is not here and cannot be downloaded, or arrives
            damaged.
    """
    preset = presets().get(name)
    if preset is None:
        raise ValueError(unknown(name))
    return preset.folder or _download(preset)


def unknown(name):
    """Return the sentence about a name that is no preset."""
    known = list(presets())
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    nearest = f" Did you mean {' or '.join(close)}?" if close else ""
    return (
        "There is no preset, run or file of this name. Expected a run folder "
        "or a folder that holds runs, as `progan train` makes, the folder of "
        f"a preset, or one of {', '.join(known)}.{nearest} "
        f"Received: {name!r}"
    )


def _download(preset):
    location = os.environ.get(LOCATION) or RELEASED_AT
    if not location:
        raise OSError(
            f"The preset {preset.name} is not on this computer, and no place "
            "to download it from is known: give the path of its folder, or "
            f"set {LOCATION} to the address or the folder that holds the "
            f"presets. Received: {preset.name!r}"
        )
    if "://" not in location:
        location = Path(location).expanduser().resolve().as_uri()
    folder = cache_folder() / "presets" / preset.name
    for name, digest in preset.files.items():
        if not _is_whole(folder / name, digest):
            origin = f"{location.rstrip('/')}/{preset.name}/{name}"
            try:
                _fetch(origin, folder / name, digest)
            # Keras raises a bare `Exception` where there is no file.
            except Exception as error:
                raise OSError(
                    f"The preset {preset.name} cannot be downloaded: {error} "
                    f"Received: {origin}"
                ) from error
    return folder


def _is_whole(path, digest):
    if not path.exists():
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _fetch(origin, path, digest):
    """Download a file, check it, and only then give it its name."""
    # Imported here: lists are asked for where nothing is downloaded.
    from keras.utils import get_file

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fetched = get_file(
            path.name,
            origin,
            cache_dir=folder,
            cache_subdir="",
            file_hash=digest,
            hash_algorithm="sha256",
        )
        os.replace(fetched, path)


def from_hub(address):
    """Return the folder of a preset on the Hugging Face Hub.

    Args:
        address: String, "hf://owner/name".

    Raises:
        ValueError: without huggingface_hub, or for another form.
        OSError: if it cannot be downloaded.
    """
    try:
        import huggingface_hub
    except ImportError as error:
        raise ValueError(
            "Presets on the Hugging Face Hub need huggingface_hub: `pip "
            f"install huggingface_hub`. Received: {address!r}"
        ) from error
    try:
        return Path(
            huggingface_hub.snapshot_download(
                address.removeprefix("hf://"),
                allow_patterns=["preset.json", "weights.npz"],
            )
        )
    except huggingface_hub.errors.HFValidationError as error:
        raise ValueError(
            "A preset on the Hugging Face Hub is hf://owner/name. "
            f"Received: {address!r}"
        ) from error
    except (OSError, huggingface_hub.errors.HfHubHTTPError) as error:
        raise OSError(
            f"The preset cannot be downloaded: {error} Received: {address!r}"
        ) from error
