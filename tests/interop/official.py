"""What the paper's code computed and pickled, and pickles like its own.

`parity/` holds random weights as the code pickles them, and what it computed
from them (scores, images, losses, gradients), at several levels of detail.
"""

import contextlib
import pickle
import sys
import types
from pathlib import Path

import numpy as np
from plain_networks import PlainDiscriminator, PlainGenerator

FOLDER = Path(__file__).parents[1] / "parity"
PICKLE = FOLDER / "official_rgb32.pkl"
SMALL = {
    "num_channels": 3,
    "resolution": 8,
    "label_size": 0,
    "fmap_base": 32,
    "fmap_max": 8,
    "latent_size": 6,
}


def load_outputs():
    """All recorded arrays, by name."""
    with np.load(FOLDER / "official_rgb32_outputs.npz") as file:
        return {name: file[name] for name in file.files}


def to_nhwc(images):
    """[N, C, H, W] -> [N, H, W, C]."""
    return np.transpose(images, (0, 2, 3, 1))


def shrink(images, size):
    """Box average images [N, H, W, C] to a smaller side."""
    n, height, _, channels = images.shape
    factor = height // size
    blocks = (n, size, factor, size, factor, channels)
    return images.reshape(blocks).mean(axis=(2, 4))


def enlarge(images, size):
    """Repeat the pixels of images [N, H, W, C] to a larger side."""
    images = np.asarray(images)
    factor = size // images.shape[1]
    return images.repeat(factor, 1).repeat(factor, 2)


def assert_close(ours, theirs, tolerance=1e-4):
    """Largest difference, relative to the largest value, within 1e-4."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    difference = np.abs(ours - theirs).max()
    assert difference <= tolerance * np.abs(theirs).max()


class Network:
    """Pickles as the network class of the paper's code does."""

    def __init__(self, name, settings, variables):
        self.state = {
            "version": 2,
            "name": name,
            "static_kwargs": settings,
            "build_module_src": "raise SystemExit('the source was executed')",
            "build_func_name": f"{name[0]}_paper",
            "variables": list(variables.items()),
        }

    def __getstate__(self):
        return self.state


Network.__module__ = "tfutil"


@contextlib.contextmanager
def module(name, **names):
    """Pretend that there is a module, so that its names can be pickled."""
    parts = name.split(".")
    paths = [".".join(parts[: i + 1]) for i in range(len(parts))]
    fakes = {path: types.ModuleType(path) for path in paths}
    vars(fakes[name]).update(names)
    sys.modules.update(fakes)
    try:
        yield
    finally:
        for path in paths:
            del sys.modules[path]


def dumps(networks, protocol=4):
    """The bytes of a pickle of the paper's code."""
    with module("tfutil", Network=Network):
        return pickle.dumps(networks, protocol)


class Snapshot:
    """(G, D, Gs) with random weights, and inputs to compare them on."""

    def __init__(self, lod=0.0, **settings):
        settings = {**SMALL, **settings}
        self.settings = settings
        self.g = PlainGenerator(settings, seed=1)
        self.d = PlainDiscriminator(settings, seed=2)
        self.gs = PlainGenerator(settings, seed=3)
        random = np.random.default_rng(4)
        latents = random.normal(size=(8, settings["latent_size"]))
        self.latents = latents.astype("float32")
        classes = settings["label_size"]
        self.labels = np.zeros((8, classes), "float32")
        if classes:
            self.labels[np.arange(8), np.arange(8) % classes] = 1.0
        side = settings["resolution"]
        images = random.normal(size=(8, settings["num_channels"], side, side))
        self.images = images.astype("float32")
        # Running them makes their weights.
        self.g(self.latents, self.labels, 0.0)
        self.gs(self.latents, self.labels, 0.0)
        self.d(self.images, 0.0)
        for plain in (self.g, self.d, self.gs):
            plain.variables["lod"] = np.float32(lod)

    def network(self, name):
        plain = {"G": self.g, "D": self.d, "Gs": self.gs}[name]
        return Network(name, dict(self.settings), plain.variables)

    def networks(self):
        return tuple(map(self.network, ("G", "D", "Gs")))

    def save(self, folder, networks=None, protocol=4):
        """Write a pickle of all networks, or of those that are given."""
        path = folder / "network-snapshot.pkl"
        path.write_bytes(dumps(networks or self.networks(), protocol))
        return path
