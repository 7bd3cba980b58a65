"""Pictures cut out of grids, and laid out anew."""

import numpy as np
import pytest
from figures.made_runs import add_grids, make_run
from PIL import Image

from progan_keras.figures.grids import COLUMNS, read_grid
from progan_keras.figures.picture_table import PictureTable, shrink
from progan_keras.images import image_grid
from progan_keras.training import callbacks


def test_grids_have_as_many_columns_as_training_writes():
    assert COLUMNS == callbacks.COLUMNS


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("names", [None, ["x", "a longer name"]])
def test_pictures_come_out_as_they_went_in(channels, names, tmp_path):
    pictures = np.random.default_rng(0).integers(
        0, 256, (20, 8, 8, channels), np.uint8
    )
    image_grid(pictures, COLUMNS, row_names=names).save(tmp_path / "grid.png")
    found = read_grid(tmp_path / "grid.png", 8)
    assert found.shape == (2, 10, 8, 8, channels)
    np.testing.assert_array_equal(found.reshape(pictures.shape), pictures)


def test_damaged_and_foreign_grids_are_named(tmp_path):
    run = add_grids(make_run(tmp_path), [1])
    path = run.grid_path(1)
    with pytest.raises(ValueError, match="10 pictures of 32x32.*160x96"):
        read_grid(path, 32)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="delete the file.*fakes-000001"):
        read_grid(path, 16)
    Image.new("L", (7, 7)).save(path)
    with pytest.raises(ValueError, match="Received: one of 7x7"):
        read_grid(path, 16)


def test_what_is_transparent_is_white_on_the_page():
    pictures = np.zeros((1, 2, 4, 4, 4), np.uint8)
    pictures[0, 1] = (200, 0, 0, 51)  # a fifth of it
    table = PictureTable(pictures)
    assert table.pixels.shape == (4, 9, 3)
    assert (table.pixels[:, :5] == 255).all()
    assert table.pixels[0, 8].tolist() == [244, 204, 204]


def test_middles_are_those_of_the_pictures():
    pictures = np.zeros((3, 2, 32, 32, 1), np.uint8)
    table = PictureTable(pictures)
    assert table.pixels.shape == (3 * 34 - 2, 2 * 34 - 2, 3)
    assert table.row_middles.tolist() == [15.5, 49.5, 83.5]
    assert table.column_middles.tolist() == [15.5, 49.5]
    black = (table.pixels == 0).all(axis=2)
    assert black.sum() == 6 * 32 * 32


def test_large_pictures_are_averaged_small():
    pictures = np.arange(64, dtype=np.uint8).reshape(1, 8, 8, 1)
    small = shrink(pictures, 4)
    assert small.shape == (1, 4, 4, 1)
    assert small[0, 0, 0, 0] == round(np.mean([0, 1, 8, 9]))
    assert shrink(pictures, 3).shape == (1, 2, 2, 1)
    assert shrink(pictures, 8) is pictures
