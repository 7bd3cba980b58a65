"""Inception score, where it is known in closed form."""

import numpy as np
import pytest

from progan_keras.metrics.inception_score import inception_score


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def test_certain_predictions_of_all_classes_score_their_number():
    predictions = np.tile(np.eye(7), (30, 1))
    found = inception_score(predictions, num_splits=1)
    assert found["value"] == pytest.approx(7)


@pytest.mark.parametrize("row", [[1, 0, 0], [0.2, 0.5, 0.3]])
def test_the_same_prediction_for_all_scores_one(row):
    found = inception_score(np.tile(row, (40, 1)))
    assert found["value"] == pytest.approx(1)
    assert found["std"] == pytest.approx(0, abs=1e-12)


def test_two_kinds_of_unsure_predictions_have_a_closed_form():
    predictions = np.repeat([[0.9, 0.1], [0.1, 0.9]], 50, axis=0)
    divergence = 0.9 * np.log(0.9 / 0.5) + 0.1 * np.log(0.1 / 0.5)
    found = inception_score(predictions, num_splits=1)
    assert found["value"] == pytest.approx(np.exp(divergence))


def test_mean_and_deviation_are_those_of_the_parts(random):
    predictions = softmax(random.normal(size=(60, 5)) * 3)
    found = inception_score(predictions, num_splits=4, seed=3)
    order = np.random.default_rng(3).permutation(60)
    scores = [
        inception_score(predictions[part], num_splits=1)["value"]
        for part in np.split(order, 4)
    ]
    assert found["value"] == pytest.approx(np.mean(scores))
    assert found["std"] == pytest.approx(np.std(scores))
    # The usual standard error of a mean.
    expected = np.std(scores, ddof=1) / np.sqrt(4)
    assert found["error"] == pytest.approx(expected)


def test_logits_score_as_their_probabilities(random):
    logits = random.normal(size=(100, 10)) * 4 + 500
    from_logits = inception_score(logits, from_logits=True)
    expected = inception_score(softmax(logits))
    assert from_logits == pytest.approx(expected)


def test_logits_that_are_far_apart_are_certain():
    logits = np.tile(np.eye(4) * 1e4, (25, 1)).astype("float32")
    found = inception_score(logits, from_logits=True, num_splits=1)
    assert found["value"] == pytest.approx(4)


def test_pictures_that_come_class_by_class_are_shuffled():
    predictions = np.repeat(np.eye(10), 100, axis=0)
    found = inception_score(predictions)
    assert found["value"] > 9
    assert inception_score(predictions) == found
    assert inception_score(predictions, seed=1)["value"] != found["value"]


def test_an_uneven_number_of_pictures_is_measured_whole(random):
    predictions = softmax(random.normal(size=(23, 5)))
    found = inception_score(predictions)
    assert found["count"] == 23
    assert np.isfinite(found["value"])


@pytest.mark.parametrize(
    ("predictions", "words"),
    [
        (np.eye(5), "predictions.shape=(5, 5)"),
        (np.ones(50), "predictions.shape=(50,)"),
        (np.full((50, 2), np.nan), "NaN"),
        (np.ones((50, 3)), "a sum of 3"),
        (np.tile([1.5, -0.5], (50, 1)), "a smallest of -0.5"),
    ],
)
def test_mistakes_are_told_in_one_sentence(predictions, words):
    with pytest.raises(ValueError) as caught:
        inception_score(predictions)
    assert words in str(caught.value)
    assert "Received: " in str(caught.value)


def test_logits_that_are_given_as_probabilities_are_told_the_way_out(random):
    with pytest.raises(ValueError, match="from_logits=True"):
        inception_score(random.normal(size=(50, 10)))
