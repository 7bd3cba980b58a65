"""Fréchet distance, against closed forms and another implementation."""

import warnings

import numpy as np
import pytest
import scipy.linalg

from progan_keras.metrics.frechet import (
    GaussianStatistics,
    SmallSampleWarning,
    frechet_distance,
)


def distance(real, fake):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        return frechet_distance(real, fake)["value"]


def gaussian(mean, covariance, count=100):
    """Statistics with exactly this mean and covariance."""
    return GaussianStatistics.from_arrays(
        {
            "count": count,
            "mean": np.asarray(mean, float),
            "scatter": (count - 1) * np.asarray(covariance, float),
        }
    )


def mixed(random, count, size, rank=None):
    """Features that depend on each other, of a covariance of that rank."""
    rank = rank or size
    return random.normal(size=(count, rank)) @ random.normal(size=(rank, size))


def by_scipy(real, fake):
    one, other = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = scipy.linalg.sqrtm(one @ other).real
    shift = real.mean(0) - fake.mean(0)
    return shift @ shift + np.trace(one + other - 2 * root)


def test_gaussians_of_independent_features_have_a_closed_form():
    one, other = np.array([1.0, 4.0, 9.0]), np.array([4.0, 4.0, 1.0])
    found = distance(
        gaussian([0, 1, 2], np.diag(one)), gaussian([1, 1, 0], np.diag(other))
    )
    shift = 1 + 0 + 4
    assert found == pytest.approx(
        shift + ((np.sqrt(one) - np.sqrt(other)) ** 2).sum(), rel=1e-12
    )


def test_gaussians_with_the_same_axes_have_a_closed_form(random):
    axes = np.linalg.qr(random.normal(size=(6, 6)))[0]
    one, other = random.uniform(0.1, 5, (2, 6))
    found = distance(
        gaussian(np.zeros(6), axes @ np.diag(one) @ axes.T),
        gaussian(np.zeros(6), axes @ np.diag(other) @ axes.T),
    )
    expected = ((np.sqrt(one) - np.sqrt(other)) ** 2).sum()
    assert found == pytest.approx(expected, rel=1e-10)


def test_two_by_two_covariances_with_other_axes_have_a_closed_form():
    # tr (AB)^(1/2) = sqrt(tr AB + 2 sqrt(det AB)) for 2x2.
    one = np.array([[2.0, 0.5], [0.5, 1.0]])
    other = np.array([[1.0, -0.7], [-0.7, 3.0]])
    product = one @ other
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    found = distance(gaussian([0, 0], one), gaussian([0, 0], other))
    assert found == pytest.approx(np.trace(one + other) - 2 * root, rel=1e-12)


def test_it_agrees_with_scipy(random):
    real, fake = mixed(random, 300, 20), mixed(random, 200, 20) + 0.5
    assert distance(real, fake) == pytest.approx(by_scipy(real, fake), rel=1e-9)


def test_fewer_pictures_than_features_agree_with_scipy(random):
    real, fake = mixed(random, 12, 30), mixed(random, 15, 30)
    assert distance(real, fake) == pytest.approx(by_scipy(real, fake), rel=1e-5)


def test_disjoint_subspaces_have_a_closed_form(random):
    real, fake = np.zeros((2, 40, 8))
    real[:, :3], fake[:, 5:] = random.normal(size=(2, 40, 3))
    expected = ((real.mean(0) - fake.mean(0)) ** 2).sum() + np.trace(
        np.cov(real, rowvar=False) + np.cov(fake, rowvar=False)
    )
    assert distance(real, fake) == pytest.approx(expected, rel=1e-12)


def test_a_set_of_copies_is_a_point(random):
    cloud, point = mixed(random, 50, 4), np.ones((9, 4))
    expected = ((cloud.mean(0) - 1) ** 2).sum()
    expected += np.trace(np.cov(cloud, rowvar=False))
    assert distance(cloud, point) == pytest.approx(expected, rel=1e-12)
    assert distance(point, point) == 0


