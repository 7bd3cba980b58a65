"""MS-SSIM against its plain reference, and what is known of it."""

import numpy as np
import plain
import pytest

from progan_keras.data import load
from progan_keras.metrics import MSSSIM, ms_ssim, pictures


@pytest.fixture
def portraits():
    """The embedded images in random order: `portraits(resolution)`."""
    images = load("emoji_portraits")
    order = np.random.default_rng(0).permutation(len(images))
    return lambda resolution: np.asarray(images.at(resolution))[order]


def constant(value, side=32):
    return np.full((side, side, 1), value, np.uint8)


@pytest.mark.parametrize("num_channels", [1, 3])
@pytest.mark.parametrize("resolution", [16, 32, 64])
def test_values_are_those_of_the_plain_reference(
    portraits, resolution, num_channels
):
    images = portraits(resolution)[:8, ..., :num_channels]
    pairs = images.reshape(4, 2, *images.shape[1:])
    expected = [plain.ms_ssim(pair) for pair in pairs]
    assert np.ptp(expected) > 0.1
    assert [*map(ms_ssim, pairs)] == pytest.approx(expected, abs=1e-9)
    assert ms_ssim(images) == pytest.approx(np.mean(expected), abs=1e-9)


@pytest.mark.parametrize(("height", "width"), [(16, 40), (37, 17), (50, 29)])
def test_other_sides_are_those_of_the_plain_reference(portraits, height, width):
    images = portraits(64)[2:6, -height:, :width]
    expected = plain.ms_ssim(images)
    assert expected > 0.05
    assert ms_ssim(images) == pytest.approx(expected, abs=1e-9)


def test_equal_pairs_have_one(portraits):
    images = portraits(32)[:10].repeat(2, axis=0)
    assert ms_ssim(images) == pytest.approx(1, abs=1e-12)


def test_constant_images_compare_by_brightness_alone():
    # Variances are 0, so that contrast and structure are 1 at each scale and
    # what is left is the luminance of the last.
    images = np.stack([constant(50), constant(200)])
    c1 = (0.01 * 255) ** 2
    luminance = (2 * 50 * 200 + c1) / (50**2 + 200**2 + c1)
    assert ms_ssim(images) == pytest.approx(luminance**0.1333, abs=1e-12)


def test_opposite_structures_count_as_zero():
    stripes = constant(0)
    stripes[::2] = 255
    assert ms_ssim(np.stack([stripes, 255 - stripes])) == 0


def test_noise_makes_pairs_less_alike(portraits, random):
    images = portraits(32)[:40].repeat(2, axis=0)
    values = [1]
    for strength in (5, 20, 80):
        noise = random.normal(0, strength, images.shape)
        noisy = (images + noise).clip(0, 255).astype(np.uint8)
        values.append(ms_ssim(noisy))
    assert values == sorted(values, reverse=True)
    assert values[1] > 0.9 > 0.7 > values[-1]


def test_images_of_one_kind_are_more_alike_than_of_many(portraits):
    images = portraits(32)[:200]
    alike = np.concatenate([images[:1], images[:1]]).repeat(50, axis=0) // 2
    alike += images[:100] // 2
    assert ms_ssim(alike) > 1.5 * ms_ssim(images)


def test_a_pair_has_no_order(portraits):
    images = portraits(32)[:40]
    swapped = images.reshape(20, 2, 32, 32, 3)[:, ::-1].reshape(images.shape)
    assert ms_ssim(swapped) == pytest.approx(ms_ssim(images), abs=1e-12)


def test_values_do_not_depend_on_the_batches(portraits):
    images = portraits(32)[:151]
    expected = MSSSIM()
    expected.update(images)
    for size in (1, 2, 7, 64):
        metric = MSSSIM()
        for start in range(0, len(images), size):
            metric.update(images[start : start + size])
        assert metric.result() == expected.result()


def test_large_arrays_are_gone_through_in_batches(portraits, monkeypatch):
    images = portraits(32)[:36]
    expected = ms_ssim(images)
    monkeypatch.setattr(pictures, "_BATCH_BYTES", 7 * images[0].nbytes)
    assert ms_ssim(images) == expected


def test_of_an_odd_number_the_last_is_left_out_until_another_comes(portraits):
    images = portraits(32)[:6]
    assert ms_ssim(images[:5]) == ms_ssim(images[:4])
    metric = MSSSIM()
    metric.update(images[:5])
    assert metric.result()["num_pairs"] == 2
    metric.update(images[5:])
    assert metric.result()["value"] == ms_ssim(images)


def test_batches_may_be_overwritten_by_the_next(portraits):
    images = portraits(32)[:6]
    metric = MSSSIM()
    buffer = np.empty_like(images[:3])
    for batch in (images[:3], images[3:]):
        buffer[:] = batch
        metric.update(buffer)
    assert metric.result()["value"] == ms_ssim(images)


def test_the_error_is_that_of_a_mean_over_pairs(portraits):
    images = portraits(32)[:1000]
    metric = MSSSIM()
    metric.update(images)
    result = metric.result()
    assert result["value"] == ms_ssim(images)
    assert result["num_pairs"] == 500
    parts = [ms_ssim(part) for part in np.split(images, 20)]
    # Of 20 means of 25 pairs each.
    assert result["error"] == pytest.approx(np.std(parts) / 20**0.5, rel=0.4)


def test_a_single_pair_has_no_error(portraits):
    metric = MSSSIM()
    metric.update(portraits(32)[:2])
    assert metric.result()["error"] is None


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 32, 32, 3)), "pk.images.to_uint8"),
        (np.zeros((32, 32, 3), np.uint8), "add the missing axes"),
        (np.zeros((2, 32, 32, 4), np.uint8), "on a background"),
        (np.zeros((2, 32, 8, 3), np.uint8), "at least 16x16"),
        (np.zeros((1, 32, 32, 3), np.uint8), "at least 2"),
        (np.zeros((0, 32, 32, 3), np.uint8), "at least 2"),
    ],
)
def test_what_cannot_be_compared_is_refused(images, message):
    with pytest.raises(ValueError, match=message) as raised:
        ms_ssim(images)
    assert "Received: " in str(raised.value)


def test_images_of_another_size_are_refused(portraits):
    metric = MSSSIM()
    metric.update(portraits(32)[:3])
    with pytest.raises(ValueError, match="one size.* Received: images.shape"):
        metric.update(portraits(16)[:3])


def test_without_images_there_is_no_result():
    with pytest.raises(ValueError, match="at least 2. Received: 0"):
        MSSSIM().result()
