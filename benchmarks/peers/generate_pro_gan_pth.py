"""pro-gan-pth: pictures from its generator."""

import torch
from contestant import Prepared
from pro_gan_pth import build, versions
from pro_gan_pytorch.utils import post_process_generated_images


def prepare(case):
    """Prepare to make one batch of uint8 pictures in a step."""
    generator, _ = build(case)
    generator.eval()
    latents = torch.randn(case["batch_size"], case["latent_dim"])

    def run(steps):
        with torch.no_grad():
            for _ in range(steps):
                post_process_generated_images(generator(latents))

    parameters = [sum(p.numel() for p in generator.parameters())]
    return Prepared(run, versions(), parameters)
