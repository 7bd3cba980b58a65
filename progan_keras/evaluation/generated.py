"""Generated images to measure."""

import numpy as np

from progan_keras import latents
from progan_keras.evaluation.image_set import ImageSet, gather
from progan_keras.metrics.pictures import check_pictures


def generated_images(
    generated, count, seed, resolution, frequencies, network, folder
):
    """Returns an `ImageSet` of the first `count` images of a GAN or an array.

    Args:
        generated: `ProGAN`, or uint8 array `[N, H, W, C]`.
        count: int.
        seed: int, of latents and classes.
        resolution: int, which generator; `None` for that of the GAN's stage.
        frequencies: float64 `[classes]` that add up to 1, how often a
            conditional GAN is asked for each class; `None` for equally often.
        network: `FeatureNetwork`, or `None`.
        folder: `pathlib.Path` of a temporary folder.

    Raises:
        ValueError: if these are no pictures that can be measured.
    """
    if not is_gan(generated):
        images = check_pictures(generated, "generated")[:count]
        return ImageSet(images, network)
    config = generated.config
    points = latents.sample(count, config.latent_dim, seed)
    labels = None
    if config.num_classes:
        # In random order: some metrics compare neighbours.
        generator = np.random.default_rng([seed, 1])
        labels = generator.choice(config.num_classes, count, p=frequencies)

    def read(start, stop):
        return generated.generate(
            latents=points[start:stop],
            labels=None if labels is None else labels[start:stop],
            resolution=resolution,
        )

    shape = generated.generate(1, resolution=resolution).shape[1:]
    images = gather(count, shape, read, folder)
    return ImageSet(check_pictures(images, "generated"), network)


def is_gan(generated):
    """Returns whether it generates, rather than having been generated."""
    return hasattr(generated, "current_generator")
