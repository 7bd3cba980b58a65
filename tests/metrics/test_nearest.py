"""Nearest training images, and who counts as a copy of one."""

import io

import numpy as np
import pytest
from PIL import Image

from progan_keras.metrics import vectors
from progan_keras.metrics.nearest import (
    duplicate_rate,
    nearest_neighbours,
    neighbour_grid,
    pixel_vectors,
)


def pictures(random, count, side=16):
    """Smooth pictures: a few random waves each, uint8 [N, side, side, 3]."""
    x = np.arange(side) / side * np.pi
    waves = np.cos(np.outer(np.arange(4), x))
    weights = random.normal(size=(count, 4, 4, 3))
    images = np.einsum("nabc,ax,by->nxyc", weights, waves, waves)
    return np.clip(127 + 25 * images, 0, 255).astype(np.uint8)


def jpeg(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=40)
    return np.asarray(Image.open(file))


def test_neighbours_are_those_of_a_plain_search(random):
    samples, training = (
        random.normal(size=(30, 8)),
        random.normal(size=(2000, 8)),
    )
    found = nearest_neighbours(samples, training, 20)
    distances = np.linalg.norm(samples[:, None] - training, axis=2)
    expected = np.argsort(distances, axis=1)[:, :20]
    np.testing.assert_array_equal(found.indices, expected)
    np.testing.assert_allclose(
        found.distances, np.take_along_axis(distances, expected, 1), rtol=1e-12
    )


def test_neighbours_too_close_for_float32_are_in_order():
    steps = np.array([3, 1, 7, 5, 0, 2, 8, 4, 6])
    training = np.diag(1000 + 1e-6 * steps)
    found = nearest_neighbours(np.zeros((1, 9)), training, 9)
    assert found.indices.tolist() == [[4, 1, 5, 0, 7, 3, 8, 2, 6]]
    assert (np.diff(found.distances) > 0).all()


@pytest.mark.parametrize("block", [100, 1000, 5000])
def test_blocks_make_no_difference(monkeypatch, random, block):
    samples, training = random.normal(size=(30, 8)), random.normal(size=(90, 8))
    whole = nearest_neighbours(samples, training, 4)
    monkeypatch.setattr(vectors, "_BLOCK", block)
    for one, other in zip(
        nearest_neighbours(samples, training, 4), whole, strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_a_copy_is_found_at_a_distance_of_zero_however_long_vectors_are(random):
    training = random.normal(size=(50, 300)).astype("float32") + 1e3
    found = nearest_neighbours(training[7:9], training, 2)
    assert found.indices[:, 0].tolist() == [7, 8]
    assert found.distances[:, 0].tolist() == [0, 0]
    assert (found.distances[:, 1] > 1).all()


def test_a_memory_map_of_bytes_is_read_in_parts(tmp_path, monkeypatch, random):
    training = random.integers(0, 256, (60, 12), dtype=np.uint8)
    np.save(tmp_path / "training.npy", training)
    mapped = np.load(tmp_path / "training.npy", mmap_mode="r")
    monkeypatch.setattr(vectors, "_BLOCK", 100)
    found = nearest_neighbours(training[50:], mapped, 1)
    assert found.indices[:, 0].tolist() == list(range(50, 60))


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((2, 64, 64, 3), 16 * 16 * 3),
        ((2, 32, 48, 1), 16 * 24),
        ((2, 16, 16, 3), 16 * 16 * 3),
        ((2, 45, 45, 1), 45 * 45),
        ((2, 50, 50, 1), 25 * 25),
    ],
)
def test_pixel_vectors_are_small(shape, size):
    found = pixel_vectors(np.full(shape, 200, np.uint8))
    assert found.shape == (2, size)
    assert found.dtype == np.uint8
    assert (found == 200).all()


def test_pixel_vectors_are_box_averages(random):
    images = random.integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    expected = images.reshape(3, 16, 2, 16, 2, 3).mean((2, 4))
    np.testing.assert_array_equal(
        pixel_vectors(images), np.rint(expected).reshape(3, -1)
    )


def test_new_pictures_are_duplicates_as_seldom_as_held_out_ones(random):
    training, held_out, samples = (
        pixel_vectors(pictures(random, count)) for count in (500, 500, 1000)
    )
    found = duplicate_rate(samples, training, held_out, percentile=5)
    assert found["expected"] == 0.05
    assert found["value"] == pytest.approx(0.05, abs=0.025)
    assert found["reference"] == "held_out"
    # And about as often when training images stand in for held-out ones.
    found = duplicate_rate(samples, training, percentile=5)
    assert found["value"] == pytest.approx(0.05, abs=0.025)
    assert found["reference"] == "training"
    assert found["count_reference"] == 500


