import numpy as np
import pytest
from PIL import Image

from progan_keras.data.fit import Fit
from progan_keras.data.inspection import inspect_source
from progan_keras.data.inspection.strips import choose_strips, legible
from progan_keras.data.inspection.survey import survey


def _sheet(source, **options):
    return inspect_source(source, **options).contact_sheet()


def _contains(sheet, tile):
    """Whether a picture holds another somewhere, pixel by pixel."""
    sheet, tile = np.asarray(sheet).astype(int), np.asarray(tile).astype(int)
    rows, columns = (
        large - small + 1
        for large, small in zip(sheet.shape[:2], tile.shape[:2], strict=True)
    )
    corner = sheet[:rows, :columns]
    places = np.argwhere((corner == tile[0, 0]).all(axis=-1))
    height, width = tile.shape[:2]
    return any(
        np.array_equal(sheet[y : y + height, x : x + width], tile)
        for y, x in places
    )


@pytest.mark.parametrize("shape", ["crop", "pad", "stretch"])
def test_examples_are_shown_as_they_are_trained_on(source_of, picture, shape):
    sheet = _sheet(
        source_of([picture(0, 90, 70)]),
        resolution=64,
        fit=shape,
        background="navy",
    )
    fitted = Fit(64, 3, shape, "navy")(picture(0, 90, 70))
    assert sheet.mode == "RGB"
    assert _contains(sheet, fitted)


def test_low_resolutions_show_their_pixels_as_squares(source_of, picture):
    sheet = _sheet(source_of([picture(0)]), resolution=16)
    fitted = Fit(16)(picture(0))
    assert _contains(sheet, fitted.repeat(4, axis=0).repeat(4, axis=1))


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (4, "RGBA")])
def test_grey_and_transparent_sets_have_a_sheet(
    source_of, picture, channels, mode
):
    image = picture(0, 64, 64).convert(mode)
    image.putpixel((0, 0), 0)
    sheet = _sheet(source_of([image], num_channels=channels))
    expected = Image.new("RGBA", image.size, "white")
    expected.alpha_composite(image.convert("RGBA"))
    assert _contains(sheet, expected.convert("RGB"))


def test_what_is_cut_away_is_pale(source_of):
    red = Image.new("RGB", (128, 64), "red")
    sheet = np.asarray(_sheet(source_of([red])))
    pale = (sheet == (255, 178, 178)).all(axis=-1)
    # Half of the picture, at the scale of a tile of 64: a quarter each side.
    assert pale.sum() == 2 * 16 * 32
    columns = np.flatnonzero(pale.any(axis=0))
    kept = sheet[np.flatnonzero(pale.any(axis=1))[0], columns[15] + 1]
    assert tuple(kept) == (255, 0, 0)


def test_nothing_is_pale_when_the_whole_picture_is_kept(source_of):
    red = Image.new("RGB", (128, 64), "red")
    sheet = np.asarray(_sheet(source_of([red]), fit="pad"))
    assert not (sheet == (255, 178, 178)).all(axis=-1).any()


def _strips(source, shape="crop"):
    report = inspect_source(source, fit=shape)
    return choose_strips(survey(source, shape), shape, report._classes)


def test_every_class_has_its_examples(source_of, picture):
    pictures = [picture(n, 20, 20) for n in range(60)]
    strips = _strips(source_of(pictures, labels=["a", "b", "b"] * 20))
    assert [strip.title for strip in strips] == ["a (20)", "b (40)"]
    assert strips[0].rows == list(range(0, 60, 3))
    assert all(row % 3 for row in strips[1].rows)


def test_examples_are_chosen_evenly_over_the_set(source_of, picture):
    pictures = [
        Image.new("RGB", (8, 8), (n % 256, n // 256, 0)) for n in range(960)
    ]
    (strip, *_) = _strips(source_of(pictures))
    assert len(strip.rows) == 96
    assert strip.rows[0] == 0
    assert strip.rows[-1] == 959
    assert set(np.diff(strip.rows)) <= {10, 11}


def test_classes_left_out_are_counted(source_of, picture):
    pictures = [picture(n, 20, 20) for n in range(30)]
    strips = _strips(source_of(pictures, labels=list(range(30))))
    assert [strip.title for strip in strips][11:] == [
        "11 (1)",
        "and 18 more classes",
    ]


def test_the_odd_ones_out_are_shown_with_figures(source_of, picture):
    sizes = [(60, 60), (90, 60), (60, 40), (60, 80)]
    pictures = [picture(n, *size) for n, size in enumerate(sizes)]
    _, changed, smallest = _strips(source_of(pictures))
    assert changed.whole
    assert changed.rows == [1, 2, 3]
    assert changed.captions == ["33 %", "33 %", "25 %"]
    assert smallest.rows == [2, 0, 1, 3]
    assert smallest.captions[0] == "60x40"


def test_duplicates_are_shown_in_pairs(source_of, picture):
    pictures = [None, *[picture(n % 2) for n in range(6)]]
    strips = _strips(source_of(pictures))
    assert strips[1].pairs
    assert strips[1].rows == [0, 2, 1, 3]
    assert strips[1].captions == ["1.png", "3.png", "2.png", "4.png"]


def test_a_sheet_is_the_same_each_time(source_of, picture):
    source = source_of([picture(n, 50 + n, 60) for n in range(30)])
    assert _sheet(source) == _sheet(source)


def test_names_in_any_script_are_drawn(source_of, picture):
    names = ["猫/猫.png", "قطط/\x07.png", f"é{'n' * 300}.png", "", "Ж.png"]
    source = source_of([picture(0)] * 5, ["猫", "ق", "Ж", "é", "é"], names)
    assert _sheet(source).mode == "RGB"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cats & dogs", "cats & dogs"),
        ("épée.png", "epee.png"),
        ("Łódź.png", "?odz.png"),
        ("猫猫", "class 3"),
        ("قطط", "class 3"),
        ("", ""),
    ],
)
def test_letters_that_the_font_lacks_are_replaced(text, expected):
    assert legible(text, "class 3") == expected


@pytest.mark.parametrize("pictures", [[], [None]])
def test_without_images_there_is_still_a_sheet(source_of, pictures):
    assert _sheet(source_of(pictures)).width > 100


def test_images_in_another_order_are_found_again(source_of, picture):
    class Shuffled(source_of):
        seed = 0

        def records(self):
            records = list(super().records())
            np.random.default_rng(self.seed).shuffle(records)
            self.seed += 1
            return records

    pictures = [picture(n, 64, 64) for n in range(200)]
    report = inspect_source(Shuffled(pictures), 64)
    assert report.contact_sheet() == report.contact_sheet()


@pytest.mark.parametrize("other", [None, Image.new("RGB", (64, 64))])
def test_images_that_have_changed_are_refused(source_of, picture, other):
    source = source_of([picture(0), picture(1)])
    report = inspect_source(source)
    source._pictures[1] = other
    with pytest.raises(ValueError, match="no longer those .* Received: a test"):
        report.contact_sheet()
