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


def on_sphere(latents):
    """Give latents the length that those from N(0, 1) have, about.

    That is a root mean square of one. The paper's generators normalise what
    they are given, so that this changes a picture only where there are
    classes, beside whose vectors a latent counts by its length.

    Args:
        latents: Float array `[..., D]`.

    Returns:
        Float32 array `[..., D]`.

    Raises:
        ValueError: for a vector of zeros, which has no direction.
    """
    latents = np.asarray(latents, np.float64)
    size = np.sqrt(np.mean(latents**2, axis=-1, keepdims=True))
    if not (size > 0).all():
        raise ValueError(
            "Latents of zeros only, or with NaN, point nowhere. "
            f"Received: {int((~(size > 0)).sum())} of them"
        )
    return (latents / size).astype(np.float32)


def mean(latents):
    """Average latents, and go back to the sphere: what pictures share.

    Of several pictures with one thing in common, such as glasses, the mean
    keeps that, and much of the rest cancels out.

        picked = pk.latents.sample(64, gan.config.latent_dim)[[3, 17, 40]]
        typical = gan.generate(latents=pk.latents.mean(picked)[None])

    Args:
        latents: Float array `[N, D]`.

    Returns:
        Float32 array `[D]`.
    """
    return on_sphere(np.mean(latents, axis=0, dtype=np.float64))


def analogy(start, minus, plus):
    """Take one thing away from latents and add another: start - minus + plus.

    Radford et al., 2016 (*DCGAN*, section 6.3.2) did so with means of three
    pictures each, picked by eye: "smiling woman" - "neutral woman" +
    "neutral man" is a smiling man.

        z = pk.latents.sample(64, gan.config.latent_dim, seed=7)
        smiling_man = pk.latents.analogy(
            pk.latents.mean(z[[3, 17, 40]]),  # smiling women
            pk.latents.mean(z[[8, 21, 33]]),  # women who do not smile
            pk.latents.mean(z[[5, 12, 60]]),  # men who do not smile
        )
        picture = gan.generate(latents=smiling_man[None])

    Args:
        start: Float array `[..., D]`.
        minus: The same, or one that broadcasts.
        plus: The same.

    Returns:
        Float32 array `[..., D]`, on the sphere.
    """
    start, minus, plus = (
        np.asarray(x, np.float64) for x in (start, minus, plus)
    )
    return on_sphere(start - minus + plus)


def slerp(start, end, share):
    """Go from latents to others along the great circle between them.

    Latents from N(0, 1) lie near a sphere, which a straight line would leave
    (White, 2016, *Sampling Generative Networks*). Between vectors of
    different lengths, the length changes evenly.

    Args:
        start: Float array `[..., D]`.
        end: The same.
        share: Number, or array that broadcasts against `[..., 1]`: 0 for
            `start`, 1 for `end`.

    Returns:
        Float32 array `[..., D]`. Where there is no one great circle, between
        equal or opposite directions or from a zero, on the straight line.
    """
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    share = np.asarray(share, np.float64)
    lengths = np.linalg.norm(start, axis=-1, keepdims=True) * np.linalg.norm(
        end, axis=-1, keepdims=True
    )
    product = np.sum(start * end, axis=-1, keepdims=True)
    cosine = product / np.where(lengths > 0, lengths, 1.0)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    sine = np.sin(angle)
    curved = (sine > 1e-6) & (lengths > 0)
    divisor = np.where(curved, sine, 1.0)
    near = np.where(curved, np.sin((1 - share) * angle) / divisor, 1 - share)
    far = np.where(curved, np.sin(share * angle) / divisor, share)
    return (near * start + far * end).astype(np.float32)


def walk(frames, latent_dim, seed=0, points=4, count=1):
    """Walk round in the latent space, back to the beginning.

    Args:
        frames: Integer, steps of the whole round; the one behind the last
            would be the first again.
        latent_dim: Integer, length of each vector.
        seed: Integer; the same seed gives the same walk.
        points: Integer, random latents that each walk passes, at least 2.
        count: Integer, walks that are made side by side.

    Returns:
        Float32 array `[frames, count, latent_dim]`.
    """
    check_integer(frames, "frames", least=1)
    check_integer(points, "points", least=2)
    check_integer(count, "count", least=1)
    stations = sample(points * count, latent_dim, seed)
    stations = stations.reshape(points, count, latent_dim)
    position = np.arange(frames) * points / frames
    leg = position.astype(int)
    share = (position - leg)[:, None, None]
    return slerp(stations[leg], stations[(leg + 1) % points], share)
