"""Kernel distance: unbiased, and what a plain loop computes."""

import numpy as np
import pytest

from progan_keras.metrics.kernel import _squared_mmd, kernel_distance


def plain_distance(real, fake):
    """Unbiased squared MMD, a pair of vectors at a time."""

    def kernel(x, y):
        return (x @ y / len(x) + 1) ** 3

    def within(features):
        count = len(features)
        pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
        return np.mean([kernel(features[i], features[j]) for i, j in pairs])

    across = np.mean([kernel(x, y) for x in real for y in fake])
    return within(real) + within(fake) - 2 * across


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_mean_over_subsets_is_near_the_plain_value_of_the_whole(
    dtype, random
):
    real, fake = random.normal(size=(2, 24, 6))
    fake += 1
    found = kernel_distance(real.astype(dtype), fake.astype(dtype), 2000)
    expected = plain_distance(real, fake)
    spread = found["std"] / np.sqrt(2000)
    assert found["subset_size"] == 12
    assert found["value"] == pytest.approx(expected, abs=4 * spread)
    assert spread < expected / 50


@pytest.mark.parametrize(("dtype", "rel"), [("f8", 1e-12), ("f4", 1e-5)])
def test_a_subset_is_computed_as_by_a_plain_loop(random, dtype, rel):
    real, fake = random.normal(size=(2, 20, 6))
    expected = plain_distance(real, fake + 1)
    found = _squared_mmd(real.astype(dtype), (fake + 1).astype(dtype))
    assert found == pytest.approx(expected, rel=rel)


def test_bytes_do_not_overflow(random):
    features = random.integers(0, 255, (2, 20, 5), dtype=np.uint8)
    expected = kernel_distance(*features.astype("float64"))
    assert kernel_distance(*features) == pytest.approx(expected)


def test_two_halves_of_one_set_are_zero_on_average(random):
    results = [
        kernel_distance(*random.normal(size=(2, 60, 8)), num_subsets=20)
        for _ in range(200)
    ]
    values = np.array([result["value"] for result in results])
    error_of_mean = values.std() / np.sqrt(len(values))
    assert abs(values.mean()) < 3 * error_of_mean
    # The mean of a biased estimate would be at 2 E[k(x,x) - k(x,x')] / 30.
    assert error_of_mean < 0.01
    assert (values < 0).any()


@pytest.mark.parametrize("shift", [0.2, 0.5])
def test_the_error_is_the_spread_of_the_value_over_new_pictures(shift, random):
    results = []
    for _ in range(150):
        real, fake = random.normal(size=(2, 150, 8))
        results.append(kernel_distance(real, fake + shift, 20, 50))
    spread = np.std([result["value"] for result in results])
    error = np.mean([result["error"] for result in results])
    assert 0.8 * spread < error < 1.7 * spread


def test_it_does_not_depend_on_the_number_of_pictures(random):
    def mean(count):
        values = []
        for _ in range(100):
            real, fake = random.normal(size=(2, count, 8))
            values.append(kernel_distance(real, fake + 0.5, 10)["value"])
        return np.mean(values), np.std(values) / 10

    (few, few_error), (many, many_error) = mean(20), mean(200)
    assert abs(few - many) < 3 * np.hypot(few_error, many_error)


def test_it_grows_with_the_distance(random):
    real, fake = random.normal(size=(2, 100, 8))
    values = [
        kernel_distance(real, fake + shift)["value"] for shift in (0.2, 0.5, 1)
    ]
    assert values == sorted(values)


def test_a_seed_decides_the_subsets(random):
    real, fake = random.normal(size=(2, 50, 4))
    one = kernel_distance(real, fake, 5, seed=1)
    assert kernel_distance(real, fake, 5, seed=1) == one
    assert kernel_distance(real, fake, 5, seed=2)["value"] != one["value"]


def test_the_result_says_what_was_compared(random):
    real, fake = random.normal(size=(2, 50, 4))
    found = kernel_distance(real[:40], fake, 7, subset_size=10, seed=3)
    described = {name: found[name] for name in list(found)[3:]}
    assert described == {
        "num_subsets": 7,
        "subset_size": 10,
        "count_real": 40,
        "count_fake": 50,
        "seed": 3,
    }


@pytest.mark.parametrize(
    ("real", "fake", "options", "words"),
    [
        (np.ones((3, 2)), np.ones((9, 2)), {}, "real.shape=(3, 2)"),
        (np.ones((9, 2)), np.ones((9, 3)), {}, "2 and 3 numbers"),
        (np.ones((9, 2)), np.full((9, 2), np.inf), {}, "fake with 9"),
        (np.ones((9, 2)), np.ones((9, 2)), {"seed": -1}, "seed=-1"),
        (np.ones((9, 2)), np.ones((9, 2)), {"subset_size": 1}, "=1"),
        (np.ones((9, 2)), np.ones((9, 2)), {"num_subsets": 1}, "=1"),
    ],
)
def test_mistakes_are_told_in_one_sentence(real, fake, options, words):
    with pytest.raises(ValueError) as caught:
        kernel_distance(real, fake, **options)
    assert words in str(caught.value)
    assert "Received: " in str(caught.value)
