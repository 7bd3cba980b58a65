"""One network of a file that pro_gan_pth wrote: its sizes and its weights."""

import dataclasses

import numpy as np

from progan_keras.checks import resolutions_up_to
from progan_keras.interop.torch_file import StoredTensor

_SETTINGS = {
    "depth": range(2, 11),  # 4x4 to 1024x1024
    "num_channels": range(1, 2**16),
    "latent_size": range(1, 2**16),
    "use_eql": (False, True),
}


@dataclasses.dataclass(frozen=True)
class SavedNetwork:
    """A network as the file has it; all its shapes fit each other.

    Attributes:
        name: String, its key in the file.
        depth: Integer from 2 to 10, log2 of its resolution.
        num_channels: Integer, of its images.
        latent_size: Integer, of the latent vector, and the units of the
            discriminator's hidden layer.
        use_eql: Whether it has the equalized learning rate.
        widths: Tuple of integers, feature maps from 4x4 up.
        layers: Dict from the name of a layer *here* to its weight there,
            float32 `[A, B, k, k]`, and its bias.
    """

    name: str
    depth: int
    num_channels: int
    latent_size: int
    use_eql: bool
    widths: tuple
    layers: dict

    def check_like(self, other, *fields):
        """Raise ValueError unless both agree in `fields`."""
        for field in fields:
            own, expected = getattr(self, field), getattr(other, field)
            if own != expected:
                raise ValueError(
                    f"The networks of a file agree in their {field}. "
                    f"Received: {self.name}.{field}={own}, "
                    f"{other.name}.{field}={expected}"
                )


@dataclasses.dataclass(frozen=True)
class _Layer:
    """What a layer is called in the file, and its weight's shape there."""

    name: str
    shape: tuple
    # Where the shape says how many outputs it has, hence biases.
    outputs: int = 0


def read_network(saved, name):
    """Return the `SavedNetwork` at `saved[name]`.

    Raises:
        ValueError: if it is not such a network, or holds NaN.
        OSError: if the file cannot be read.
    """
    conf = read_conf(saved, name)
    tensors = saved[name].get("state_dict")
    if not isinstance(tensors, dict):
        raise ValueError(
            f"pro_gan_pth 3 saves a {name} with its state_dict. "
            f"Received: {name} without state_dict"
        )
    last = conf["depth"] - 2
    sizes = conf["num_channels"], conf["latent_size"]
    if name == "discriminator":
        colours = [f"from_rgb.{last - x}.0" for x in range(last + 1)]
        widths = _widths(tensors, colours, axis=0)
        layers = _discriminator_layers(widths, *sizes)
    else:
        colours = [f"rgb_converters.{x}" for x in range(last + 1)]
        widths = _widths(tensors, colours, axis=1)
        layers = _generator_layers(widths, *sizes)
    kinds = ("weight", "bias")
    expected = {f"{layer.name}.{x}" for layer in layers.values() for x in kinds}
    different = sorted(map(str, expected ^ set(tensors)))
    if different:
        raise ValueError(
            f"A {name} of depth {conf['depth']} has other weights in "
            "pro_gan_pth 3 than in this file. "
            f"Received: {name} differs in {different[0][:80]!r}"
        )
    return SavedNetwork(
        name,
        **{key: conf[key] for key in _SETTINGS},
        widths=widths,
        layers={
            ours: _read_layer(tensors, layer, name)
            for ours, layer in layers.items()
        },
    )


def read_conf(saved, name):
    """Return what `saved[name]` says of its sizes, a dict, checked."""
    conf = saved[name].get("conf") if isinstance(saved[name], dict) else None
    if not isinstance(conf, dict):
        raise ValueError(
            f"pro_gan_pth 3 saves a {name} with its conf, a dict of sizes. "
            f"Received: {name} without conf"
        )
    for key, choices in _SETTINGS.items():
        value = conf.get(key)
        if type(value) is not type(choices[0]) or value not in choices:
            # The value is not printed: it may be anything, of any length.
            raise ValueError(
                f"The {key} of a {name} goes from {choices[0]} to "
                f"{choices[-1]}. Received: {name}.conf without such a {key}"
            )
    return conf


