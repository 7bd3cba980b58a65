"""SWD against its plain reference, and what is known of it."""

import gc
import os
import sys
import tempfile
import tracemalloc

import numpy as np
import plain
import pytest
from PIL import Image, ImageFilter

from progan_keras.data import load
from progan_keras.metrics import SlicedWasserstein
from progan_keras.metrics import sliced_wasserstein as score
from progan_keras.metrics.laplacian import laplacian_pyramid
from progan_keras.metrics.patches import LevelPatches

# The name `metrics.sliced_wasserstein` is the function's.
module = sys.modules[SlicedWasserstein.__module__]


@pytest.fixture
def portraits():
    """The embedded images in random order: `portraits(resolution)`."""
    images = load("emoji_portraits")
    order = np.random.default_rng(0).permutation(len(images))
    return lambda resolution: np.asarray(images.at(resolution))[order]


def halves(images, count):
    return images[:count], images[count : 2 * count]


def filtered(images, change):
    return np.stack(
        [np.asarray(change(Image.fromarray(image))) for image in images]
    )


def blurred(images, radius):
    return filtered(
        images, lambda image: image.filter(ImageFilter.GaussianBlur(radius))
    )


def mosaics(images):
    """Images of twice the resolution, four in one."""
    rows = np.concatenate([images[::2], images[1::2]], axis=1)
    return np.concatenate([rows[::2], rows[1::2]], axis=2)


@pytest.mark.parametrize("resolution", [16, 32, 64])
@pytest.mark.parametrize("num_channels", [1, 3])
def test_scores_are_those_of_the_plain_reference(
    portraits, resolution, num_channels
):
    real, fake = halves(portraits(resolution)[..., :num_channels], 36)
    scores = score(real, fake, seed=3)
    expected = plain.sliced_wasserstein(real, fake, seed=3)
    assert list(scores) == list(expected)
    assert scores == pytest.approx(expected, rel=1e-5)


def test_where_patches_are_kept_scores_are_those_of_the_reference(portraits):
    images = mosaics(portraits(64)[:96])
    assert images.shape == (24, 128, 128, 3)
    real, fake = halves(images, 12)
    expected = plain.sliced_wasserstein(real, fake)
    assert list(expected) == ["128", "64", "32", "16", "mean"]
    assert score(real, fake) == pytest.approx(expected, rel=1e-5)


def test_levels_are_those_of_a_full_convolution(portraits):
    images = mosaics(portraits(64)[:16])
    for levels, image in zip(
        zip(*laplacian_pyramid(images, 16), strict=True), images, strict=True
    ):
        expected = plain.laplacian_pyramid(image)
        # The first sums of bytes are exact in float32, in any order.
        np.testing.assert_array_equal(levels[0], expected[0])
        for level, other in zip(levels, expected, strict=True):
            assert level.dtype == np.float32
            np.testing.assert_allclose(level, other, atol=1e-4)


def test_edges_are_mirrored_without_being_repeated(portraits):
    image = portraits(64)[0] // 2  # no longer on white
    image[:2] += 100
    levels = [level[0] for level in laplacian_pyramid(image[np.newaxis], 16)]
    repeated = plain.laplacian_pyramid(image, mode="reflect")
    for level, other in zip(levels, repeated, strict=True):
        assert abs(level - other)[:2].max() > 1
        assert abs(level - other)[6:-6, 6:-6].max() < 1e-4


def test_levels_add_up_to_the_image(portraits):
    image = portraits(64)[0]
    fine, middle, coarse = (x[0] for x in laplacian_pyramid([image], 16))
    total = fine + plain.double(middle + plain.double(coarse))
    np.testing.assert_allclose(total, image, atol=1e-4)


def test_the_same_patches_of_the_same_images_score_zero(portraits, monkeypatch):
    monkeypatch.setitem(module._STREAMS, "fake", 0)
    images = portraits(32)[:50]
    assert set(score(images, images).values()) == {0}


