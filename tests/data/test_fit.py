"""From a picture of any size and mode to a square uint8 array."""

import numpy as np
import pytest
from PIL import Image

from progan_keras.data.fit import SHAPES, Fit

# White in each of Pillow's modes that a file can have.
WHITE = {
    "1": 1,
    "CMYK": (0, 0, 0, 0),
    "HSV": (0, 0, 255),
    "I": 65535,
    "I;16": 65535,
    "I;16B": 65535,
    "L": 255,
    "LA": (255, 255),
    "LAB": (255, 128, 128),
    "P": 255,
    "PA": (255, 255),
    "RGB": (255, 255, 255),
    "RGBA": (255, 255, 255, 255),
    "RGBX": (255, 255, 255, 255),
    "YCbCr": (255, 128, 128),
}
RED, BLUE = (255, 0, 0), (0, 0, 255)


def plain(width, height, colour=RED, mode="RGB"):
    return Image.new(mode, (width, height), colour)


@pytest.mark.parametrize("shape", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("num_channels", [1, 3, 4])
@pytest.mark.parametrize("mode", WHITE)
def test_white_of_every_mode_is_white(mode, num_channels, shape):
    image = Image.new(mode, (7, 11), WHITE[mode])
    if mode in ("P", "PA"):
        image.putpalette(bytes(255 * 3) + b"\xff\xff\xff")
    result = Fit(4, num_channels, shape)(image)
    assert result.shape == (4, 4, num_channels)
    assert result.dtype == np.uint8
    least = 254 if mode == "LAB" else 255  # its conversion rounds
    assert (result[:, 1:3] >= least).all()


@pytest.mark.parametrize("shape", ["crop", "pad", "stretch"])
def test_floating_point_pixels_are_refused(shape):
    with pytest.raises(ValueError, match="floating-point"):
        Fit(4, 3, shape)(Image.new("F", (4, 4)))


@pytest.mark.parametrize("factor", [256, 257])
@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
def test_eight_bits_written_as_sixteen_come_back(dtype, factor):
    values = np.arange(256, dtype=dtype).reshape(16, 16)
    result = Fit(16, 1)(Image.fromarray(values * factor))
    np.testing.assert_array_equal(result[..., 0], values)


def test_sixteen_bits_of_either_byte_order_are_the_same(tmp_path):
    values = np.arange(0, 2**16, 2**8, dtype=">u2").reshape(16, 16)
    image = Image.frombytes("I;16B", (16, 16), values.tobytes())
    np.testing.assert_array_equal(Fit(16, 1)(image)[..., 0], values >> 8)


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_halving_is_the_mean_rounded_half_up(factor, noise):
    images = noise(16 * factor, 16 * factor, 3)
    means = images.reshape(16, factor, 16, factor, 3).mean((1, 3))
    result = Fit(16)(Image.fromarray(images))
    np.testing.assert_array_equal(result, np.floor(means + 0.5))


@pytest.mark.parametrize("factor", [3, 5, 7, 12, 23])
def test_whole_factors_are_the_mean_rounded_once(factor, noise):
    images = noise(16 * factor, 16 * factor, 3)
    means = images.reshape(16, factor, 16, factor, 3).mean((1, 3))
    # Pillow multiplies by a rounded 1 / n, so that the next above a half,
    # which is 5 / 9 for a factor of 3, may go down.
    error = np.abs(Fit(16)(Image.fromarray(images)) - means).max()
    assert error < 0.56


def test_pictures_of_the_right_size_are_kept_bit_by_bit(noise):
    for num_channels in (3, 4):
        images = noise(16, 16, num_channels)
        for shape in ("crop", "pad", "stretch"):
            result = Fit(16, num_channels, shape)(Image.fromarray(images))
            np.testing.assert_array_equal(result, images)


def test_the_largest_centred_square_is_cut(noise):
    images = noise(8, 21, 3)
    expected = images[:, 6:14]
    np.testing.assert_array_equal(Fit(8)(Image.fromarray(images)), expected)
    turned = Image.fromarray(images.swapaxes(0, 1))
    np.testing.assert_array_equal(Fit(8)(turned), expected.swapaxes(0, 1))


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ((64, 32), slice(4, 12), slice(0, 16)),
        ((32, 64), slice(0, 16), slice(4, 12)),
        ((10, 4), slice(5, 11), slice(0, 16)),
        ((32, 32), slice(0, 16), slice(0, 16)),
    ],
)
def test_padding_keeps_proportions_and_centres(size, rows, columns):
    result = Fit(16, shape="pad", background="blue")(plain(*size))
    expected = np.full((16, 16, 3), BLUE)
    expected[rows, columns] = RED
    np.testing.assert_array_equal(result, expected)


def test_padding_is_grey_or_transparent_where_the_result_is():
    grey = Fit(4, 1, "pad", background="red")(plain(4, 2, 255, "L"))
    assert grey[0, 0, 0] == 76  # what red is worth in grey
    assert grey[1, 0, 0] == 255
    clear = Fit(4, 4, "pad", background="red")(plain(4, 2))
    assert clear[0, 0].tolist() == [0, 0, 0, 0]
    assert clear[1, 0].tolist() == [255, 0, 0, 255]


