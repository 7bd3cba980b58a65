"""Fréchet distance between two sets of pictures, seen by a feature network.

The features of each set are summed up by mean and covariance, as if they
were Gaussian; the distance between two Gaussians is

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))

With the features of Inception this is the FID of Heusel et al., *GANs Trained
by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium* (2017),
section 4 and appendix A1. What to know about it:

- It falls with the number of pictures, even for pictures of the same kind:
  compare only figures of equal counts, and have 10,000 pictures or more.
- Figures on different feature networks, weights or ways of resizing have
  nothing to do with each other. Published FIDs are on one Inception graph.
"""

import warnings

import numpy as np

from progan_keras.metrics.vectors import (
    blocks,
    check_same_length,
    check_vectors,
)

# Below this the paper's authors warn that distances are too large.
ENOUGH_PICTURES = 10_000


class SmallSampleWarning(UserWarning):
    """There are so few pictures that a figure says more about their number."""


class GaussianStatistics:
    """Mean and covariance of features, gathered batch by batch.

        statistics = GaussianStatistics()
        for batch in pictures:
            statistics.update(network(batch).features)

    Sums are float64, and their memory does not depend on how many features
    there are.

    Attributes:
        count: Integer, vectors so far.
        mean: float64 array `[D]`; D is 0 before the first.
        scatter: float64 array `[D, D]`, sum of the outer products of all
            deviations from the mean.
    """

    def __init__(self):
        self.count = 0
        self.mean = np.zeros(0)
        self.scatter = np.zeros((0, 0))

    def update(self, features):
        """Take more features, an array `[N, D]`, and return self.

        Raises:
            ValueError: If they have another length, or hold NaN.
        """
        features = check_vectors(features, "features", least=1)
        for rows in blocks(*features.shape):
            part = features[rows].astype(np.float64)
            mean = part.mean(axis=0)
            part -= mean
            self._add(len(part), mean, part.T @ part)
        return self

    def merge(self, other):
        """Take all that other `GaussianStatistics` have, and return self."""
        if other.count:
            self._add(other.count, other.mean, other.scatter)
        return self

    @property
    def covariance(self):
        """Unbiased covariance, float64 `[D, D]`; needs 2 vectors."""
        if self.count < 2:
            raise ValueError(
                "A covariance needs the features of at least 2 pictures. "
                f"Received: {self.count}"
            )
        return self.scatter / (self.count - 1)

    def to_arrays(self):
        """Return a dictionary of arrays, to save by `np.savez(path, **it)`."""
        return {
            "count": np.array(self.count),
            "mean": self.mean,
            "scatter": self.scatter,
        }

    @classmethod
    def from_arrays(cls, arrays):
        """Return the statistics that `to_arrays` took apart."""
        statistics = cls()
        statistics.count = int(arrays["count"])
        statistics.mean = np.array(arrays["mean"], np.float64)
        statistics.scatter = np.array(arrays["scatter"], np.float64)
        return statistics

    def _add(self, count, mean, scatter):
        """Join two sets, each about its mean (Chan et al. 1979)."""
        if not self.count:
            self.mean, self.scatter = np.zeros_like(mean), 0 * scatter
        check_same_length(len(self.mean), len(mean))
        total = self.count + count
        shift = mean - self.mean
        self.scatter += scatter
        self.scatter += np.outer(shift, shift) * (self.count * count / total)
        self.mean = self.mean + shift * (count / total)
        self.count = total


def frechet_distance(real, fake):
    """Distance between two sets of features, as between two Gaussians.

    Args:
        real: Array `[N, D]` of features, or their `GaussianStatistics`.
        fake: The same of other pictures.

    Returns:
        Dictionary: "value", float, 0 for sets with the same mean and
        covariance; "count_real" and "count_fake", pictures;
        "num_features", D; "small_sample", a sentence if there are too few
        pictures for a figure to publish, else None.

    Raises:
        ValueError: If a set has fewer than 2 vectors, holds NaN, or the sets
            differ in D.

    Warns:
        SmallSampleWarning: with that sentence.
    """
    real, fake = _statistics(real, "real"), _statistics(fake, "fake")
    check_same_length(len(real.mean), len(fake.mean))
    sentence = _small_sample(real.count, fake.count, len(real.mean))
    if sentence:
        warnings.warn(sentence, SmallSampleWarning, stacklevel=2)
    return {
        "value": _distance(
            real.mean, real.covariance, fake.mean, fake.covariance
        ),
        "count_real": real.count,
        "count_fake": fake.count,
        "num_features": len(real.mean),
        "small_sample": sentence,
    }


def _distance(mean1, covariance1, mean2, covariance2):
    root1, root2 = _root(covariance1), _root(covariance2)
    # With Si = Ri Ri^T, the eigenvalues of S1 S2 are the squared singular
    # values of R1^T R2: their roots come without squaring, hence with all
    # digits, and without a complex matrix root when a set has fewer pictures
    # than features.
    overlap = np.linalg.svd(root1.T @ root2, compute_uv=False).sum()
    shift = mean1 - mean2
    traces = np.trace(covariance1) + np.trace(covariance2)
    # Rounding can leave a hair less than nothing.
    return max(0.0, float(shift @ shift + traces - 2 * overlap))


def _root(covariance):
    """Return R `[D, rank]` with `covariance = R R^T`."""
    values, vectors = np.linalg.eigh(covariance)
    # What is below has no correct digit: rounding of what is zero.
    floor = len(values) * np.finfo(np.float64).eps * max(values[-1], 0)
    kept = values > floor
    return vectors[:, kept] * np.sqrt(values[kept])


def _statistics(features, name):
    if isinstance(features, GaussianStatistics):
        return features
    return GaussianStatistics().update(check_vectors(features, name, least=2))


def _small_sample(count_real, count_fake, num_features):
    enough = max(ENOUGH_PICTURES, num_features + 1)
    if min(count_real, count_fake) >= enough:
        return None
    return (
        "A Fréchet distance of few pictures is too large, and compares only "
        f"with others of as many: {enough:,} are enough. Received: "
        f"{count_real:,} real and {count_fake:,} fake pictures"
    )
