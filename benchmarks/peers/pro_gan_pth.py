"""pro-gan-pth 3.4: its own classes, its own step.

What is changed at run time, and nothing else:

- the widths, which are fixed in the package, to those of the case;
- `_output_padding`, which takes more arguments in a current PyTorch;
- modules that the package imports for its figures and data alone, which need
  not be there.

Its networks are built for the resolution of the case and no more, since it
averages and checks the layers of all resolutions in every step.
"""

import sys
from importlib import metadata
from unittest import mock

import torch
from contestant import Prepared, feature_maps
from torch_cost import count_multiplications

for name in ("torchvision", "torchvision.utils", "torch.utils.tensorboard"):
    sys.modules.setdefault(name, mock.MagicMock())
sys.modules.setdefault("pro_gan_pytorch.data_tools", mock.MagicMock())

from pro_gan_pytorch import custom_layers, gan, losses, networks  # noqa: E402


class _ConvTranspose(custom_layers.EqualizedConvTranspose2d):
    """The package's, for a current PyTorch."""

    def _output_padding(self, *arguments):
        return super()._output_padding(*arguments, num_spatial_dims=2)


def build(case):
    """Return generator and discriminator of the case's sizes."""
    depth = case["resolution"].bit_length() - 1
    latent = case["latent_dim"]
    # The first "stage" of the package is 4x4.
    sized = mock.patch.object(
        networks, "nf", lambda stage: feature_maps(case, 2 ** (stage + 1))
    )
    converted = mock.patch(
        "pro_gan_pytorch.modules.EqualizedConvTranspose2d", _ConvTranspose
    )
    with sized, converted:
        generator = networks.Generator(depth, latent_size=latent)
        discriminator = networks.Discriminator(depth, latent_size=latent)
    return generator, discriminator


def prepare(case):
    """Prepare its training step: D, the average, G.

    Reals come as float32 in [-1, 1] and are faded by the package.
    """
    torch.manual_seed(0)
    generator, discriminator = build(case)
    # It prints its networks.
    with mock.patch("builtins.print"):
        progan = gan.ProGAN(generator, discriminator)
    loss = losses.WganGP()
    g_optimizer, d_optimizer = (
        torch.optim.Adam(model.parameters(), 0.001, betas=(0.0, 0.99))
        for model in (generator, discriminator)
    )
    size, side, depth = case["batch_size"], case["resolution"], generator.depth
    reals = torch.rand(size, 3, side, side) * 2 - 1

    def run(steps):
        for number in range(steps):
            alpha = 0.5 + number * 1e-6 if case["fade_in"] else 1
            noise = torch.randn(size, case["latent_dim"])
            progan.optimize_discriminator(
                loss, d_optimizer, noise, reals, depth, alpha
            )
            custom_layers.update_average(
                progan.gen_shadow, progan.gen, beta=progan.ema_beta
            )
            progan.optimize_generator(
                loss, g_optimizer, noise, reals, depth, alpha
            )

    parameters = [
        sum(p.numel() for p in model.parameters())
        for model in (generator, discriminator)
    ]
    return Prepared(
        run, versions(), parameters, lambda: count_multiplications(run)
    )


def versions():
    """Versions of what computes."""
    return {
        "torch": torch.__version__,
        "pro-gan-pth": metadata.version("pro-gan-pth"),
        "Python (torch)": sys.version.split()[0],
    }
