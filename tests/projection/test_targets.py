"""Pictures to project: made to fit, or refused with both sizes."""

import numpy as np
import pytest
from PIL import Image

from progan_keras.projection.targets import read_targets


def pixels(height, width, channels=3, seed=0):
    numbers = np.random.default_rng(seed)
    return numbers.integers(0, 256, (height, width, channels), np.uint8)


def saved(folder, array, name="a.png"):
    array = array[..., 0] if array.shape[-1] == 1 else array
    Image.fromarray(array).save(folder / name)
    return folder / name


def test_files_and_arrays_of_the_right_size_come_through_unchanged(tmp_path):
    one, two = pixels(8, 8), pixels(8, 8, seed=1)
    path = saved(tmp_path, two)
    for given, expected in (
        (one, [one]),
        (np.stack([one, two]), [one, two]),
        (path, [two]),
        (str(path), [two]),
        ([one, path], [one, two]),
    ):
        targets = read_targets(given, 8, 3)
        assert targets.dtype == np.uint8
        np.testing.assert_array_equal(targets, expected)


def test_grey_becomes_colour_and_opaque_becomes_rgba_without_loss(tmp_path):
    grey, colour = pixels(8, 8, 1), pixels(8, 8, 3)
    targets = read_targets([grey, saved(tmp_path, grey)], 8, 3)
    np.testing.assert_array_equal(targets, np.stack([grey] * 2).repeat(3, -1))
    np.testing.assert_array_equal(
        read_targets(colour, 8, 4)[0],
        np.dstack([colour, np.full((8, 8), 255)]),
    )


def test_another_size_is_refused_with_both_sizes_and_what_to_do(tmp_path):
    path = saved(tmp_path, pixels(16, 12))
    for given in (path, pixels(16, 12)):
        with pytest.raises(ValueError) as error:
            read_targets(given, 8, 3)
        for words in ("8x8", "12x16", "--fit", "crop, pad or stretch"):
            assert words in str(error.value)
    with pytest.raises(ValueError, match="a.png"):
        read_targets(path, 8, 3)


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_fit_makes_any_picture_the_generators(fit):
    picture = np.zeros((16, 32, 4), np.uint8)
    picture[:, :, 3] = 255
    (target,) = read_targets(picture, 8, 3, fit)
    assert target.shape == (8, 8, 3)
    assert target[0].max() == (255 if fit == "pad" else 0)  # on white


@pytest.mark.parametrize(
    ("own", "wanted", "words"),
    [
        (3, 1, ["grey pictures", "in RGB"]),
        (4, 3, ["RGB pictures", "in RGBA"]),
        (4, 1, ["grey pictures", "in RGBA"]),
    ],
)
def test_channels_that_would_be_lost_are_refused_without_fit(
    own, wanted, words
):
    with pytest.raises(ValueError) as error:
        read_targets(pixels(8, 8, own), 8, wanted)
    for word in words:
        assert word in str(error.value)
    assert read_targets(pixels(8, 8, own), 8, wanted, "crop").shape[3] == wanted


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros((8, 8, 3)), "to_uint8"),
        (np.zeros((8, 8), np.uint8), "shape"),
        (np.zeros((1, 8, 8, 2), np.uint8), "1, 3 or 4 channels"),
        (np.zeros((1, 0, 8, 3), np.uint8), "shape"),
        ([], "at least one picture"),
        ("missing.png", "'missing.png'"),
    ],
)
def test_what_is_no_picture_is_refused(given, words):
    with pytest.raises((ValueError, OSError), match=words):
        read_targets(given, 8, 3)


def test_a_file_that_is_no_picture_is_refused_by_name(tmp_path):
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(ValueError, match="not an image.*notes.png"):
        read_targets(tmp_path / "notes.png", 8, 3)
    with pytest.raises(FileNotFoundError):
        read_targets(tmp_path, 8, 3)


def test_an_unknown_fit_is_refused():
    with pytest.raises(ValueError, match="fit='zoom'"):
        read_targets(pixels(8, 8), 8, 3, "zoom")
