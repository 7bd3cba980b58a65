"""One network of the paper's code, as a pickle describes it."""

import math
import reprlib

from progan_keras.interop.karras2018_settings import SETTINGS, read_settings
from progan_keras.interop.pickled_arrays import as_array


class PickledNetwork:
    """Stands for `tfutil.Network`: keeps the state that it was pickled with.

    The Python source of the network is in it, and stays text.
    """

    state = None

    def __setstate__(self, state):
        self.state = state


class OfficialNetwork:
    """A network's kind, settings and arrays.

    Args:
        pickled: `PickledNetwork`.

    Attributes:
        kind: "G" (also for its average, Gs) or "D".
        stated: Dict of the settings that the file states.
        arrays: Dict from official name to NumPy array, without "lod".
        lod: Float, level of detail: how many doublings are still to come.

    Raises:
        ValueError: for a network that is not the paper's, or has a setting
            that the networks here do not have.
    """

    def __init__(self, pickled):
        state = pickled.state
        if not isinstance(state, dict) or state.get("version") != 2:
            raise ValueError(
                "A network of the paper's code has a state of version 2. "
                f"Received: state={reprlib.repr(state)}"
            )
        function = state.get("build_func_name")
        if function not in ("G_paper", "D_paper"):
            raise ValueError(
                "The paper's networks are built by G_paper and D_paper. "
                f"Received: build_func_name={reprlib.repr(function)}"
            )
        self.kind = function[0]
        self.stated = read_settings(self.kind, state)
        self.arrays = _read_arrays(state.get("variables"))
        self.lod = _read_lod(self.arrays.pop("lod", None))

    def array(self, name):
        """Return an array by its official name, or raise ValueError."""
        if name not in self.arrays:
            raise ValueError(
                f"The network {self.kind} lacks the array {name}; its file is "
                f"incomplete. Received: {reprlib.repr(sorted(self.arrays))}"
            )
        return self.arrays[name]

    def setting(self, name):
        """Return a setting as stated, or by default."""
        return self.stated.get(name, SETTINGS[self.kind][name])

    @property
    def resolution(self):
        """Side of the images, as stated or by the number of toRGB layers."""
        layers = [
            x for x in self.arrays if x.endswith("/weight") and "RGB" in x
        ]
        return self.stated.get("resolution", 2 ** (len(layers) + 1))

    @property
    def num_channels(self):
        """Colours, as stated or of the last toRGB or the first fromRGB."""
        if "num_channels" in self.stated:
            return self.stated["num_channels"]
        if self.kind == "G":
            return self._size("ToRGB_lod0/weight", -1)
        return self._size("FromRGB_lod0/weight", 2)

    @property
    def label_size(self):
        """Length of the labels; None if nothing tells it."""
        if "label_size" in self.stated:
            return self.stated["label_size"]
        if self.kind == "D":
            return self._size("4x4/Dense1/weight", -1) - 1
        if "latent_size" in self.stated:
            return self.input_size - self.stated["latent_size"]
        return None

    @property
    def input_size(self):
        """Length of a generator's latents and labels together."""
        return self._size("4x4/Dense/weight", 0)

    @property
    def fused_scale(self):
        """Whether scaling convolutions are computed, and stored, as one."""
        if "fused_scale" in self.stated:
            return bool(self.stated["fused_scale"])
        layer = "Conv0" if self.kind == "G" else "Conv1"
        return f"8x8/{layer}/weight" not in self.arrays

    def widths(self, resolutions):
        """Return dict stage -> feature maps, as stated or by the arrays."""
        stages = range(self.kind == "G", len(resolutions) + 1)
        if {"fmap_base", "fmap_max"} <= set(self.stated):
            decay = self.setting("fmap_decay")
            return {
                # fmap_base / 2^(stage * decay)
                stage: min(
                    int(self.stated["fmap_base"] * 0.5 ** (stage * decay)),
                    self.stated["fmap_max"],
                )
                for stage in stages
            }
        biases = ["4x4/Dense0/bias", "4x4/Conv/bias"] + [
            f"{size}x{size}/{'Conv1' if self.kind == 'G' else 'Conv0'}/bias"
            for size in resolutions[1:]
        ]
        return {stage: self._size(biases[stage], 0) for stage in stages}

    def _size(self, name, axis):
        array = self.array(name)
        if not array.ndim:
            raise ValueError(
                f"The array {name} is a single number; its file is damaged. "
                f"Received: {array}"
            )
        return array.shape[min(axis, array.ndim - 1)]


def _read_arrays(variables):
    """Return dict name -> array from the list of pairs."""
    if not isinstance(variables, (list, tuple)):
        raise ValueError(
            "The variables of a network are a list of names and arrays. "
            f"Received: variables={reprlib.repr(variables)}"
        )
    arrays = {}
    for pair in variables:
        if (
            not isinstance(pair, (list, tuple))
            or len(pair) != 2
            or not isinstance(pair[0], str)
        ):
            raise ValueError(
                "A variable of a network is a name and an array. "
                f"Received: {reprlib.repr(pair)}"
            )
        arrays[pair[0]] = as_array(pair[1])
    return arrays


def _read_lod(array):
    if array is None or array.ndim or not 0 <= array < math.inf:
        raise ValueError(
            "A network has its level of detail, a number from 0, among its "
            f"variables. Received: lod={reprlib.repr(array)}"
        )
    return float(array)
