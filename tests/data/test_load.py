import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from progan_keras.data import load
from progan_keras.data.sources import array_source
from progan_keras.data.sources.folder_source import FolderSource


def snapshot(folder):
    """All files below a folder: name, content and modification time."""
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_importing_and_loading_needs_no_tensorflow(cache):
    code = (
        "import sys, progan_keras.data as d; d.load(resolution=4);"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_uint8_arrays_are_kept_as_they_are(noise):
    images = noise(5, 16, 16, 3)
    np.testing.assert_array_equal(load(images).at(16), images)


def test_float_arrays_map_minus_one_to_black_and_one_to_white():
    images = np.linspace(-1, 1, 256, dtype=np.float32).reshape(1, 16, 16, 1)
    expected = np.arange(256).reshape(1, 16, 16, 1)
    np.testing.assert_array_equal(load(images).at(16), expected)
    half = images.astype(np.float16)
    assert np.abs(load(half).at(16).astype(int) - expected).max() <= 1


def test_floats_that_look_like_zero_to_one_raise_a_warning():
    with pytest.warns(UserWarning, match="2 \\* images - 1"):
        load(np.full((2, 4, 4, 1), 0.5))


def test_grey_stacks_gain_a_channel_axis(noise):
    images = noise(5, 8, 8)
    np.testing.assert_array_equal(load(images).at(8)[..., 0], images)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_files_are_read_piece_by_piece(save, noise, tmp_path, monkeypatch):
    monkeypatch.setattr(array_source, "_SLICE_BYTES", 1)
    images = noise(50, 8, 8, 3)
    labels = noise(50)
    save(tmp_path / "a.npz", labels=labels, images=images, other=images)
    save(tmp_path / "b.npz", labels=labels, pixels=images)
    save(tmp_path / "c.npz", images=np.asfortranarray(images))
    for name in "abc":
        pyramid = load(tmp_path / f"{name}.npz")
        np.testing.assert_array_equal(pyramid.at(8), images)
        assert pyramid.name == name


def test_npy_files_work_by_path_or_string(noise, tmp_path):
    path = tmp_path / "faces of you.npy"
    np.save(path, noise(3, 8, 8, 1))
    assert load(path).name == "faces of you"
    assert load(str(path)).folder == load(path).folder


def test_folders_are_read_in_the_order_of_relative_paths(photos):
    pyramid = load(photos)
    expected = [
        np.asarray(Image.open(photos / name))
        for name in ("b c/a.png", "b c/é.PNG", "z.png")
    ]
    np.testing.assert_array_equal(pyramid.at(16), expected)
    assert pyramid.name == "my photös 2024"


def test_pictures_are_cropped_to_the_centre_and_averaged(noise):
    images = noise(2, 32, 50, 3)
    square = images[:, :, 9:41].reshape(2, 8, 4, 8, 4, 3)
    means = square.mean((2, 4))
    # Pillow's box filter rounds ties up, NumPy to even.
    assert np.abs(load(images, resolution=8).at(8) - means).max() <= 0.5


def test_a_third_is_averaged_as_well_as_a_half():
    ramp = np.broadcast_to(np.arange(0, 240, 10, dtype=np.uint8), (1, 24, 24))
    means = np.arange(0, 240, 10).reshape(8, 3).mean(1)
    np.testing.assert_array_equal(
        load(ramp, resolution=8).at(8)[0, 0, :, 0], means
    )


def test_smaller_images_are_enlarged_with_a_warning(photos, noise):
    Image.fromarray(noise(40, 40, 3)).save(photos / "large.png")
    with pytest.warns(UserWarning, match="3 of 4 images are smaller than 32"):
        assert load(photos, resolution=32).at(32).shape == (4, 32, 32, 3)


def test_exif_orientation_is_honoured(tmp_path):
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4] = 255  # bright on top
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    image = load(tmp_path).at(8)[0]
    assert (image[:, 4:] == 255).all() and (image[:, :4] == 0).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_on_white_unless_it_is_asked_for(tmp_path, mode):
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[:4, :, 3] = 255  # black on top, transparent below
    if mode == "P":
        image = Image.new("P", (8, 8), 0)
        image.putpalette([9, 9, 9, 0, 0, 0])
        image.paste(1, (0, 0, 8, 4))
        image.save(tmp_path / "a.png", transparency=0)
    else:
        Image.fromarray(rgba).convert(mode).save(tmp_path / "a.png")
    for num_channels in (1, 3):
        image = load(tmp_path, num_channels=num_channels).at(8)[0]
        assert (image[:4] == 0).all() and (image[4:] == 255).all()
    alpha = load(tmp_path, num_channels=4).at(8)[0, :, :, 3]
    assert (alpha[:4] == 255).all() and (alpha[4:] == 0).all()


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path):
    pixels = np.full((8, 8), 0x8000, np.uint16)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert (load(tmp_path).at(8) == 0x80).all()


