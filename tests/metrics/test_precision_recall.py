"""Precision and recall, on sets with a known answer."""

import numpy as np
import pytest

from progan_keras.metrics import vectors
from progan_keras.metrics.precision_recall import precision_recall

NAMES = ("precision", "recall", "density", "coverage")


def plain(real, fake, k):
    """The definitions, a pair of vectors at a time."""

    def radii(points):
        every = [sorted(np.linalg.norm(points - p, axis=1)) for p in points]
        return [distances[k] for distances in every]  # [0] is itself

    def inside(points, balls):
        return np.array(
            [
                [
                    np.linalg.norm(point - centre) <= radius
                    for centre, radius in zip(balls, radii(balls), strict=True)
                ]
                for point in points
            ]
        )

    of_real = inside(fake, real)
    return {
        "precision": of_real.any(1).mean(),
        "recall": inside(real, fake).any(1).mean(),
        "density": of_real.sum() / (k * len(fake)),
        "coverage": of_real.any(0).mean(),
    }


def only(result, names=NAMES):
    return {name: result[name] for name in names}


@pytest.mark.parametrize("k", [1, 3, 5])
def test_it_is_what_a_plain_loop_computes(k, random):
    real = random.normal(size=(60, 4))
    fake = random.normal(size=(50, 4)) * 0.7 + 0.5
    found = precision_recall(real, fake, num_neighbours=k)
    assert only(found) == pytest.approx(plain(real, fake, k))
    assert 0 < found["recall"] < found["precision"] <= 1


def test_blocks_make_no_difference(monkeypatch, random):
    real, fake = random.normal(size=(2, 50, 4))
    whole = precision_recall(real, fake)
    monkeypatch.setattr(vectors, "_BLOCK", 350)
    assert precision_recall(real, fake) == whole


def test_a_set_beside_itself_is_perfect(random):
    features = random.normal(size=(100, 16)) + 100
    found = precision_recall(features, features)
    # Each lies in its own ball and those of k others, on average.
    assert only(found) == pytest.approx(
        {"precision": 1, "recall": 1, "density": 4 / 3, "coverage": 1},
        # Rounding decides on which side of a ball its last neighbour is.
        rel=0.05,
    )


def test_sets_far_apart_have_nothing_in_common(random):
    real, fake = random.normal(size=(2, 100, 16))
    found = precision_recall(real, fake + 100)
    assert only(found) == dict.fromkeys(NAMES, 0)


def test_a_missing_mode_costs_recall_and_no_precision(random):
    real = random.normal(size=(200, 4))
    real[100:] += 50
    fake = real[:100] + 1e-3
    found = precision_recall(real, fake)
    assert found["precision"] == 1
    assert found["recall"] == 0.5
    assert found["coverage"] == pytest.approx(0.5, abs=0.02)


def test_pictures_of_no_kind_cost_precision_and_no_recall(random):
    real = random.normal(size=(100, 4))
    fake = np.concatenate([real, random.normal(size=(100, 4)) + 50])
    found = precision_recall(real, fake)
    assert found["precision"] == 0.5
    assert found["recall"] == 1


def test_one_picture_again_and_again_has_precision_and_no_recall(random):
    real = random.normal(size=(100, 32)) * 7 + 3
    fake = np.repeat(real[:1], 80, axis=0)
    found = precision_recall(real, fake)
    assert found["precision"] == 1
    assert found["recall"] == 0.01


def test_a_set_of_copies_beside_itself_is_perfect_in_spite_of_rounding(random):
    features = np.repeat(random.normal(size=(1, 999)) * 1e3, 20, axis=0)
    other = np.concatenate([features, features])
    found = precision_recall(features, other)
    assert found["precision"] == found["recall"] == 1


def test_a_stray_picture_fools_precision_but_not_density(random):
    real = random.normal(size=(100, 4))
    fake = random.normal(size=(100, 4)) + 20
    real[0] = fake.mean(0)
    found = precision_recall(real, fake)
    assert found["precision"] == 1
    assert found["density"] < 0.4
    assert found["coverage"] < 0.05


def test_angles_do_not_depend_on_lengths(random):
    real, fake = random.normal(size=(2, 60, 4))
    found = precision_recall(real, fake, distance="angle")
    lengths = random.uniform(0.1, 10, (60, 1))
    again = precision_recall(real * lengths, fake / lengths, distance="angle")
    assert only(again) == pytest.approx(only(found), abs=0.02)
    assert found["distance"] == "angle"
    unit = [x / np.linalg.norm(x, axis=1)[:, None] for x in (real, fake)]
    assert only(found) == pytest.approx(plain(*unit, 3))


def test_short_features_fool_distances_but_not_angles(random):
    # Each real one has its own few features; fake ones little of any.
    real = random.normal(size=(200, 50)) ** 2 * (random.random((200, 50)) < 0.2)
    fake = 0.2 * random.uniform(size=(200, 50))
    by_distance = precision_recall(real, fake)
    by_angle = precision_recall(real, fake, distance="angle")
    assert by_distance["precision"] > 0.9
    assert by_angle["precision"] < 0.7
    assert by_angle["density"] < 0.5 < by_distance["density"]


def test_features_of_no_length_have_no_direction():
    features = np.zeros((9, 4))
    found = precision_recall(features, features, distance="angle")
    assert found["precision"] == 1


def test_errors_are_those_of_counting_and_counts_are_told(random):
    real = random.normal(size=(100, 4))
    fake = np.concatenate([real, random.normal(size=(100, 4)) + 50])
    found = precision_recall(real, fake)
    assert found["precision_error"] == pytest.approx(0.5 / np.sqrt(200))
    assert found["recall_error"] == 0
    assert found["count_real"] == 100
    assert found["count_fake"] == 200
    assert found["num_neighbours"] == 3


@pytest.mark.parametrize(
    ("real", "fake", "options", "words"),
    [
        (np.ones((3, 2)), np.ones((9, 2)), {}, "real.shape=(3, 2)"),
        (np.ones((9, 2)), np.ones((9, 3)), {}, "2 and 3 numbers"),
        (np.ones((9, 2)), np.full((9, 2), np.nan), {}, "fake with 9"),
        (np.ones((9, 2)), np.ones((9, 2)), {"num_neighbours": 0}, "=0"),
        (np.ones((9, 2)), np.ones((9, 2)), {"distance": "l1"}, "'l1'"),
    ],
)
def test_mistakes_are_told_in_one_sentence(real, fake, options, words):
    with pytest.raises(ValueError) as caught:
        precision_recall(real, fake, **options)
    assert words in str(caught.value)
    assert "Received: " in str(caught.value)