def test_other_patches_of_the_same_images_score_far_below_other_images(
    portraits,
):
    real, fake = halves(portraits(32), 200)
    floor, other = score(real, real)["mean"], score(real, fake)["mean"]
    assert 0 < floor < 0.5 * other


def test_scores_do_not_depend_on_the_batches(portraits):
    real, fake = halves(portraits(32), 70)
    expected = score(real, fake)
    for size in (1, 7, 33):
        metric = SlicedWasserstein()
        for start in range(0, 70, size):
            metric.update_real(real[start : start + size])
        for start in range(0, 70, 2 * size):
            metric.update_fake(fake[start : start + 2 * size])
        assert metric.result()["value"] == expected


def test_more_images_may_follow_a_result(portraits):
    real, fake = halves(portraits(32), 70)
    metric = SlicedWasserstein()
    metric.update_fake(fake[:20])
    metric.update_real(real[:20])
    assert metric.result()["value"] == score(real[:20], fake[:20])
    metric.update_real(real[20:])
    metric.update_fake(fake[20:])
    assert metric.result()["value"] == score(real, fake)


def test_a_seed_decides_everything_and_another_changes_little(portraits):
    real, fake = halves(portraits(32), 200)
    scores = [score(real, fake, seed)["mean"] for seed in (0, 0, 1, 2)]
    assert scores[0] == scores[1]
    assert len(set(scores)) == 3
    assert np.ptp(scores) < 0.1 * np.mean(scores)


def test_the_order_of_the_images_changes_as_little_as_a_seed(portraits):
    real, fake = halves(portraits(32), 200)
    scores = [score(real, fake)["mean"], score(real[::-1], fake)["mean"]]
    assert scores[0] != scores[1]
    assert np.ptp(scores) < 0.1 * np.mean(scores)


def test_scores_grow_with_blur(portraits):
    real, fake = halves(portraits(32), 200)
    scores = [score(real, blurred(fake, radius)) for radius in (0, 0.5, 1, 2)]
    for level in ("32", "16", "mean"):
        values = [scores[level] for scores in scores]
        assert values == sorted(values)
    assert scores[-1]["mean"] > 3 * scores[0]["mean"]


def test_losing_fine_details_shows_in_the_fine_level(portraits):
    real, fake = halves(portraits(32), 200)
    before, after = score(real, fake), score(real, blurred(fake, 0.7))
    assert after["32"] > 2 * before["32"]
    assert after["16"] < 1.3 * before["16"]


