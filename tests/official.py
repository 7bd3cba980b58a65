"""The outputs of the paper's own code, and its weights, for comparison.

`parity/` holds random weights as the code pickles them, and what it computed
from them (scores, images, losses, gradients), at several levels of detail.
"""

import io
import math
import pickle
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "parity"
_SAFE = {
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
}


class _Network:
    def __setstate__(self, state):
        self.state = state


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("tfutil", "Network"):
            return _Network
        if (module, name) in _SAFE:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"not allowed: {module}.{name}")


def load_outputs():
    """All recorded arrays, by name."""
    with np.load(FOLDER / "official_rgb32_outputs.npz") as file:
        return {name: file[name] for name in file.files}


def load_weights():
    """(G, D, Gs), each a dict from the official name to an array."""
    data = (FOLDER / "official_rgb32.pkl").read_bytes()
    networks = _Unpickler(io.BytesIO(data)).load()
    return [dict(network.state["variables"]) for network in networks]


def official_name(path, resolution):
    """Translate a variable's path here to its official name."""
    layer, kind = path.split("/")
    size, layer = layer.split("_", 1)
    kind = {"kernel": "weight", "bias": "bias"}[kind]
    lod = int(math.log2(resolution // int(size.split("x")[0])))
    names = {
        "to_rgb": f"ToRGB_lod{lod}",
        "from_rgb": f"FromRGB_lod{lod}",
        "conv0_up": f"{size}/Conv0_up",
        "conv1_down": f"{size}/Conv1_down",
        "conv0": f"{size}/Conv0",
        "conv1": f"{size}/Conv1",
        "conv": f"{size}/Conv",
        "dense": f"{size}/Dense",
        "dense0": f"{size}/Dense0",
        "dense1": f"{size}/Dense1",
    }
    return f"{names[layer]}/{kind}"


def to_ours(name, value):
    """Bring an official weight, or its gradient, into this package's order."""
    if name.endswith("Conv0_up/weight"):
        # Stored for a transposed convolution: [k, k, out, in], backwards.
        return value[::-1, ::-1].transpose(0, 1, 3, 2)
    if name == "4x4/Dense/weight":  # columns in C, H, W order
        latent, outputs = value.shape
        value = value.reshape(latent, outputs // 16, 4, 4)
        return value.transpose(0, 2, 3, 1).reshape(latent, outputs)
    if name == "4x4/Dense0/weight":  # rows in C, H, W order
        rows, outputs = value.shape
        value = value.reshape(rows // 16, 4, 4, outputs)
        return value.transpose(1, 2, 0, 3).reshape(rows, outputs)
    return value


def assign(pairs, weights):
    """Copy official weights into a family of pairs."""
    resolution = pairs[-1].resolution
    models = [m for p in pairs for m in (p.straight, p.fade_in) if m]
    for model in models:
        for variable in model.variables:
            if variable.path.endswith("/alpha"):
                continue
            name = official_name(variable.path, resolution)
            variable.assign(to_ours(name, weights[name]))


def to_nhwc(images):
    """[N, C, H, W] -> [N, H, W, C]."""
    return np.transpose(images, (0, 2, 3, 1))
