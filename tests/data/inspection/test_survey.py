import numpy as np
import pytest
from PIL import Image

from progan_keras.checks import RESOLUTIONS
from progan_keras.data.decode import decode_all
from progan_keras.data.fit import Fit
from progan_keras.data.inspection.survey import survey


def test_numbers_are_of_usable_images_in_order(source_of, picture):
    found = survey(source_of([None, picture(0, 20, 30), None, picture(1)]))
    assert found.count == 4
    assert found.names == ["1.png", "3.png"]
    assert found.indices.tolist() == [1, 3]
    assert found.sizes.tolist() == [[20, 30], [96, 96]]
    assert found.broken == [
        {"name": "0.png", "reason": "torn"},
        {"name": "2.png", "reason": "torn"},
    ]


def _as_is(image, encoded):
    return encoded(image, "PNG")


def _see_through(image, encoded):
    image.putalpha(image.convert("L"))
    return encoded(image, "PNG")


def _opaque(image, encoded):
    image.putalpha(255)
    return encoded(image, "PNG")


def _turned(image, encoded):
    exif = Image.Exif()
    exif[0x112] = 6
    return encoded(image, "JPEG", exif=exif)


def _upright(image, encoded):
    exif = Image.Exif()
    exif[0x112] = 1
    return encoded(image, "JPEG", exif=exif)


def _animated(image, encoded):
    frames = [image.rotate(90)]
    return encoded(image, "GIF", save_all=True, append_images=frames)


def _with_preview(image, encoded):
    frames = [image.reduce(4)]
    return encoded(image, "MPO", save_all=True, append_images=frames)


def _grey(image, encoded):
    return encoded(image.convert("L"), "JPEG")


def _grey_in_colour(image, encoded):
    return encoded(image.convert("L").convert("RGB"), "JPEG")


TRAITS = {
    _as_is: ("RGB", set()),
    _see_through: ("RGBA", {"transparent"}),
    _opaque: ("RGBA", set()),
    _turned: ("RGB", {"turned_upright"}),
    _upright: ("RGB", set()),
    _animated: ("P", {"several_frames"}),
    _with_preview: ("RGB", set()),
    _grey: ("L", {"grey"}),
    _grey_in_colour: ("RGB", {"grey", "grey_stored_as_colour"}),
}


@pytest.mark.parametrize("make", TRAITS, ids=lambda make: make.__name__[1:])
def test_traits_of_a_file_are_noticed(source_of, picture, encoded, make):
    mode, traits = TRAITS[make]
    found = survey(source_of([make(picture(3), encoded)]))
    assert found.modes == {mode: 1}
    assert set(found.traits) == traits


def test_formats_are_counted_where_there_are_files(source_of, picture, encoded):
    files = [encoded(picture(0), kind) for kind in ("PNG", "BMP", "PNG")]
    assert survey(source_of(files)).formats == {"PNG": 2, "BMP": 1}
    assert survey(source_of([picture(0)])).formats == {}


def test_sizes_are_those_of_upright_pictures(source_of, picture, encoded):
    found = survey(source_of([_turned(picture(0, 40, 20), encoded)]))
    assert found.sizes.tolist() == [[20, 40]]


def test_what_is_broken_is_what_preparing_finds_broken(
    source_of, picture, encoded
):
    gif = _animated(picture(0, 16, 16), encoded)
    png = _see_through(picture(0, 16, 16), encoded)
    floats = Image.fromarray(np.zeros((8, 8), np.float32))
    cut = [file[:n] for file in (gif, png) for n in range(0, len(file), 5)]
    source = source_of([*cut, floats])
    prepared = decode_all(source.records(), Fit(RESOLUTIONS[0]))
    broken = [
        {"name": record.name, "reason": reason}
        for record, _, reason in prepared
        if reason is not None
    ]
    found = survey(source)
    assert found.broken == broken
    assert 0 < len(broken) < found.count


def test_images_that_do_not_suit_the_fit_are_broken(source_of, picture):
    source = source_of([picture(0), picture(1, 178, 218)])
    found = survey(source, "celeba_128")
    assert found.names == ["1.png"]
    assert found.broken[0]["reason"].startswith("96x96, not 178x218")


@pytest.mark.parametrize(
    ("shape", "size", "share"),
    [
        ("crop", (100, 100), 0),
        ("crop", (100, 60), 0.4),
        ("pad", (60, 100), 0.4),
        ("stretch", (50, 100), 0.5),
        ("celeba_128", (178, 218), 1 - 128**2 / (178 * 218)),
    ],
)
def test_shares_say_how_much_a_fit_changes(
    source_of, picture, shape, size, share
):
    found = survey(source_of([picture(0, *size)]), shape)
    assert found.shares(shape) == pytest.approx([share])


def test_of_exact_duplicates_only_the_first_is_among_near_ones(
    source_of, picture
):
    brighter = picture(0).point(lambda v: min(255, v + 3))
    pictures = [picture(0), picture(1), picture(0), brighter]
    found = survey(source_of(pictures))
    assert [group.tolist() for group in found.exact] == [[0, 2]]
    assert [group.tolist() for group in found.near] == [[0, 3]]


@pytest.mark.parametrize("pictures", [[], [None, None]])
def test_without_usable_images_everything_is_empty(source_of, pictures):
    found = survey(source_of(pictures))
    assert found.count == len(found.broken) == len(pictures)
    assert found.sizes.shape == (0, 2)
    assert found.exact == found.near == []
    assert len(found.shares("crop")) == 0