@pytest.mark.parametrize("rank", [None, 3, 40])
@pytest.mark.parametrize("scale", [1e-6, 1, 1e6])
def test_equal_statistics_have_no_distance_and_none_is_negative(
    rank, scale, random
):
    features = scale * mixed(random, 50, 64, rank)
    size = scale**2 * 64**2
    assert 0 <= distance(features, features) < 1e-12 * size
    # The same pictures in another order, or seen once more.
    assert 0 <= distance(features, features[::-1]) < 1e-12 * size


def test_batches_give_the_statistics_of_the_whole(random):
    features = mixed(random, 100, 5) + 1000
    statistics = GaussianStatistics()
    for batch in np.split(features, [1, 30, 31, 77]):
        statistics.update(batch)
    assert statistics.count == 100
    np.testing.assert_allclose(statistics.mean, features.mean(0), rtol=1e-12)
    np.testing.assert_allclose(
        statistics.covariance, np.cov(features, rowvar=False), rtol=1e-9
    )


def test_merged_statistics_are_those_of_all(random):
    features = mixed(random, 60, 5)
    one = GaussianStatistics().update(features[:20])
    one.merge(GaussianStatistics().update(features[20:]))
    one.merge(GaussianStatistics())
    whole = GaussianStatistics().merge(one)
    assert whole.count == 60
    np.testing.assert_allclose(
        whole.covariance, np.cov(features, rowvar=False), rtol=1e-10
    )


def test_merging_into_empty_statistics_leaves_the_others_alone(random):
    other = GaussianStatistics().update(mixed(random, 9, 3))
    before = other.scatter.copy()
    GaussianStatistics().merge(other).update(mixed(random, 9, 3))
    np.testing.assert_array_equal(other.scatter, before)


def test_statistics_survive_a_file(tmp_path, random):
    features, fake = mixed(random, 30, 4), mixed(random, 30, 4)
    statistics = GaussianStatistics().update(features)
    np.savez(tmp_path / "reals.npz", **statistics.to_arrays())
    with np.load(tmp_path / "reals.npz") as arrays:
        loaded = GaussianStatistics.from_arrays(arrays)
    assert distance(loaded, fake) == distance(features, fake)


def test_few_pictures_are_told_of_by_warning_and_result(random):
    with pytest.warns(SmallSampleWarning, match="50 real and 20 fake"):
        result = frechet_distance(mixed(random, 50, 3), mixed(random, 20, 3))
    assert "10,000 are enough" in result["small_sample"]
    assert result["count_real"] == 50
    assert result["count_fake"] == 20
    assert result["num_features"] == 3


def test_enough_pictures_are_no_reason_to_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        many = gaussian([0, 0], np.eye(2), count=10_000)
        assert frechet_distance(many, many)["small_sample"] is None


def test_a_small_sample_is_biased_upwards(random):
    draws = random.normal(size=(2, 4000, 10))
    assert distance(*draws[:, :100]) > 5 * distance(*draws)


@pytest.mark.parametrize(
    ("real", "fake", "words"),
    [
        (np.ones((1, 3)), np.ones((5, 3)), "real.shape=(1, 3)"),
        (np.ones((5, 3)), np.ones((5, 4)), "3 and 4 numbers"),
        (np.ones((5, 3)), np.full((5, 3), np.nan), "fake with 5 of 5 rows"),
        (GaussianStatistics(), np.ones((5, 3)), "0"),
    ],
)
@pytest.mark.filterwarnings(
    "ignore::progan_keras.metrics.frechet.SmallSampleWarning"
)
def test_mistakes_are_told_in_one_sentence(real, fake, words):
    with pytest.raises(ValueError) as caught:
        frechet_distance(real, fake)
    assert words in str(caught.value)
    assert "Received: " in str(caught.value)
