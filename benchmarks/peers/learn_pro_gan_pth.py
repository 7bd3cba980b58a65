"""pro-gan-pth 3.4 learns: its classes and its step, on the case's schedule."""

import numpy as np
import torch
from learn import Learner
from pro_gan_pth import build
from pro_gan_pytorch import custom_layers, gan, losses


def prepare(case):
    """Prepare a run: stages and fades of as many images as the others'.

    Reals come from an array in memory, half of them mirrored where the
    others' are.
    """
    torch.manual_seed(0)
    numbers = np.random.default_rng(0)
    generator, discriminator = build(case)
    progan = gan.ProGAN(generator, discriminator)
    loss = losses.WganGP()
    optimizers = [
        torch.optim.Adam(model.parameters(), 0.001, betas=(0.0, 0.99))
        for model in (generator, discriminator)
    ]
    images = np.load(case["reals"], mmap_mode="r")
    size, length = case["batch_size"], case["stage_images"]
    latents = torch.randn(16_384, case["latent_dim"])
    now = {"depth": 2, "alpha": 1.0}

    def reals():
        batch = images[np.sort(numbers.integers(len(images), size=size))]
        batch = torch.from_numpy(batch).permute(0, 3, 1, 2).float() / 127.5 - 1
        if case["mirror"]:
            flip = torch.from_numpy(numbers.random(size) < 0.5)
            batch = torch.where(flip[:, None, None, None], batch.flip(3), batch)
        return batch.contiguous()

    def stages():
        """Yield (depth, alpha, name) of every step."""
        for depth in range(2, generator.depth + 1):
            side = 2**depth
            if depth > 2:
                for seen in range(0, length, size):
                    yield depth, seen / length, f"{side}x{side} fade in"
            last = depth == generator.depth
            seen = 0
            while last or seen < length:
                yield depth, 1.0, f"{side}x{side} stabilise"
                seen += size

    def steps():
        g_optimizer, d_optimizer = optimizers
        for number, (depth, alpha, name) in enumerate(stages()):
            noise, batch = torch.randn(size, case["latent_dim"]), reals()
            progan.optimize_discriminator(
                loss, d_optimizer, noise, batch, depth, alpha
            )
            custom_layers.update_average(
                progan.gen_shadow, progan.gen, beta=progan.ema_beta
            )
            progan.optimize_generator(
                loss, g_optimizer, noise, batch, depth, alpha
            )
            now.update(depth=depth, alpha=alpha)
            yield (number + 1) * size, name

    def pictures(count):
        with torch.no_grad():
            made = torch.cat(
                [
                    progan.gen_shadow(part, now["depth"], now["alpha"])
                    for part in latents[:count].split(100)
                ]
            )
        made = ((made + 1) * 127.5).round().clamp(0, 255)
        made = made.permute(0, 2, 3, 1).to(torch.uint8).numpy()
        factor = case["resolution"] // made.shape[1]
        return made.repeat(factor, axis=1).repeat(factor, axis=2)

    return Learner(steps(), pictures)
