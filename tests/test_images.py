"""Pictures of arrays: the right bytes, in the right place, safely on disk."""

import errno
import os

import numpy as np
import pytest
from PIL import Image

from progan_keras.images import (
    image_grid,
    save_image,
    to_uint8,
    upscale_nearest,
)


def numbered(count, height=2, width=3, channels=3):
    """Return uint8 images, the i-th of which is all i."""
    values = np.arange(count, dtype=np.uint8)[:, None, None, None]
    return np.tile(values, (1, height, width, channels))


def test_minus_one_is_black_one_is_white_and_zero_the_middle():
    values = np.array([-1, 0, 1], np.float32).reshape(1, 3, 1)
    assert to_uint8(values).ravel().tolist() == [0, 128, 255]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_byte_survives_the_way_to_floats_and_back(dtype):
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    floats = levels.astype(dtype) / 127.5 - 1
    np.testing.assert_array_equal(to_uint8(floats), levels)


def test_values_are_rounded_not_cut_off():
    almost_hundred = np.full((1, 1, 1), 99.9 / 127.5 - 1)
    assert to_uint8(almost_hundred).item() == 100


def test_values_out_of_range_are_clipped_and_do_not_wrap_around():
    values = np.array([-3.0, 3.0, np.inf]).reshape(1, 3, 1)
    assert to_uint8(values).ravel().tolist() == [0, 255, 255]


def test_half_precision_is_computed_in_single_precision():
    floats = np.linspace(-1, 1, 999, dtype=np.float16).reshape(1, -1, 1)
    expected = to_uint8(floats.astype(np.float32))
    np.testing.assert_array_equal(to_uint8(floats), expected)


def test_bfloat16_images_are_floats_too():
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    values = np.array([-1, 1], np.float32).reshape(1, 2, 1).astype(bfloat16)
    assert to_uint8(values).ravel().tolist() == [0, 255]


def test_bytes_pass_through_unchanged():
    images = numbered(5)
    assert to_uint8(images) is images


def test_nan_is_refused():
    images = np.zeros((2, 4, 4, 3))
    images[1, 2, 3, 0] = np.nan
    with pytest.raises(ValueError, match="NaN.*Received: 1 NaN of 96 values"):
        to_uint8(images)


def test_integers_other_than_bytes_are_refused():
    with pytest.raises(ValueError, match=r"\[-1, 1\].*Received: .*int64"):
        to_uint8(np.zeros((4, 4, 3), np.int64))


def test_grid_runs_left_to_right_then_down():
    grid = np.asarray(image_grid(numbered(6), columns=3))
    assert grid.shape == (4, 9, 3)
    assert grid[0, ::3, 0].tolist() == [0, 1, 2]
    assert grid[2, ::3, 0].tolist() == [3, 4, 5]


@pytest.mark.parametrize(
    ("count", "columns", "rows"),
    [(1, 1, 1), (2, 2, 1), (5, 3, 2), (7, 3, 3), (16, 4, 4), (17, 5, 4)],
)
def test_default_grid_is_about_square_and_holds_all(count, columns, rows):
    images = numbered(count, height=1, width=1)
    grid = image_grid(images)
    assert grid.size == (columns, rows)
    assert np.asarray(grid)[..., 0].ravel()[:count].tolist() == list(
        range(count)
    )


def test_empty_cells_of_the_last_row_are_background():
    grid = np.asarray(image_grid(numbered(3), columns=2, background=77))
    np.testing.assert_array_equal(grid[2:, 3:], 77)
    np.testing.assert_array_equal(grid[2:, :3], 2)


def test_padding_surrounds_every_image():
    images = np.zeros((4, 2, 2, 3), np.uint8)
    grid = np.asarray(image_grid(images, padding=1, background=(1, 2, 3)))
    assert grid.shape == (7, 7, 3)
    for line in (0, 3, 6):
        assert (grid[line] == (1, 2, 3)).all()
        assert (grid[:, line] == (1, 2, 3)).all()
    assert grid.any(axis=-1).sum() == 49 - 4 * 4


def test_scale_turns_pixels_into_squares_and_leaves_padding_alone():
    image = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
    grid = np.asarray(image_grid(image, scale=3, padding=1))
    assert grid.shape == (8, 8)
    expected = np.kron(image[0, ..., 0], np.ones((3, 3), np.uint8))
    np.testing.assert_array_equal(grid[1:-1, 1:-1], expected)


@pytest.mark.parametrize(
    ("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")]
)
def test_channels_choose_the_mode(channels, mode):
    assert image_grid(numbered(2, channels=channels)).mode == mode


def test_grid_of_floats_is_the_grid_of_their_bytes():
    floats = np.random.default_rng(0).uniform(-1.5, 1.5, (5, 4, 4, 3))
    assert image_grid(floats) == image_grid(to_uint8(floats))


@pytest.mark.parametrize("shape", [(4, 4, 3), (1, 4, 4, 2), (0, 4, 4, 3)])
def test_grid_refuses_what_is_not_a_batch_of_pictures(shape):
    with pytest.raises(ValueError, match=r"Received: images\.shape="):
        image_grid(np.zeros(shape, np.uint8))