def _widths(tensors, colours, axis):
    """Feature maps of each block: what toRGB takes, or fromRGB gives."""
    shapes = [
        getattr(tensors.get(f"{name}.weight"), "shape", ()) for name in colours
    ]
    # A missing one is noticed with the other weights.
    return tuple(shape[axis] if len(shape) == 4 else 0 for shape in shapes)


def _generator_layers(widths, channels, latents):
    """Our layers' names -> `_Layer`s of the file."""
    first = widths[0]
    layers = {
        # A transposed convolution of a 1x1 image.
        "4x4_dense": _Layer("layers.0.conv_1", (latents, first, 4, 4), 1),
        "4x4_conv": _Layer("layers.0.conv_2", (first, first, 3, 3)),
    }
    for index, (prefix, width) in enumerate(_blocks(widths)):
        shape = (channels, width, 1, 1)
        layers[f"{prefix}_to_rgb"] = _Layer(f"rgb_converters.{index}", shape)
        if index:
            block = f"layers.{index}"
            shape = (width, widths[index - 1], 3, 3)
            layers[f"{prefix}_conv0_up"] = _Layer(f"{block}.conv_1", shape)
            shape = (width, width, 3, 3)
            layers[f"{prefix}_conv1"] = _Layer(f"{block}.conv_2", shape)
    return layers


def _discriminator_layers(widths, channels, units):
    """The same. The file counts from the images down to the score."""
    last, first = len(widths) - 1, widths[0]
    end = f"layers.{last}"
    layers = {
        "4x4_conv": _Layer(f"{end}.conv_1", (first, first + 1, 3, 3)),
        "4x4_dense0": _Layer(f"{end}.conv_2", (units, first, 4, 4)),
        "4x4_dense1": _Layer(f"{end}.conv_3", (1, units, 1, 1)),
    }
    for index, (prefix, width) in enumerate(_blocks(widths)):
        name, shape = f"from_rgb.{last - index}.0", (width, channels, 1, 1)
        layers[f"{prefix}_from_rgb"] = _Layer(name, shape)
        if index:
            block = f"layers.{last - index}"
            shape = (width, width, 3, 3)
            layers[f"{prefix}_conv0"] = _Layer(f"{block}.conv_1", shape)
            shape = (widths[index - 1], width, 3, 3)
            layers[f"{prefix}_conv1_down"] = _Layer(f"{block}.conv_2", shape)
    return layers


def _blocks(widths):
    """Pairs ("4x4", its width), ("8x8", its width), ..."""
    resolutions = resolutions_up_to(4 * 2 ** (len(widths) - 1))
    return zip([f"{x}x{x}" for x in resolutions], widths, strict=True)


def _read_layer(tensors, layer, network):
    """Read weight and bias as float32."""
    biases = (layer.shape[layer.outputs],)
    return tuple(
        _read_array(tensors[name], shape, f"{network}.{name}")
        for name, shape in (
            (f"{layer.name}.weight", layer.shape),
            (f"{layer.name}.bias", biases),
        )
    )


def _read_array(tensor, shape, name):
    if not isinstance(tensor, StoredTensor) or tensor.shape != shape:
        found = getattr(tensor, "shape", "of another kind")
        raise ValueError(
            "The weights of a network have shapes that fit each other, here "
            f"{shape}. Received: {name} {found}"
        )
    with np.errstate(over="ignore"):  # then it is infinite, see below
        array = tensor.read().astype(np.float32)
    if not np.isfinite(array).all():
        raise ValueError(
            "The file holds NaN or infinite weights: training had diverged "
            f"when it was saved; take an earlier file. Received: {name}"
        )
    return array
