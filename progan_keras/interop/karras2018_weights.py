"""Where each official weight goes, and in what order its numbers are.

The paper's code keeps feature maps before pixels (C, H, W), this package
behind them (H, W, C); its convolutions' weights are H, W, in, out, as here.
"""

import math
import reprlib

import numpy as np

from progan_keras import transfer

_LAYERS = {
    "dense": "Dense",
    "dense0": "Dense0",
    "dense1": "Dense1",
    "conv": "Conv",
    "conv0": "Conv0",
    "conv1": "Conv1",
    "conv0_up": "Conv0",
    "conv1_down": "Conv1",
}
_FUSED = {"conv0_up": "Conv0_up", "conv1_down": "Conv1_down"}


def check_arrays(network, config):
    """Check that a network has the arrays that its sizes ask for.

    Args:
        network: `OfficialNetwork`.
        config: `NetworkConfig`.

    Raises:
        ValueError: naming the arrays that are missing, left over, of another
            shape, or not finite numbers.
    """
    shapes = _official_shapes(network.kind, config, network.fused_scale)
    missing = sorted(shapes.keys() - network.arrays.keys())
    unknown = sorted(network.arrays.keys() - shapes.keys())
    if missing or unknown:
        raise ValueError(
            f"The network {network.kind} has not the arrays that its settings "
            f"ask for. Received: missing={reprlib.repr(missing)}, "
            f"unknown={reprlib.repr(unknown)}"
        )
    for name, shape in shapes.items():
        array = network.arrays[name]
        if array.shape != shape:
            raise ValueError(
                f"The array {name} of the network {network.kind} has the "
                f"shape {shape} by its settings. Received: shape={array.shape}"
            )
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(
                f"The array {name} of the network {network.kind} holds "
                "something else than finite numbers: training had failed, or "
                f"the file is damaged. Received: dtype={array.dtype}"
            )


def assign(network, pairs):
    """Copy the arrays of a checked network into a family of pairs.

    Args:
        network: `OfficialNetwork`.
        pairs: List of `ModelPair`, of the same sizes.
    """
    resolution = pairs[-1].resolution
    for path, variable in transfer.weights(pairs).items():
        name = official_name(path, resolution, network.fused_scale)
        value = to_ours(name, network.arrays[name])
        variable.assign(np.asarray(value, variable.dtype))


def official_name(path, resolution, fused=True):
    """Translate a variable's path here to its official name.

    Args:
        path: String such as "8x8_conv0_up/kernel".
        resolution: Integer, the last of the network's.
        fused: Whether the official network is.
    """
    layer, kind = path.split("/")[-2:]
    size, layer = layer.split("_", 1)
    kind = {"kernel": "weight", "bias": "bias"}[kind]
    if layer.endswith("_rgb"):
        # Counted from the last resolution down.
        lod = int(math.log2(resolution // int(size.split("x")[0])))
        layer = {"to_rgb": "ToRGB", "from_rgb": "FromRGB"}[layer]
        return f"{layer}_lod{lod}/{kind}"
    layer = _FUSED.get(layer, _LAYERS[layer]) if fused else _LAYERS[layer]
    return f"{size}/{layer}/{kind}"


def to_ours(name, value):
    """Bring an official weight, or its gradient, into this package's order.

    Args:
        name: String, its official name.
        value: NumPy array.

    Returns:
        NumPy array of the shape of the variable here.
    """
    if name.endswith("/Conv0_up/weight"):
        # Of a transposed convolution: [k, k, out, in], and backwards.
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


def _official_shapes(kind, config, fused):
    """Return dict name -> shape of all weights and biases."""
    layers = _generator_layers if kind == "G" else _discriminator_layers
    shapes = {}
    for layer, *shape in layers(config, fused):
        shapes[f"{layer}/weight"] = tuple(shape)
        transposed = layer.endswith("/Conv0_up")
        outputs = shape[-2] if transposed else shape[-1]
        if layer == "4x4/Dense":
            outputs //= 16  # one bias per feature map, for all pixels
        shapes[f"{layer}/bias"] = (outputs,)
    return shapes


def _generator_layers(config, fused):
    first = config.channels(4)
    yield "4x4/Dense", config.latent_dim + config.num_classes, 16 * first
    yield "4x4/Conv", 3, 3, first, first
    for lod, size in enumerate(reversed(config.resolutions)):
        maps = config.channels(size)
        yield f"ToRGB_lod{lod}", 1, 1, maps, config.num_channels
        if size == 4:
            continue
        old = config.channels(size // 2)
        if fused:
            yield f"{size}x{size}/Conv0_up", 3, 3, maps, old
        else:
            yield f"{size}x{size}/Conv0", 3, 3, old, maps
        yield f"{size}x{size}/Conv1", 3, 3, maps, maps


def _discriminator_layers(config, fused):
    first, hidden = config.channels(4), config.num_feature_maps(0)
    extra = 0 if config.architecture.minibatch is None else 1
    yield "4x4/Conv", 3, 3, first + extra, first
    yield "4x4/Dense0", 16 * first, hidden
    yield "4x4/Dense1", hidden, 1 + config.num_classes
    for lod, size in enumerate(reversed(config.resolutions)):
        maps = config.channels(size)
        yield f"FromRGB_lod{lod}", 1, 1, config.num_channels, maps
        if size == 4:
            continue
        name = "Conv1_down" if fused else "Conv1"
        yield f"{size}x{size}/Conv0", 3, 3, maps, maps
        yield f"{size}x{size}/{name}", 3, 3, maps, config.channels(size // 2)
