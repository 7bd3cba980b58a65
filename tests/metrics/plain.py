"""Metrics written down as they are defined: one thing at a time, slowly."""

import numpy as np
from scipy import ndimage

BINOMIAL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def halve(image, mode="mirror"):
    """Half of a float32 image `[side, side, C]`."""
    return blur(image, BINOMIAL, mode)[::2, ::2]


def double(image, mode="mirror"):
    side, _, num_channels = image.shape
    spread = np.zeros((2 * side, 2 * side, num_channels), np.float32)
    spread[::2, ::2] = image
    return blur(spread, 4 * BINOMIAL, mode)


def blur(image, kernel, mode):
    kernel = kernel.astype(np.float32)[:, :, np.newaxis]
    return ndimage.convolve(image, kernel, mode=mode)


def laplacian_pyramid(image, mode="mirror"):
    """List of float32 levels of one image, the finest first."""
    levels = []
    image = image.astype(np.float32)
    while len(image) > 16:
        smaller = halve(image, mode)
        levels.append(image - double(smaller, mode))
        image = smaller
    return [*levels, image]


def sliced_wasserstein(real, fake, seed=0):
    """Dictionary of scores, from the random numbers that the package draws."""
    distances = sliced_distances(real, fake, seed)
    scores = {level: np.mean(values) for level, values in distances.items()}
    return {**scores, "mean": np.mean([*scores.values()])}


def sliced_distances(real, fake, seed):
    """For each level the distances along 512 directions, times 1000."""
    real_levels, fake_levels = (
        [*zip(*map(laplacian_pyramid, images), strict=True)]
        for images in (real, fake)
    )
    distances = {}
    for real_level, fake_level in zip(real_levels, fake_levels, strict=True):
        side, _, num_channels = real_level[0].shape
        a = normalised(patches(real_level, [seed, 0, side]))
        b = normalised(patches(fake_level, [seed, 1, side]))
        generator = np.random.default_rng([seed, 2, side])
        vectors = generator.standard_normal((512, 49 * num_channels))
        distances[str(side)] = [
            1000 * distance(a, b, vector / np.sqrt(np.sum(vector**2)))
            for vector in vectors
        ]
    return distances


def patches(level, seed):
    """128 of each image: `[patches, 7, 7, C]`."""
    positions = np.random.default_rng(seed).integers(
        3, len(level[0]) - 3, size=(len(level), 128, 2)
    )
    return np.array(
        [
            image[y - 3 : y + 4, x - 3 : x + 4]
            for image, centres in zip(level, positions, strict=True)
            for y, x in centres
        ]
    )


def normalised(patches):
    """Mean 0 and standard deviation 1 of each channel: `[patches, 49 C]`."""
    patches = patches.astype(np.float64)
    for channel in range(patches.shape[-1]):
        values = patches[..., channel]
        patches[..., channel] = (values - values.mean()) / values.std()
    return patches.reshape(len(patches), -1)


def distance(a, b, direction):
    # Sums in order, without the threads that are behind `@`.
    a, b = (np.sort(np.einsum("ij,j->i", x, direction)) for x in (a, b))
    return np.mean(np.abs(a - b))


def ms_ssim(images):
    """Mean over pairs (0, 1), (2, 3), ... of uint8 `[N, height, width, C]`."""
    return np.mean(
        [pair_ms_ssim(*images[n : n + 2]) for n in range(0, len(images), 2)]
    )


def pair_ms_ssim(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    result = 1
    for weight in (0.0448, 0.2856, 0.3001, 0.2363):
        result *= np.clip(ssim(a, b)[0], 0, 1) ** weight
        a, b = box_halve(a), box_halve(b)
    return result * np.clip(ssim(a, b)[1], 0, 1) ** 0.1333


def ssim(a, b):
    """Contrast-structure and similarity of two images of one scale."""
    size = min(11, *a.shape[:2])
    window = gaussian(size, sigma=1.5 * size / 11)[..., np.newaxis]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    structures, similarities = [], []
    for y in range(a.shape[0] - size + 1):
        for x in range(a.shape[1] - size + 1):
            p, q = (z[y : y + size, x : x + size] for z in (a, b))
            mean_p, mean_q = ((window * z).sum((0, 1)) for z in (p, q))
            p, q = p - mean_p, q - mean_q
            var_p, var_q, cov = (
                (window * product).sum((0, 1))
                for product in (p**2, q**2, p * q)
            )
            structure = (2 * cov + c2) / (var_p + var_q + c2)
            luminance = (2 * mean_p * mean_q + c1) / (
                mean_p**2 + mean_q**2 + c1
            )
            structures.append(structure)
            similarities.append(structure * luminance)
    return np.mean(structures), np.mean(similarities)


def gaussian(size, sigma):
    """Weights `[size, size]` around the window's centre, which sum to 1."""
    centre = (size - 1) / 2
    weights = np.array(
        [
            [
                np.exp(-((y - centre) ** 2 + (x - centre) ** 2) / 2 / sigma**2)
                for x in range(size)
            ]
            for y in range(size)
        ]
    )
    return weights / weights.sum()


def box_halve(image):
    """Mean of 2x2 pixels, of what is left of them at an odd edge."""
    height, width, _ = image.shape
    return np.array(
        [
            [
                image[y : y + 2, x : x + 2].mean((0, 1))
                for x in range(0, width, 2)
            ]
            for y in range(0, height, 2)
        ]
    )