def test_stretching_averages_each_side_by_its_own_factor(noise):
    images = noise(32, 80, 3)
    means = images.reshape(16, 2, 16, 5, 3).mean((1, 3))
    result = Fit(16, shape="stretch")(Image.fromarray(images))
    assert np.abs(result - means).max() < 0.56


def test_stretching_shrinks_one_side_and_enlarges_the_other(noise):
    rows = np.repeat(noise(64, 1), 3, axis=1)
    result = Fit(16, 1, "stretch")(Image.fromarray(rows))
    means = rows.reshape(16, 4, 3).mean((1, 2))
    assert np.abs(result[..., 0] - means[:, None]).max() <= 0.5


@pytest.mark.parametrize("side", [128, 64, 32])
def test_celeba_is_cut_as_the_papers_authors_did(side, noise):
    img = noise(218, 178, 3)
    cut = img[121 - 64 : 121 + 64, 89 - 64 : 89 + 64]
    factor = 128 // side
    means = cut.reshape(side, factor, side, factor, 3).mean((1, 3))
    result = Fit(side, shape="celeba_128")(Image.fromarray(img))
    np.testing.assert_array_equal(result, np.floor(means + 0.5))


def test_the_celeba_crop_refuses_other_sizes():
    with pytest.raises(ValueError, match="218x178, not 178x218 as the aligned"):
        Fit(64, shape="celeba_128")(plain(218, 178))


@pytest.mark.parametrize("shape", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1), (3, 5)])
def test_strips_and_dots_never_take_more_memory_than_the_ends(
    size, shape, monkeypatch
):
    pixels = []

    def watch(method):
        def watched(image, *args, **options):
            result = method(image, *args, **options)
            pixels.append(np.prod((result or image).size))
            return result

        return watched

    for name in ("crop", "reduce", "resize", "convert", "paste"):
        method = getattr(Image.Image, name)
        monkeypatch.setattr(Image.Image, name, watch(method))
    result = Fit(1024, shape=shape)(plain(*size))
    assert result.shape == (1024, 1024, 3)
    assert max(pixels) <= 1024 * 1024
    if shape != "pad":
        assert (result == RED).all()


def test_translucent_pixels_show_the_background_in_proportion():
    image = plain(4, 4, (255, 0, 0, 128), "RGBA")
    result = Fit(4, background="blue")(image)
    assert result[0, 0].tolist() == [128, 0, 127]
    assert Fit(4, 1, background="black")(image)[0, 0, 0] == 38
    assert Fit(4, 4, background="blue")(image)[0, 0].tolist() == [
        *RED,
        128,
    ]


@pytest.mark.parametrize("mode", ["L", "P", "RGB"])
def test_a_colour_that_stands_for_transparency_is_transparent(mode):
    colour = {"L": 7, "P": 7, "RGB": (7, 7, 7)}[mode]
    image = plain(4, 4, colour, mode)
    image.info["transparency"] = colour
    assert (Fit(4, background="blue")(image) == BLUE).all()
    assert (Fit(4, 4)(image)[..., 3] == 0).all()


def test_a_palette_may_hold_an_opacity_for_each_colour():
    image = plain(4, 4, 1, "P")
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.info["transparency"] = bytes([255, 128])
    assert Fit(4, background="blue")(image)[0, 0].tolist() == [128, 0, 127]
    assert Fit(4, 4)(image)[0, 0].tolist() == [255, 0, 0, 128]


def test_colours_hidden_under_transparency_do_not_bleed():
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, ::2] = (*RED, 255)
    pixels[:, 1::2] = (0, 255, 0, 0)
    result = Fit(4, 4)(Image.fromarray(pixels))
    assert (result == (*RED, 128)).all()


@pytest.mark.parametrize(
    ("name", "colour"),
    [("white", 255), ("#fff", 255), ("#030303", 3), ("hsl(0, 0%, 100%)", 255)],
)
def test_backgrounds_go_by_name_or_number(name, colour):
    result = Fit(4, background=name)(plain(4, 4, (0, 0, 0, 0), "RGBA"))
    assert (result == colour).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"resolution": 48}, "power of two.*=48"),
        ({"num_channels": 2}, "1 .grey., 3 .RGB.*=2"),
        ({"shape": "squeeze"}, "'celeba_128'. Received: fit='squeeze'"),
        ({"background": "no colour"}, "'no colour'"),
        ({"background": "#11223344"}, "background='#11223344'"),
        ({"background": "#12"}, "background='#12'"),
        ({"background": ""}, "background=''"),
        ({"background": None}, "background=None"),
        ({"background": (1, 2, 3)}, r"background=\(1, 2, 3\)"),
    ],
)
def test_what_is_not_understood_is_refused_before_any_picture(arguments, words):
    with pytest.raises(ValueError, match=words):
        Fit(**{"resolution": 8, **arguments})


def test_fits_compare_by_value():
    assert Fit(8) == Fit(8, 3, "crop", "white") != Fit(8, shape="pad")
    assert set(SHAPES) == {"crop", "pad", "stretch", "celeba_128"}
