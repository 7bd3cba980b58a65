"""Weights that pro_gan_pth trained, a PyTorch package for the same paper.

Its networks are the paper's, except that the generator does not normalise
its first activation, the discriminator averages behind its activations, the
gain is sqrt(2) in every layer and the discriminator's hidden layer has as
many units as the latent vector. Widths follow from a base of 16384, twice
the official one.

Reference: https://github.com/akanimax/pro_gan_pytorch, version 3.4.
"""

import logging
import math
import re
from pathlib import Path

from progan_keras import transfer
from progan_keras.interop.pro_gan_pth_network import read_conf, read_network
from progan_keras.interop.torch_file import load_torch_file
from progan_keras.layers.equalized import SQRT_2, EqualizedLayer
from progan_keras.progan import ProGAN
from progan_keras.schedule import Stage

NOTICE = (
    "Weights trained with pro_gan_pth: they stay under the licence of whoever "
    "trained them."
)
_LOG = logging.getLogger("progan_keras")
# Layers that see their whole input at once: convolutions in pro_gan_pth.
_DENSE = ("4x4_dense", "4x4_dense0", "4x4_dense1")


def load_pro_gan_pth(path):
    """Load the networks of a file that pro_gan_pth 3 wrote.

    Equal, up to the rounding of float32, are the outputs: of generator,
    average and discriminator, at every resolution and alpha, for all batches
    that pro_gan_pth takes. (Its discriminator takes 1 to 4 images or a
    multiple of 4; this one also scores others.)

    Not equal is how training goes on. Where pro_gan_pth has another gain, it
    is folded into the stored weights: in the generator's first layer, in
    toRGB and in the layer of the score. One step of Adam then changes what
    these compute 4, sqrt(2) and sqrt(2) times less than it did there. This
    does not concern files without equalized learning rate. The optimizers'
    state in the file is left aside.

    Args:
        path: File such as `depth_10_epoch_42.bin`, or one with only a
            "generator" or a "shadow_generator" (the average), which then is
            both. Without a discriminator, or with a conditional one, the GAN
            has a fresh one, and a warning says so: conditional GANs are made
            in another way here.

    Returns:
        `ProGAN`, not compiled. It stands at its last resolution, or at the
        depth that the file's name tells, where training was not finished:
        the file itself does not say. `start_resolution` is where training
        would go on, and `notice` tells of the licence.

    Raises:
        OSError: if the file cannot be read.
        UnsafePickleError: if it holds more than weights. Nothing of it is
            run.
        ValueError: if it is damaged, of another kind, or describes networks
            that cannot be expressed here.
    """
    path = Path(path).expanduser()
    saved = load_torch_file(path)
    generator, average = _read_generators(saved, path)
    discriminator = _read_discriminator(saved, generator)
    gan = ProGAN(**_sizes(generator, discriminator))
    _assign(gan.generators, generator)
    _assign(gan.ema_generators, average)
    if discriminator is not None:
        _assign(gan.discriminators, discriminator)
    _stand_where_saved(gan, path)
    return gan


def _read_generators(saved, path):
    """Return the generator and its average; each may stand for the other."""
    names = ("generator", "shadow_generator")
    found = [
        read_network(saved, name)
        for name in names
        if isinstance(saved, dict) and name in saved
    ]
    if not found:
        raise ValueError(
            'The file holds neither a "generator" nor a "shadow_generator", '
            "one of which pro_gan_pth 3 saves. "
            f"Received: path={str(path)!r}"
        )
    generator, average = found[0], found[-1]
    average.check_like(
        generator, "depth", "num_channels", "latent_size", "use_eql", "widths"
    )
    return generator, average


def _read_discriminator(saved, generator):
    """Return the discriminator, or warn that there will be a fresh one."""
    name = "discriminator"
    if name not in saved:
        reason = "The file holds no discriminator"
    elif read_conf(saved, name).get("num_classes") is not None:
        reason = (
            "The file's discriminator is conditional, with a leaky ReLU "
            "behind its score and a generator that is told no class, which "
            "cannot be expressed here"
        )
    else:
        discriminator = read_network(saved, name)
        discriminator.check_like(generator, "depth", "num_channels", "widths")
        return discriminator
    _LOG.warning(
        "%s: this GAN has a fresh one. It can generate; to go on with "
        "training, the discriminator must learn first.",
        reason,
    )
    return None


def _sizes(generator, discriminator):
    """Return the arguments of `ProGAN` for these networks."""
    widths = generator.widths
    stages = range(1, len(widths) + 1)
    # The smallest base that gives these widths, if any does.
    base = max(
        width * 2**stage for stage, width in zip(stages, widths, strict=True)
    )
    if list(widths) != [min(base // 2**s, max(widths)) for s in stages]:
        raise ValueError(
            "From one resolution to the next, feature maps halve or stay as "
            f"many. Received: feature maps {widths} from 4x4 up"
        )
    architecture = {
        "equalized": generator.use_eql,
        "norm_after_dense": False,
    }
    if discriminator is not None:
        architecture["score_units"] = discriminator.latent_size
    return {
        "resolution": 2**generator.depth,
        "num_channels": generator.num_channels,
        "latent_dim": generator.latent_size,
        "fmap_base": base,
        "fmap_max": max(widths),
        "fused_scale": False,
        "architecture": architecture,
    }


def _assign(pairs, network):
    """Copy the weights of a `SavedNetwork` into a family of pairs."""
    layers = {
        layer.name: layer
        for pair in pairs
        for layer in pair.straight.layers
        if isinstance(layer, EqualizedLayer)
    }
    for name, (weight, bias) in network.layers.items():
        layer, kernel = layers[name], _to_kernel(weight, name)
        fan_in = math.prod(kernel.shape[:-1])
        scale = SQRT_2 / math.sqrt(fan_in) if network.use_eql else 1.0
        # What differs in gain is folded in: kernel * layer.scale is the same.
        layer.kernel.assign(kernel * (scale / layer.scale))
        layer.bias.assign(bias)


def _to_kernel(weight, name):
    """Bring a weight `[A, B, k, k]` into the order of our layers."""
    if name == "4x4_dense":  # [in, out, 4, 4] of a transposed convolution
        return weight.transpose(0, 2, 3, 1).reshape(len(weight), -1)
    kernel = weight.transpose(2, 3, 1, 0)  # [k, k, in, out]
    if name in _DENSE:
        kernel = kernel.reshape(-1, kernel.shape[-1])
    return kernel


def _stand_where_saved(gan, path):
    """Let `gan` generate, and go on growing, where training stood.

    Only the file's name tells. Above are layers that have learned nothing.
    """
    resolution = gan.config.resolution
    match = re.match(r"depth_(\d{1,2})_epoch_", path.name)
    reached = 2 ** int(match[1]) if match else resolution
    if 4 <= reached < resolution:
        _LOG.warning(
            "By its name %s is from training at %dx%d: the GAN stands there, "
            "with its new layers faded in.",
            path.name,
            reached,
            reached,
        )
        resolution = reached
        gan.enter_stage(Stage(resolution))
    transfer.adopt(gan, resolution, NOTICE)
    _LOG.warning("%s", NOTICE)