def test_altered_copies_are_duplicates(random):
    training = pictures(random, 400)
    copies = training[:50].astype(float)
    noisy = np.clip(copies + random.normal(0, 8, copies.shape), 0, 255)
    compressed = np.stack([jpeg(image) for image in training[:50]])
    for altered in (copies, noisy, compressed):
        found = duplicate_rate(
            pixel_vectors(altered.astype(np.uint8)), pixel_vectors(training)
        )
        assert found["value"] > 0.95


def test_half_copies_are_a_rate_of_a_half(random):
    training = pixel_vectors(pictures(random, 1500))
    new = pixel_vectors(pictures(random, 50))
    found = duplicate_rate(np.concatenate([training[:50], new]), training)
    assert found["value"] == pytest.approx(0.5, abs=0.04)
    assert found["error"] == pytest.approx(0.05, abs=0.001)
    assert found["ratios"].argmax() >= 50


def test_pale_pictures_are_no_duplicates_though_near_everything(random):
    training = pictures(random, 1500)
    held_out, pale = pictures(random, 200), 96 + pictures(random, 200) // 4
    held_out, pale, training = map(pixel_vectors, (held_out, pale, training))
    new, near = (
        nearest_neighbours(samples, training, 1).distances
        for samples in (held_out, pale)
    )
    # By distance alone they all would be.
    assert near.max() < np.percentile(new, 1)
    assert duplicate_rate(pale, training)["value"] < 0.05


def test_exact_copies_count_though_the_training_set_has_copies(random):
    once = pixel_vectors(pictures(random, 150))
    training = np.tile(once, (7, 1))
    found = duplicate_rate(once[:20], training)
    assert found["threshold"] == 0
    assert found["value"] == 1


def test_a_seed_decides_which_training_images_stand_in(random):
    training = random.normal(size=(2500, 4))
    one = duplicate_rate(training[:5] + 1, training)
    again = duplicate_rate(training[:5] + 1, training)
    other = duplicate_rate(training[:5] + 1, training, seed=1)
    assert one["count_reference"] == 2000
    assert one["threshold"] == again["threshold"] != other["threshold"]


def test_a_grid_has_a_row_of_neighbours_for_each_sample(random):
    training = pictures(random, 10)
    samples = training[[3, 5]]
    indices = np.array([[3, 1, 2], [5, 0, 9]])
    grid = np.asarray(neighbour_grid(samples, training, indices))
    step = 16 + 1
    assert grid.shape == (2 * step + 1, 5 * step + 1, 3)

    def cell(row, column):
        top, left = 1 + row * step, 1 + column * step
        return grid[top : top + 16, left : left + 16]

    np.testing.assert_array_equal(cell(1, 0), samples[1])
    assert (cell(1, 1) == 255).all()
    np.testing.assert_array_equal(cell(1, 2), training[5])
    np.testing.assert_array_equal(cell(0, 4), training[2])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: nearest_neighbours(x, x[:3], 4), "training.shape=(3, 8)"),
        (lambda x: nearest_neighbours(x, x[:, :5]), "8 and 5 numbers"),
        (lambda x: nearest_neighbours(x * np.nan, x), "NaN"),
        (lambda x: pixel_vectors(x), "dtype=float64"),
        (lambda x: duplicate_rate(x, x), "percentile=1.0, 60 real"),
        (lambda x: duplicate_rate(x, x, percentile=0), "percentile=0"),
        (lambda x: duplicate_rate(x, x[:5]), "training.shape=(5, 8)"),
    ],
)
def test_mistakes_are_told_in_one_sentence(random, call, words):
    with pytest.raises(ValueError) as caught:
        call(random.normal(size=(60, 8)))
    assert words in str(caught.value)
    assert "Received: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_grid_of_other_sizes_is_refused(random):
    small, large = pictures(random, 2), pictures(random, 2, side=32)
    with pytest.raises(ValueError, match="training.shape"):
        neighbour_grid(small, large, np.zeros((2, 1), int))
    with pytest.raises(ValueError, match="indices.shape"):
        neighbour_grid(small, small, np.zeros((1, 1), int))
