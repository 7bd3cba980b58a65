"""Weights that the paper's own code trained and pickled.

gan = pk.interop.load_karras2018("network-snapshot-010000.pkl")
gan.generate(16)
"""

import logging
import math
from pathlib import Path

from progan_keras import transfer
from progan_keras.interop.karras2018_arguments import read_arguments
from progan_keras.interop.karras2018_network import (
    OfficialNetwork,
    PickledNetwork,
)
from progan_keras.interop.karras2018_weights import assign, check_arrays
from progan_keras.interop.pickled_arrays import ARRAY_NAMES
from progan_keras.interop.restricted_pickle import (
    UnsafePickleError,
    restricted_load,
)
from progan_keras.networks import NetworkConfig
from progan_keras.progan import ProGAN
from progan_keras.schedule import Stage

NOTICE = (
    "Weights published by the paper's authors (Karras et al., 2018) are under "
    "CC BY-NC 4.0: name them, and no commercial use. Weights that others "
    "trained with their code stay under the licence of whoever trained them."
)
_LOG = logging.getLogger("progan_keras")
_ALLOWED = {**ARRAY_NAMES, ("tfutil", "Network"): PickledNetwork}

# How other files start that are mistaken for such a pickle.
_OTHER_FILES = {
    b"PK": "a zip archive, as PyTorch writes: try load_pro_gan_pth",
    b"\x89HDF": "an HDF5 file",
    b"\x89PNG": "a PNG image",
    b"\x1f\x8b": "a gzip file: unpack it first",
    b"<": "a web page, in place of a download",
    b"version https://git-lfs": "a pointer to a file: fetch it with git lfs",
}
# What other pickles name first, by the package.
_OTHER_PICKLES = {
    "dnnlib": "a network of StyleGAN or a later paper",
    "torch_utils": "a network of StyleGAN2-ADA or a later paper",
    "torch": "a PyTorch model",
    "network": "a network of the paper's first code, for Theano",
    "theano": "a network of the paper's first code, for Theano",
}


def load_karras2018(path):
    """Load the networks of a pickle that the paper's TensorFlow code wrote.

    Equal, up to rounding (1e-4 of the largest value), are the outputs of
    generator, average and discriminator at every level of detail. Images are
    `[N, H, W, C]` here, and those of an unfinished network as large as it has
    grown. No code in the file is run.

    Args:
        path: File `network-snapshot-....pkl` with (G, D, Gs), or one with a
            single network. A single generator is the average, too; networks
            that the file does not have are fresh, and a warning says so.

    Returns:
        `ProGAN`, not compiled. Where the networks had not grown to the end,
        it stands at their stage and alpha; `start_resolution` is where
        training would go on, and `notice` tells of the licence.

    Raises:
        OSError: if the file cannot be read.
        UnsafePickleError: a ValueError, if it holds more than networks.
        ValueError: if it is damaged, of another kind, or has networks that
            cannot be expressed here.

    Reference:
        Karras et al., 2018; its code at
        https://github.com/tkarras/progressive_growing_of_gans.
    """
    path = Path(path).expanduser()
    networks = _read_networks(path)
    arguments = read_arguments(networks)
    config = NetworkConfig(**arguments)
    for network in networks:
        check_arrays(network, config)
    generators = [network for network in networks if network.kind == "G"]
    discriminators = [network for network in networks if network.kind == "D"]
    gan = ProGAN(**arguments)
    if generators:
        assign(generators[0], gan.generators)
        assign(generators[-1], gan.ema_generators)
    else:
        _LOG.warning("%s has no generator: its weights are fresh", path)
    if discriminators:
        assign(discriminators[0], gan.discriminators)
    else:
        _LOG.warning("%s has no discriminator: its weights are fresh", path)
    _stand_at(gan, (generators or networks)[-1].lod)
    _LOG.warning("%s", NOTICE)
    return gan


def _read_networks(path):
    """Return the `OfficialNetwork`s of a file, as many as it has."""
    if path.is_dir():
        raise IsADirectoryError(
            "This is a folder; give the .pkl file in it. "
            f"Received: path={str(path)!r}"
        )
    if not path.exists():
        raise FileNotFoundError(
            "There is no such file; check its name and folder. "
            f"Received: path={str(path)!r}"
        )
    with open(path, "rb") as file:
        _check_start(file.read(32), path)
        file.seek(0)
        content = _unpickle(file, path)
    # (G, D, Gs)
    pickled = content if isinstance(content, (tuple, list)) else [content]
    if not all(isinstance(network, PickledNetwork) for network in pickled):
        raise ValueError(
            "This pickle holds something else than networks of the paper's "
            f"code. Received: path={str(path)!r}"
        )
    networks = [OfficialNetwork(network) for network in pickled]
    kinds = [network.kind for network in networks]
    if not networks or kinds.count("G") > 2 or kinds.count("D") > 1:
        raise ValueError(
            "A file of the paper's code has a generator, a discriminator and "
            f"the generator's average. Received: {kinds}"
        )
    return networks


def _check_start(start, path):
    """Raise for what no network was ever pickled as."""
    if start.startswith(b"\x80"):
        return
    found = "empty" if not start else "something else"
    for beginning, kind in _OTHER_FILES.items():
        if start.startswith(beginning):
            found = kind
    raise ValueError(
        f"This file is no pickle of the paper's code but {found}. "
        f"Received: path={str(path)!r}"
    )


def _unpickle(file, path):
    try:
        # latin1 turns bytes that Python 2 wrote into text without loss.
        return restricted_load(file, _ALLOWED, encoding="latin1")
    except UnsafePickleError as error:
        package = error.module.split(".")[0]
        if package not in _OTHER_PICKLES:
            raise
        raise ValueError(
            f"This pickle holds {_OTHER_PICKLES[package]}; only the networks "
            "of Karras et al., 2018, for TensorFlow can be read. "
            f"Received: path={str(path)!r}, with {error.module}.{error.name}"
        ) from error


def _stand_at(gan, lod):
    """Let `gan` generate, and go on growing, where the networks stood.

    Args:
        gan: `ProGAN`.
        lod: Float, doublings that were still to come; its fraction is the
            part of a fade that was still to come.
    """
    doublings, to_come = int(lod), lod - math.floor(lod)
    resolution = max(gan.config.resolution >> doublings, 4)
    # Nothing is smaller than 4x4, and nothing fades in there.
    fade_in = to_come > 0 and resolution > 4
    if doublings or fade_in:
        gan.enter_stage(Stage(resolution, fade_in=fade_in))
    if fade_in:
        gan.set_alpha(1.0 - to_come)
    # Layers in mid-fade go through the whole fade again.
    transfer.adopt(gan, resolution // 2 if fade_in else resolution, NOTICE)
