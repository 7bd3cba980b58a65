"""Feature vectors: what is accepted, and distances between them."""

import numpy as np
import pytest

from progan_keras.metrics.vectors import (
    blocks,
    check_pair,
    check_vectors,
    squared_distances,
)

VECTORS = np.random.default_rng(0).normal(size=(20, 7))


def test_distances_are_those_of_a_plain_loop():
    other = VECTORS[:5] + 1
    expected = [[((a - b) ** 2).sum() for b in other] for a in VECTORS]
    found = squared_distances(VECTORS, other)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_vector_has_no_distance_from_its_copy_however_long_it_is():
    vectors = 1e4 * VECTORS + 3e5
    distances = squared_distances(vectors, vectors)
    assert (np.diag(distances) == 0).all()
    assert (distances >= 0).all()


@pytest.mark.parametrize(("total", "width"), [(10, 1), (10, 2**22), (7, 2**21)])
def test_blocks_cover_every_row_once_and_are_small(total, width):
    rows = [np.arange(total)[block] for block in blocks(total, width)]
    np.testing.assert_array_equal(np.concatenate(rows), np.arange(total))
    assert max(map(len, rows)) * width <= max(width, 2**22)


def test_half_precision_is_accepted_and_widened():
    assert check_vectors(VECTORS.astype("float16"), "x").dtype == np.float32


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        (VECTORS[0], "shape=(7,)"),
        (VECTORS.reshape(5, 4, 1, 7), "shape=(5, 4, 1, 7)"),
        (VECTORS.astype(str), "dtype=<U"),
        (VECTORS[:1], "shape=(1, 7)"),
        (VECTORS[:, :0], "shape=(20, 0)"),
        (np.where(VECTORS > 2, np.nan, VECTORS), "NaN"),
        (np.where(VECTORS > 2, np.inf, VECTORS), "infinity"),
    ],
)
def test_what_are_no_features_is_told_in_one_sentence(vectors, words):
    with pytest.raises(ValueError) as caught:
        check_vectors(vectors, "mine", least=2)
    message = str(caught.value)
    assert words in message
    assert "Received: mine" in message
    assert "\n" not in message


def test_features_of_two_networks_are_not_compared():
    with pytest.raises(ValueError, match="Received: 7 and 6 numbers"):
        check_pair(VECTORS, VECTORS[:, :6])
