"""Classes by index, by name, as vectors, and how often each is wanted."""

import keras
import numpy as np
import pytest

from progan_keras.classes import check_frequencies, index_of, one_hot

NAMES = ("cat", "dog", "7", "owl")


def rows(*indices):
    return np.eye(4, dtype="float32")[list(indices)]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("dog", rows(1, 1, 1)),
        (3, rows(3, 3, 3)),
        (np.int64(3), rows(3, 3, 3)),
        ("3", rows(3, 3, 3)),
        ("7", rows(2, 2, 2)),
        (["owl", 0, "1"], rows(3, 0, 1)),
        (("owl", "cat", "cat"), rows(3, 0, 0)),
        (range(3), rows(0, 1, 2)),
        (np.array([2, 0, 2], "uint8"), rows(2, 0, 2)),
        (np.array(["dog", "cat", "owl"]), rows(1, 0, 3)),
        (None, rows(0, 1, 2)),
    ],
    ids=repr,
)
def test_one_label_or_one_each_by_index_or_by_name(labels, expected):
    vectors = one_hot(labels, NAMES, 3)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, expected)


def test_none_goes_round_the_classes():
    np.testing.assert_array_equal(
        one_hot(None, NAMES, 6), rows(0, 1, 2, 3, 0, 1)
    )


def test_labels_may_be_a_tensor():
    labels = keras.ops.convert_to_tensor([3, 1])
    np.testing.assert_array_equal(one_hot(labels, NAMES, 2), rows(3, 1))
    matrix = keras.ops.convert_to_tensor(rows(3, 1))
    np.testing.assert_array_equal(one_hot(matrix, NAMES, 2), rows(3, 1))


def test_a_matrix_is_taken_as_it_is():
    mixture = [[0.5, 0.5, 0, 0], [0, -1, 0, 2]]
    vectors = one_hot(mixture, NAMES, 2)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, mixture)


@pytest.mark.parametrize(
    "matrix",
    [
        rows(1),
        rows(1, 2)[:, :3],
        np.full((2, 4), np.inf),
        rows(1, 2) + 0j,
        [["cat"] * 4] * 2,
    ],
    ids=["rows", "columns", "not finite", "complex", "names"],
)
def test_another_matrix_is_refused(matrix):
    with pytest.raises(ValueError) as error:
        one_hot(np.asarray(matrix), NAMES, 2)
    assert "[2, 4] here" in str(error.value)
    shape = list(np.shape(matrix))
    assert f"Received: an array of shape {shape}" in str(error.value)


@pytest.mark.parametrize(
    ("labels", "shape"),
    [([1], "[1]"), ([0, 1, 2, 3], "[4]"), ([], "[0]"), ([[[1]]], "[1, 1, 1]")],
)
def test_another_number_of_labels_is_refused(labels, shape):
    with pytest.raises(ValueError) as error:
        one_hot(labels, NAMES, 2)
    assert str(error.value).endswith(f"Received: labels of shape {shape}")
    assert "all 2 images" in str(error.value)


@pytest.mark.parametrize(
    "label", [4, -1, 1.0, True, None, "cow", "9", "-1", "²", "", b"cat"]
)
def test_a_class_that_there_is_not_is_refused_by_its_value(label):
    with pytest.raises(ValueError) as error:
        index_of(label, NAMES)
    assert "there are 4" in str(error.value)
    assert "cat, dog, 7, owl." in str(error.value)
    assert str(error.value).endswith(f"Received: {label!r}")
    with pytest.raises(ValueError, match="There is no such class"):
        one_hot([0, label], NAMES, 2)


def test_the_name_that_was_perhaps_meant_is_told():
    with pytest.raises(ValueError, match="Did you mean 'owl'"):
        index_of("owls", NAMES)
    with pytest.raises(ValueError) as error:
        index_of("xyz", NAMES)
    assert "Did you mean" not in str(error.value)


def test_of_many_classes_the_first_twenty_are_told():
    names = [f"n{number}" for number in range(30)]
    with pytest.raises(ValueError, match=r"there are 30.*n0.*n19, \.\.\.\."):
        index_of("x", names)


def test_frequencies_are_equal_unless_given():
    np.testing.assert_array_equal(check_frequencies(None, 4), [0.25] * 4)
    given = check_frequencies([0.2, 0.0, 0.8], 3)
    assert given.dtype == np.float64
    np.testing.assert_array_equal(given, [0.2, 0.0, 0.8])


@pytest.mark.parametrize(
    "frequencies",
    [
        [0.5, 0.5],
        [0.5, 0.5, 0.5],
        [1.5, -0.5, 0.0],
        [float("nan"), 0.5, 0.5],
        [1, 1, 1],
        1.0,
    ],
)
def test_frequencies_that_do_not_add_up_are_refused(frequencies):
    with pytest.raises(ValueError) as error:
        check_frequencies(frequencies, 3)
    assert f"class_frequencies={frequencies}" in str(error.value)
    assert "3 classes" in str(error.value)
