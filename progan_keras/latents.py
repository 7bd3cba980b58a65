"""Points in the latent space: where pictures come from."""

import numpy as np


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
    for name, value, least in (("count", count, 1), ("seed", seed, 0)):
        whole = isinstance(value, (int, np.integer))
        if isinstance(value, bool) or not whole or value < least:
            raise ValueError(
                f"{name} is a whole number, at least {least}. "
                f"Received: {name}={value!r}"
            )
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
