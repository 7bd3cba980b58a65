"""The distance of a projection: pixels of every size."""

import numpy as np

from progan_keras.projection.distance import pyramid_distance, pyramid_vectors


def dot(row, column, side=16):
    image = np.full((1, side, side, 1), -1, np.float32)
    image[0, row, column] = 1
    return image


def noise(*shape, seed=0):
    drawn = np.random.default_rng(seed).uniform(-0.9, 0.9, shape)
    return drawn.astype(np.float32)


def test_it_is_the_mean_over_sizes_of_mean_squares():
    one, other = noise(2, 8, 8, 3), noise(2, 8, 8, 3, seed=1)
    small = [
        x.reshape(2, 4, 2, 4, 2, 3).mean(axis=(2, 4)) for x in (one, other)
    ]
    expected = (
        ((one - other) ** 2).mean(axis=(1, 2, 3))
        + ((small[0] - small[1]) ** 2).mean(axis=(1, 2, 3))
    ) / 2
    np.testing.assert_allclose(
        pyramid_distance(one, other), expected, rtol=1e-5
    )


def test_it_is_the_squared_distance_of_the_vectors():
    one, other = noise(3, 16, 16, 1), noise(3, 16, 16, 1, seed=1)
    apart = np.asarray(pyramid_vectors(one)) - np.asarray(
        pyramid_vectors(other)
    )
    np.testing.assert_allclose(
        pyramid_distance(one, other), (apart**2).sum(axis=1), rtol=1e-5
    )


def test_what_lies_near_its_place_is_nearer_than_what_lies_far_off():
    target = dot(5, 5)
    near, far = dot(4, 5), dot(14, 12)
    np.testing.assert_allclose(
        np.square(near - target).mean(), np.square(far - target).mean()
    )
    assert pyramid_distance(near, target) < 0.8 * pyramid_distance(far, target)


def test_whiter_than_white_and_blacker_than_black_are_no_difference():
    white, black = np.ones((1, 4, 4, 1), "f4"), -np.ones((1, 4, 4, 1), "f4")
    assert float(pyramid_distance(1.3 * white, white)[0]) == 0
    assert float(pyramid_distance(1.3 * black, black)[0]) == 0
    assert float(pyramid_distance(0.7 * white, white)[0]) > 0.08
    assert float(pyramid_distance(1.3 * white, 0.9 * white)[0]) > 0.1
    assert float(pyramid_distance(1.3 * black, white)[0]) > 5


def test_the_smallest_pictures_are_compared_as_they_are():
    one, other = noise(1, 4, 4, 3), noise(1, 4, 4, 3, seed=1)
    np.testing.assert_allclose(
        pyramid_distance(one, other)[0], ((one - other) ** 2).mean(), rtol=1e-5
    )