@pytest.mark.parametrize(
    "option",
    [
        {"columns": 0},
        {"scale": 1.5},
        {"padding": -1},
        {"background": 300},
        {"background": (1, 2)},
    ],
    ids=str,
)
def test_grid_refuses_options_out_of_range(option):
    (name,) = option
    with pytest.raises(ValueError, match=f"Received: {name}="):
        image_grid(numbered(2), **option)


# -------------------------------------------------------------- row names


@pytest.mark.parametrize("scale", [1, 4])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_names_are_written_to_the_left_of_their_rows(channels, scale):
    images = np.random.default_rng(0).integers(
        0, 255, (6, 32, 32, channels), np.uint8
    )
    options = {"columns": 2, "scale": scale, "padding": 3}
    plain = np.asarray(image_grid(images, **options))
    named = image_grid(images, row_names=["a", "wide name", ""], **options)
    assert named.mode == image_grid(images, **options).mode
    named = np.asarray(named)
    width = named.shape[1] - plain.shape[1]
    np.testing.assert_array_equal(named[:, width:], plain)
    margin = named[:, :width].reshape(*named.shape[:1], width, -1)[..., 0]
    step = 32 * scale + 3
    for row, written in enumerate((True, True, False)):
        ink = margin[3 + row * step :][: 32 * scale] < 128
        assert ink.any() == written
        if written:
            # About the middle of the row, and not cut off.
            lines = np.flatnonzero(ink.any(axis=1))
            assert abs(lines.mean() - 16 * scale) < 5
            assert not ink[:, :2].any() and not ink[:, -2:].any()
    assert (margin[:3] == 255).all()


def test_the_margin_is_as_wide_as_the_longest_name():
    images = numbered(2, height=16, width=16)
    widths = [
        image_grid(images, columns=1, row_names=["a", name]).width
        for name in ("a", "a longer name", "a name that is longer still")
    ]
    assert widths == sorted(set(widths))


def test_names_may_be_numbers():
    images = numbered(2, height=16, width=16)
    numbers = image_grid(images, columns=1, row_names=range(2))
    assert numbers == image_grid(images, columns=1, row_names=["0", "1"])


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b", "c"]])
def test_another_number_of_names_is_refused(names):
    with pytest.raises(ValueError, match="has 2 rows.*row_names=") as error:
        image_grid(numbered(6), columns=3, row_names=names)
    assert str(error.value).endswith(f"row_names={names}")


def test_upscaling_repeats_pixels_and_keeps_the_type():
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 3))
    large = upscale_nearest(images.astype(np.float32), 12)
    assert large.dtype == np.float32
    assert large.shape == (2, 12, 12, 3)
    for down in range(3):
        for right in range(3):
            np.testing.assert_array_equal(
                large[:, down::3, right::3], images.astype(np.float32)
            )


@pytest.mark.parametrize("resolution", [6, 2, 0, 8.0])
def test_upscaling_refuses_what_is_no_multiple(resolution):
    with pytest.raises(ValueError, match=f"resolution={resolution}"):
        upscale_nearest(np.zeros((1, 4, 4, 3)), resolution)


def test_upscaling_refuses_images_that_are_not_square():
    with pytest.raises(ValueError, match="square"):
        upscale_nearest(np.zeros((1, 4, 6, 3)), 12)


def test_saved_picture_is_read_back_and_no_other_file_is_left(tmp_path):
    picture = image_grid(numbered(4))
    path = save_image(picture, tmp_path / "new" / "folder" / "grid.png")
    np.testing.assert_array_equal(Image.open(path), picture)
    assert os.listdir(path.parent) == ["grid.png"]


def test_suffix_chooses_the_format(tmp_path):
    save_image(image_grid(numbered(4)), tmp_path / "grid.JPG")
    assert Image.open(tmp_path / "grid.JPG").format == "JPEG"


@pytest.mark.parametrize("name", ["grid", "grid.mp4"])
def test_unknown_format_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=rf"suffix.*Received: .*{name}'$"):
        save_image(image_grid(numbered(4)), tmp_path / name)


def test_format_without_transparency_is_refused(tmp_path):
    picture = image_grid(numbered(4, channels=4))
    with pytest.raises(ValueError, match=r"\.png.*image\.mode='RGBA'"):
        save_image(picture, tmp_path / "grid.jpg")
    assert not list(tmp_path.iterdir())


def test_failed_write_keeps_the_old_picture_and_its_error(
    tmp_path, monkeypatch
):
    path = tmp_path / "grid.png"
    old = image_grid(numbered(1))
    save_image(old, path)

    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError) as caught:
        save_image(image_grid(numbered(4)), path)
    assert str(caught.value).startswith(
        f"Cannot write {path} (Permission denied): make room"
    )
    assert caught.value.errno == errno.EACCES
    np.testing.assert_array_equal(Image.open(path), old)
    assert os.listdir(tmp_path) == ["grid.png"]


def test_folder_in_the_place_of_the_file_is_named_in_the_error(tmp_path):
    (tmp_path / "grid.png").mkdir()
    with pytest.raises(OSError, match="Cannot write .*grid.png"):
        save_image(image_grid(numbered(1)), tmp_path / "grid.png")
    assert os.listdir(tmp_path) == ["grid.png"]


def test_file_in_the_place_of_a_folder_is_named_in_the_error(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "below" / "grid.png"
    with pytest.raises(OSError, match="Cannot write .*grid.png"):
        save_image(image_grid(numbered(1)), path)
