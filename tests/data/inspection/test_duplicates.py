import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from progan_keras.data.fit import Fit
from progan_keras.data.inspection.duplicates import (
    exact_duplicates,
    near_duplicates,
    pixel_digest,
)


def _groups(pictures):
    """The near groups of pictures, as lists."""
    reduce = Fit(8, 3, "stretch")
    found = near_duplicates(np.stack([reduce(image) for image in pictures]))
    return [group.tolist() for group in found]


def _again_as_jpeg(image):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60)
    return Image.open(file)


COPIES = {
    "jpeg of quality 60": _again_as_jpeg,
    "80 % of the size": lambda image: ImageOps.scale(image, 0.8),
    "5 % brighter": lambda image: image.point(lambda v: min(255, v * 1.05)),
    "half the size": lambda image: image.reduce(2),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_copy_is_near_and_other_images_are_not(picture, copy):
    originals = [picture(seed) for seed in range(20)]
    copies = [copy(image) for image in originals]
    assert _groups(originals + copies) == [[n, n + 20] for n in range(20)]


def test_a_mirrored_image_is_no_duplicate(picture):
    assert _groups([picture(0), ImageOps.mirror(picture(0))]) == []


def test_flat_images_are_near_only_in_the_same_colour():
    colours = ["white", "#fefefe", "#f0f0f0", "black", "red", "#ff0001"]
    flat = [Image.new("RGB", (20, 20), colour) for colour in colours]
    assert _groups(flat) == [[0, 1], [4, 5]]


def test_thin_drawings_on_white_are_not_near_for_their_paper():
    drawings = []
    for start in range(8, 120, 16):
        image = Image.new("RGB", (128, 128), "white")
        ImageDraw.Draw(image).line((start, 10, 128 - start, 118), "black")
        drawings.append(image)
    assert _groups(drawings) == []


@pytest.mark.parametrize("num_scenes", [3, 150])
def test_groups_are_what_comparing_all_with_all_finds(num_scenes):
    # More than are compared one by one, so that they have to be divided; each
    # scene at brightnesses and tints of which only neighbours are near.
    generator = np.random.default_rng(0)
    scenes = generator.integers(0, 180, (num_scenes, 8, 8, 3))
    images = scenes[generator.integers(0, num_scenes, 900)]
    images = images + generator.integers(0, 60, (900, 1, 1, 1))
    images = images + generator.integers(0, 12, (900, 1, 1, 3))
    expected, free = [], np.ones(900, bool)
    for first in range(900):
        distances = np.abs(images[first] - images).max(axis=(1, 2, 3))
        group = np.flatnonzero((distances <= 16) & free)
        if free[first]:
            free[group] = False
            expected += [group.tolist()] * (len(group) > 1)
    found = near_duplicates(images.astype(np.uint8))
    assert len(expected) > 10
    assert [group.tolist() for group in found] == expected


def test_many_copies_of_one_image_are_one_group():
    generator = np.random.default_rng(0)
    images = generator.integers(100, 103, (5000, 8, 8, 3), dtype=np.uint8)
    (group,) = near_duplicates(images)
    assert group.tolist() == list(range(5000))


def test_no_and_one_image_have_no_duplicates():
    for count in (0, 1):
        images = np.zeros((count, 8, 8, 3), np.uint8)
        assert near_duplicates(images) == []
        assert exact_duplicates(np.zeros(count, np.uint64)) == []


def test_exact_groups_come_in_order_of_their_first_image():
    digests = np.array([7, 3, 9, 3, 7, 1, 7], np.uint64)
    groups = [group.tolist() for group in exact_duplicates(digests)]
    assert groups == [[0, 4, 6], [1, 3]]


def test_a_digest_is_of_the_pixels_whatever_their_mode(picture):
    grey = picture(0).convert("L")
    few = picture(0).quantize(16)
    opaque = picture(0).copy()
    opaque.putalpha(255)
    assert pixel_digest(grey) == pixel_digest(grey.convert("RGB"))
    assert pixel_digest(few) == pixel_digest(few.convert("RGB"))
    assert pixel_digest(opaque) == pixel_digest(picture(0))


def test_a_digest_changes_with_a_pixel_the_shape_and_transparency(picture):
    image = picture(0)
    changed, clear = image.copy(), image.copy()
    changed.putpixel((5, 5), (1, 2, 3))
    clear.putalpha(254)
    turned = Image.new("RGB", (8, 2)), Image.new("RGB", (2, 8))
    digests = {pixel_digest(each) for each in (image, changed, clear, *turned)}
    assert len(digests) == 5


def test_a_digest_tells_16_bit_pixels_apart():
    bright = (np.full((4, 4), value, np.uint16) for value in (40000, 50000))
    first, second = map(Image.fromarray, bright)
    assert pixel_digest(first) != pixel_digest(second)