def test_losing_coarse_shapes_shows_in_the_coarse_level(portraits):
    # Half of the contrast leaves room for what is taken away.
    real, fake = halves(portraits(32) // 2, 200)
    shapes = np.stack([plain.double(plain.halve(x)) for x in fake * 1.0])
    coarse = blurred(shapes.clip(0, 255).astype(np.uint8), 3)
    without = fake - 0.9 * coarse + 80
    before = score(real, fake)
    after = score(real, without.clip(0, 255).astype(np.uint8))
    assert after["16"] > 2 * before["16"]
    assert after["32"] < 1.3 * before["32"]


def test_brightness_and_contrast_of_a_set_are_normalised_away(portraits):
    real, fake = halves(portraits(32) // 4, 100)
    assert score(real, 3 * fake + 7) == pytest.approx(score(real, fake), 1e-4)


def test_images_without_any_variation_have_finite_scores(portraits):
    images = portraits(32)[:20]
    black, grey = np.zeros_like(images), np.full_like(images, 77)
    assert set(score(black, grey).values()) == {0}
    assert all(np.isfinite([*score(images, grey).values()]))


def test_results_tell_counts_seed_and_spread_over_directions(portraits):
    real, fake = halves(portraits(32), 30)
    metric = SlicedWasserstein(seed=5)
    metric.update_real(real)
    metric.update_fake(fake)
    result = metric.result()
    assert result["value"] == score(real, fake, seed=5)
    assert (result["count_real"], result["count_fake"]) == (30, 30)
    assert result["seed"] == 5
    distances = plain.sliced_distances(real, fake, seed=5)
    repeats = np.array([*distances.values()]).reshape(2, 4, 128).mean(2)
    spread = [*repeats.std(1, ddof=1), repeats.mean(0).std(ddof=1)]
    assert result["std_over_directions"] == pytest.approx(
        dict(zip(("32", "16", "mean"), spread, strict=True)), rel=1e-3
    )


def test_patches_keep_their_order_when_more_come_after_reading(portraits):
    class Backwards:
        def map(self, function, items):
            return [function(item) for item in [*items][::-1]]

    levels = portraits(16)[:80].astype(np.float32)
    sets = [LevelPatches(16, 3, np.random.default_rng(0)) for _ in range(2)]
    sets[0].append(levels)
    sets[1].append(levels[:40])
    sets[1].moments(Backwards())
    sets[1].append(levels[40:])
    np.testing.assert_array_equal(*(s.moments(Backwards()) for s in sets))


def test_patches_are_never_in_memory_all_at_once(portraits, monkeypatch):
    monkeypatch.setattr(module, "_PROJECTION_BYTES", 2**20)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)  # each takes some
    images = portraits(32)
    tracemalloc.start()
    metric = SlicedWasserstein()
    for start in range(0, 200, 50):
        metric.update_real(images[start : start + 50])
        metric.update_fake(images[start : start + 50])
    metric.result()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All patches of 2 sets and 2 levels would be 60 MB.
    assert peak < 20e6


def test_few_directions_at_a_time_give_the_same_scores(portraits, monkeypatch):
    real, fake = halves(portraits(32), 40)
    expected = score(real, fake)
    bytes_for_five = 5 * 2 * 4 * 40 * 128
    monkeypatch.setattr(module, "_PROJECTION_BYTES", bytes_for_five)
    assert score(real, fake) == pytest.approx(expected, rel=1e-5)


def test_temporary_files_go_with_the_metric(monkeypatch):
    files = []
    make = tempfile.TemporaryFile
    monkeypatch.setattr(
        tempfile, "TemporaryFile", lambda: files.append(make()) or files[-1]
    )
    images = np.zeros((2, 32, 32, 3), np.uint8)
    score(images, images)
    gc.collect()
    assert len(files) == 4
    assert all(file.closed for file in files)


def test_no_room_for_temporary_files_is_one_clear_sentence(monkeypatch):
    try:
        full = open("/dev/full", "r+b")  # noqa: SIM115
    except OSError:
        pytest.skip("no device that is always full")
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: full)
    images = np.zeros((2, 16, 16, 3), np.uint8)
    with pytest.raises(OSError, match="TMPDIR.* Received: folder="):
        score(images, images)


def picture(*shape, dtype=np.uint8):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (picture(2, 32, 32, 3, dtype=float), None, "pk.images.to_uint8"),
        (picture(32, 32, 3), None, "add the missing axes"),
        (picture(2, 3, 32, 32), None, "channels last"),
        (picture(2, 32, 32, 4), None, "on a background"),
        (picture(2, 8, 8, 3), None, "at least 16x16"),
        (picture(2, 32, 64, 3), None, "square"),
        (picture(2, 48, 48, 3), None, "power of two"),
        (picture(2, 32, 32, 3), picture(2, 16, 16, 3), "one size"),
        (picture(2, 32, 32, 3), picture(2, 32, 32, 1), "one size"),
        (picture(2, 32, 32, 3), picture(3, 32, 32, 3), "2 real, 3 fake"),
        (picture(0, 32, 32, 3), None, "0 real, 0 fake"),
    ],
)
def test_what_cannot_be_compared_is_refused(real, fake, message):
    with pytest.raises(ValueError, match=f"{message}.*") as raised:
        score(real, real if fake is None else fake)
    assert "Received: " in str(raised.value)


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_seeds_are_whole_numbers(seed):
    with pytest.raises(ValueError, match="Received: seed="):
        SlicedWasserstein(seed)


def test_without_images_there_is_no_result():
    with pytest.raises(ValueError, match="0 real, 0 fake"):
        SlicedWasserstein().result()
