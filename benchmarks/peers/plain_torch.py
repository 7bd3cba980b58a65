"""A progressive GAN in PyTorch, written plainly for the benchmark.

The paper's networks without fused scaling, at the widths of the case; layers
of other stages are not there. With "compiled", `torch.compile` is put around
generator and discriminator; the gradient penalty keeps the discriminator as
it is, since what `torch.compile` makes cannot be differentiated twice.
"""

import copy
import math
import sys

import torch
from contestant import Prepared, feature_maps, resolutions
from torch import nn
from torch.nn import functional
from torch_cost import count_multiplications

SQRT_2 = math.sqrt(2)


class Conv(nn.Module):
    """A convolution whose kernel is scaled whenever it is used."""

    def __init__(self, channels, filters, size=3, gain=SQRT_2, padding=0):
        super().__init__()
        shape = (filters, channels, size, size)
        self.weight = nn.Parameter(torch.randn(shape))
        self.bias = nn.Parameter(torch.zeros(filters))
        self.scale = gain / math.sqrt(channels * size**2)
        self.padding = padding

    def forward(self, x):
        """Convolve."""
        weight = self.weight * self.scale
        return functional.conv2d(x, weight, self.bias, padding=self.padding)


def activate(x):
    """Leaky ReLU."""
    return functional.leaky_relu(x, 0.2)


def normalize(x):
    """Every pixel's features to unit mean square."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


def double(x):
    """Nearest upscale."""
    return functional.interpolate(x, scale_factor=2)


class Generator(nn.Module):
    """From latents to images, one stage."""

    def __init__(self, case):
        super().__init__()
        sides = resolutions(case)
        maps = [feature_maps(case, side) for side in sides]
        latent_dim = case["latent_dim"]
        self.dense = nn.Parameter(torch.randn(latent_dim, maps[0], 4, 4))
        self.dense_bias = nn.Parameter(torch.zeros(maps[0], 1, 1))
        self.dense_scale = math.sqrt(2) / 4 / math.sqrt(latent_dim)
        self.first = Conv(maps[0], maps[0], padding=1)
        self.blocks = nn.ModuleList(
            nn.ModuleList([Conv(a, b, padding=1), Conv(b, b, padding=1)])
            for a, b in zip(maps, maps[1:], strict=False)
        )
        self.to_rgb = Conv(maps[-1], 3, 1, gain=1)
        self.old_rgb = Conv(maps[-2], 3, 1, gain=1) if case["fade_in"] else None

    def forward(self, latents, alpha):
        """Make images `[N, 3, H, W]`."""
        kernel = (self.dense * self.dense_scale).flatten(1)
        x = (normalize(latents) @ kernel).unflatten(1, (-1, 4, 4))
        x = normalize(activate(x + self.dense_bias))
        x = normalize(activate(self.first(x)))
        for conv0, conv1 in self.blocks:
            below = x
            x = normalize(activate(conv0(double(x))))
            x = normalize(activate(conv1(x)))
        images = self.to_rgb(x)
        if self.old_rgb is None:
            return images
        return torch.lerp(double(self.old_rgb(below)), images, alpha)


class Discriminator(nn.Module):
    """From images to scores, one stage."""

    def __init__(self, case):
        super().__init__()
        sides = resolutions(case)[::-1]
        maps = [feature_maps(case, side) for side in sides]
        self.from_rgb = Conv(3, maps[0], 1)
        self.old_rgb = Conv(3, maps[1], 1) if case["fade_in"] else None
        self.blocks = nn.ModuleList(
            nn.ModuleList([Conv(a, a, padding=1), Conv(a, b, padding=1)])
            for a, b in zip(maps, maps[1:], strict=False)
        )
        units = feature_maps(case, 2)
        self.last = Conv(maps[-1] + 1, maps[-1], padding=1)
        self.dense = Conv(maps[-1], units, 4)
        self.score = Conv(units, 1, 1, gain=1)

    def forward(self, images, alpha):
        """Judge images `[N, 3, H, W]`."""
        x = activate(self.from_rgb(images))
        for number, (conv0, conv1) in enumerate(self.blocks):
            x = activate(conv1(activate(conv0(x))))
            x = functional.avg_pool2d(x, 2)
            if number == 0 and self.old_rgb is not None:
                old = self.old_rgb(functional.avg_pool2d(images, 2))
                x = torch.lerp(activate(old), x, alpha)
        groups = x.unflatten(0, (4, -1))
        stdev = (groups.var(0, correction=0) + 1e-8).sqrt().mean((1, 2, 3))
        stdev = stdev.repeat(4)[:, None, None, None].expand(-1, 1, 4, 4)
        x = activate(self.last(torch.cat([x, stdev], 1)))
        return self.score(activate(self.dense(x))).flatten()


def gradient_penalty(discriminator, reals, fakes, alpha):
    """Return the penalty, a scalar."""
    mix = torch.rand(len(reals), 1, 1, 1)
    mixed = torch.lerp(reals, fakes, mix).requires_grad_()
    scores = discriminator(mixed, alpha)
    (gradient,) = torch.autograd.grad(scores.sum(), mixed, create_graph=True)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()


def prepare(case, compiled=False):
    """Prepare the training step.

    Reals come as float32 in [-1, 1], faded before.
    """
    torch.manual_seed(0)
    generator, discriminator = Generator(case), Discriminator(case)
    average = copy.deepcopy(generator)
    parameters = [list(m.parameters()) for m in (generator, discriminator)]
    g_optimizer, d_optimizer = (
        torch.optim.Adam(p, 0.001, betas=(0.0, 0.99)) for p in parameters
    )
    generate, judge = generator, discriminator
    if compiled:
        generate, judge = torch.compile(generator), torch.compile(discriminator)
    size, side = case["batch_size"], case["resolution"]
    reals = torch.rand(size, 3, side, side) * 2 - 1

    def step(alpha):
        with torch.no_grad():
            fakes = generate(torch.randn(size, case["latent_dim"]), alpha)
        discriminator.requires_grad_(True)
        real_scores, fake_scores = judge(reals, alpha), judge(fakes, alpha)
        d_loss = fake_scores.mean() - real_scores.mean()
        d_loss += 0.001 * real_scores.square().mean()
        d_loss += 10 * gradient_penalty(discriminator, reals, fakes, alpha)
        d_optimizer.zero_grad()
        d_loss.backward()
        d_optimizer.step()

        with torch.no_grad():
            for kept, new in zip(
                average.parameters(), generator.parameters(), strict=True
            ):
                kept.lerp_(new, 0.001)

        discriminator.requires_grad_(False)
        fakes = generate(torch.randn(size, case["latent_dim"]), alpha)
        g_loss = -judge(fakes, alpha).mean()
        g_optimizer.zero_grad()
        g_loss.backward()
        g_optimizer.step()

    def run(steps):
        for number in range(steps):
            # A tensor: for each new float, it would be compiled anew.
            step(torch.tensor(0.5 + number * 1e-6))

    def count():
        return None if compiled else count_multiplications(run)

    versions = {"torch": torch.__version__}
    counts = [sum(p.numel() for p in group) for group in parameters]
    versions["Python (torch)"] = sys.version.split()[0]
    return Prepared(run, versions, counts, count)
