"""From pictures to latents: the nearest of many samples, then downhill."""

import dataclasses

import numpy as np
from tqdm import tqdm

from progan_keras import classes
from progan_keras.checks import check_integer
from progan_keras.projection.perceptual import PerceptualDistance
from progan_keras.projection.samples import (
    as_images,
    nearest_samples,
    rows_at_a_time,
)
from progan_keras.projection.search import Search
from progan_keras.projection.targets import read_targets

# How many places of the way are kept, beside its beginning.
_STATIONS = 60


@dataclasses.dataclass(frozen=True)
class Projection:
    """What `project` found for N pictures.

    Attributes:
        latents: Float32 array `[N, latent_dim]`, on the sphere.
        labels: Float32 array `[N, classes]`, what to ask a conditional GAN
            for besides; None of others.
        targets: uint8 array `[N, R, R, C]`: the pictures that were looked for.
        pictures: The same: what the generator makes of the latents.
        errors: Float array `[N]`: root mean square of the differences between
            targets and pictures, in levels from 0 to 255.
        start_errors: The same where the search began, at a sample.
        way: Float32 array `[stations, N, latent_dim]`, from where the search
            began to what it found.
    """

    latents: np.ndarray
    labels: np.ndarray | None
    targets: np.ndarray
    pictures: np.ndarray
    errors: np.ndarray
    start_errors: np.ndarray
    way: np.ndarray


def project(
    gan,
    pictures,
    labels=None,
    steps=500,
    seed=0,
    fit=None,
    starts=4,
    perceptual=False,
):
    """Find the latents whose pictures come nearest to given ones.

    Of about a thousand samples, the nearest are where Adam starts from,
    towards less distance in pixels of every size (`pyramid_distance`).
    Latents stay on the sphere that they come from.

    Args:
        gan: `ProGAN`; the average of its generator is searched.
        pictures: Path of an image file, uint8 array `[R, R, C]`, or a sequence
            of these, such as an array `[N, R, R, C]`.
        labels: Index or name of a class, or one for each picture, or a float
            matrix `[N, classes]`; None for the class of the nearest sample.
        steps: Integer, of the search.
        seed: Integer, of the samples.
        fit: "crop", "pad" or "stretch" for pictures of other sizes, and to
            convert their channels; None to refuse them.
        starts: Integer, samples that a search starts from for each picture;
            the best end is returned.
        perceptual: Whether the search, but not the errors, also goes by what
            EfficientNet-Lite0 sees (needs `progan-keras[metrics]`).

    Returns:
        `Projection`.

    Raises:
        ValueError: for pictures that do not fit, or classes of a GAN without.
        OSError: for a file that is not there.
    """
    check_integer(steps, "steps", least=1)
    check_integer(seed, "seed", least=0)
    check_integer(starts, "starts", least=1)
    if labels is not None:
        gan.check_conditional()
    _, side, _, channels = gan.current_generator().output_shape
    targets = read_targets(pictures, side, channels, fit)
    if labels is not None:
        labels = classes.one_hot(labels, gan.class_names, len(targets))
    perceptual = PerceptualDistance() if perceptual else None
    start, labels = nearest_samples(gan, targets, labels, starts, seed)
    way, best = _search(gan, targets, start, labels, steps, perceptual)
    if labels is not None:
        labels = labels[np.arange(len(targets)), best]
    first, last = (gan.generate(latents=way[n], labels=labels) for n in (0, -1))
    return Projection(
        latents=way[-1],
        labels=labels,
        targets=targets,
        pictures=last,
        errors=_error(last, targets),
        start_errors=_error(first, targets),
        way=way,
    )


def _search(gan, targets, start, labels, steps, perceptual):
    """Walk downhill from all starts of some pictures at a time.

    Returns:
        The way from the best start of each, `[stations, N, latent_dim]`, and
        which that is, `[N]`.
    """
    count, starts, latent_dim = start.shape
    side = targets.shape[1]
    group = max(1, min(count, rows_at_a_time(side) // starts))
    search = Search(
        gan.current_generator(),
        group * starts,
        latent_dim,
        steps,
        perceptual,
    )
    stations = set(np.linspace(0, steps, min(steps, _STATIONS) + 1, dtype=int))
    way = np.empty((len(stations), count, latent_dim), np.float32)
    best = np.empty(count, int)
    groups = range(0, count, group)
    with tqdm(total=len(groups) * steps, desc="steps", disable=None) as bar:
        for first in groups:
            # The last group is filled up: another size would be compiled anew.
            rows = np.minimum(np.arange(first, first + group), count - 1)
            search.start(
                start[rows].reshape(-1, latent_dim),
                None if labels is None else np.concatenate(labels[rows]),
                as_images(targets[rows]).repeat(starts, axis=0),
            )
            track = [search.latents]
            for step in range(1, steps + 1):
                distances = search.step()
                if step in stations:
                    track.append(search.latents)
                    apart = distances.numpy().reshape(-1, starts).min(axis=1)
                    bar.set_postfix(apart=f"{np.sqrt(apart).mean():.4f}")
                bar.update()
            best[rows] = search.distances().reshape(-1, starts).argmin(axis=1)
            tracks = np.reshape(track, (-1, group, starts, latent_dim))
            way[:, rows] = tracks[:, np.arange(group), best[rows]]
    return way, best


def _error(pictures, targets):
    """Root mean square of differences, `[N]`, in levels."""
    differences = pictures.astype(np.float64) - targets
    return np.sqrt(np.mean(differences**2, axis=(1, 2, 3)))