@pytest.mark.parametrize(
    ("height", "expected"), [(7, 4), (8, 8), (100, 64), (300, 128)]
)
def test_the_default_resolution_needs_no_enlarging(height, expected, noise):
    assert load(noise(1, height, 320, 1)).resolution == expected


def test_a_second_load_decodes_nothing(photos, monkeypatch):
    first = load(photos)

    def fail(*_):
        raise AssertionError("decoded again")

    monkeypatch.setattr(FolderSource, "records", fail)
    assert load(photos).folder == first.folder


def test_a_changed_file_is_noticed(photos, noise):
    first = load(photos)
    Image.fromarray(noise(16, 16, 3)).save(photos / "z.png")
    os.utime(photos / "z.png", ns=(0, 0))
    assert load(photos).fingerprint != first.fingerprint


def test_changed_arrays_and_other_settings_are_kept_apart(noise):
    images = noise(4, 16, 16, 3)
    folders = {load(images).folder, load(images, resolution=8).folder}
    folders.add(load(images, num_channels=1).folder)
    images[3, 15, 15, 2] ^= 1
    folders.add(load(images).folder)
    assert len(folders) == 4


def test_what_is_loaded_is_only_read(photos, noise):
    before = snapshot(photos)
    load(photos, resolution=8)
    assert snapshot(photos) == before
    images = noise(2, 8, 8, 3)
    copy = images.copy()
    load(images, resolution=4)
    np.testing.assert_array_equal(images, copy)


def test_an_interrupted_preparation_is_done_again(photos, cache, monkeypatch):
    with monkeypatch.context() as patch:

        def interrupt(*_):
            raise KeyboardInterrupt

        patch.setattr("progan_keras.data.pyramid_writer.halve", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load(photos)
    assert not list(cache.iterdir())
    assert len(load(photos)) == 3


def test_a_killed_preparation_does_no_harm(photos, cache):
    code = (
        "import os, signal, sys\n"
        "from progan_keras.data import load, pyramid_writer\n"
        "kill = lambda _: os.kill(os.getpid(), signal.SIGTERM)\n"
        "pyramid_writer.halve = kill\n"
        "load(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, str(photos)], check=False)
    assert [path.suffix for path in cache.iterdir()] == [".partial"]
    pyramid = load(photos)
    assert list(cache.iterdir()) == [pyramid.folder]


def test_the_cache_follows_argument_then_environment_then_xdg(
    noise, tmp_path, cache, monkeypatch
):
    images = noise(1, 4, 4, 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert load(images, cache_dir=tmp_path / "my").folder.parent == (
        tmp_path / "my"
    )
    assert load(images).folder.parent == cache
    monkeypatch.delenv("PROGAN_KERAS_CACHE")
    assert load(images).folder.parent == tmp_path / "xdg" / "progan_keras"


def test_mirroring_is_off_for_ones_own_images_and_can_be_chosen(noise):
    images = noise(1, 4, 4, 1)
    assert load(images).mirror is False
    assert load(images, mirror=True).mirror is True
    assert load(images).mirror is False


def test_preparing_is_logged_once(noise, caplog):
    images = noise(3, 8, 8, 1)
    with caplog.at_level("INFO", "progan_keras"):
        load(images)
        load(images)
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("Preparing 3 images at 8x8, 0 MB, in ")
    assert "images/s" in second


def test_a_path_object_means_the_folder_not_the_embedded_set(
    photos, monkeypatch, tmp_path
):
    photos.rename(tmp_path / "emoji_portraits")
    monkeypatch.chdir(tmp_path)
    assert len(load(Path("emoji_portraits"))) == 3
