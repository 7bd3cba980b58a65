"""Points in the latent space: where pictures come from."""

import numpy as np

from progan_keras.checks import check_integer


def sample(count, latent_dim, seed=0):
    """Draw latents from N(0, 1).

    The first n of `sample(m, ...)` are `sample(n, ...)`, for n below m.

    Args:
        count: Integer, how many, at least 1.
        latent_dim: Integer, length of each.
        seed: Integer, at least 0.

    Returns:
        Float32 array `[count, latent_dim]`.
    """
    check_integer(count, "count", least=1)
    check_integer(seed, "seed", least=0)
    generator = np.random.default_rng(seed)
    return generator.standard_normal((count, latent_dim), dtype=np.float32)


def check(latents, latent_dim):
    """Return `latents` as a float32 array, or say what is wrong with it.

    Args:
        latents: Array-like `[N, latent_dim]`, N at least 1.
        latent_dim: Integer, what the generator takes.
    """
    latents = np.asarray(latents, dtype=np.float32)
    if latents.ndim != 2 or latents.shape[1] != latent_dim or not len(latents):
        raise ValueError(
            f"This generator takes latents of shape [N, {latent_dim}]. "
            f"Received: an array of shape {list(latents.shape)}"
        )
    return latents
