import json
import unicodedata

import numpy as np
import pytest
from PIL import Image

from progan_keras.data import load
from progan_keras.data.inspection import inspect, inspect_source


def _width(line):
    """Columns that a terminal needs."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)


@pytest.fixture
def mixed(source_of, picture):
    """Nine images, two broken ones among them, in two classes."""
    pictures = [picture(seed, 80, 64) for seed in range(5)]
    pictures += [None, picture(0, 80, 64), picture(9, 200, 100), None]
    labels = ["猫", *["dog"] * 5, *["猫"] * 3]
    return source_of(pictures, labels)


def test_the_facts_of_the_embedded_set():
    facts = inspect("emoji_portraits").facts
    assert facts["images"] == {"found": 2251, "usable": 2251, "broken": []}
    assert facts["labels"]["default_field"] == "category"
    fields = facts["labels"]["fields"]
    assert fields["category"] == {"face": 257, "person": 1994}
    assert set(fields) == {"category", "style", "subcategory"}
    assert facts["resolution"]["chosen"] == 64
    assert facts["duplicates"]["exact"] == []
    assert facts["fit"]["worst"]["share"] == 0


def test_facts_of_images_are_counted_without_broken_ones(mixed):
    facts = inspect_source(mixed).facts
    assert facts["images"]["found"] == 9
    assert facts["images"]["usable"] == 7
    assert facts["sizes"]["width"] == {
        "smallest": 80,
        "median": 80,
        "largest": 200,
    }
    assert facts["sizes"]["most_frequent"] == [
        {"width": 80, "height": 64, "images": 6},
        {"width": 200, "height": 100, "images": 1},
    ]
    assert facts["labels"]["fields"]["kind"] == {"dog": 4, "猫": 3}
    assert facts["duplicates"]["distinct"] == 6
    assert facts["fit"]["worst"] == {"name": "7.png", "share": 0.5}
    assert facts["fit"]["over_a_third"] == 1
    assert facts["fit"]["mean"] == pytest.approx((6 * 0.2 + 0.5) / 7, abs=1e-4)


def test_duplicates_in_several_classes_are_told(source_of, picture):
    pictures = [picture(n % 3) for n in range(6)]
    report = inspect_source(source_of(pictures, list("aabbab")))
    assert report.facts["duplicates"]["in_several_classes"] == [
        ["0.png", "3.png"]
    ]
    assert "in several classes: 1" in str(report)


def test_json_holds_the_facts_in_ascii(mixed):
    report = inspect_source(mixed)
    assert report.to_json().isascii()
    assert json.loads(report.to_json()) == report.facts


def test_the_disk_space_is_that_of_the_prepared_set(tmp_path, noise):
    images = noise(20, 32, 32, 3)
    facts = inspect(images, resolution=16).facts
    folder = load(images, resolution=16).folder
    pixels = sum(np.load(file).nbytes for file in folder.glob("*[0-9].npy"))
    assert facts["cache_bytes"] == pixels


@pytest.mark.parametrize(
    ("sides", "asked", "expected"),
    [
        ([70, 300], None, (64, 64, 64, 0)),
        ([300, 300], None, (256, 256, 128, 0)),
        ([70, 300], 128, (64, 64, 128, 1)),
        ([33] + [70] * 30, None, (32, 64, 32, 0)),
        ([3] + [70] * 30, None, (None, 64, 64, 1)),
        ([3, 3], None, (None, None, 4, 2)),
    ],
)
def test_the_resolution_is_what_the_images_support(
    source_of, picture, sides, asked, expected
):
    source = source_of([picture(n, s, 300) for n, s in enumerate(sides)])
    facts = inspect_source(source, asked).facts["resolution"]
    keys = ("supported", "supported_by_most", "chosen", "enlarged")
    assert tuple(facts[key] for key in keys) == expected
    assert facts["asked"] == (asked is not None)


def test_a_source_that_shows_no_more_limits_the_default(source_of, picture):
    source = source_of([picture(0, 200, 200)])
    source.max_resolution = 16
    assert inspect_source(source).facts["resolution"]["chosen"] == 16


def test_the_report_fits_80_columns(mixed, source_of, picture):
    long = [f"文件夹/{'很长的名字' * n}/a folder.png" for n in range(1, 7)]
    names = source_of([None, *[picture(0)] * 5], names=long)
    for source in (mixed, names):
        for line in str(inspect_source(source)).splitlines():
            assert _width(line) <= 80


def test_the_report_names_ten_broken_images_and_counts_the_rest(
    source_of, picture
):
    text = str(inspect_source(source_of([picture(0), *[None] * 13])))
    assert "10.png: torn" in text
    assert "11.png" not in text
    assert "and 3 more (see --json)" in text


def test_the_report_says_how_many_groups_and_classes_it_leaves_out(
    source_of, picture
):
    pictures = [picture(n // 2) for n in range(44)]
    labels = [f"class {n // 2:02}" for n in range(44)]
    text = str(inspect_source(source_of(pictures, labels)))
    assert "- 8.png, 9.png" in text
    assert "10.png" not in text
    assert "and 17 more groups (see --json)" in text
    assert "class 19" in text
    assert "class 20" not in text.partition("Duplicates")[0]
    assert "and 2 more (see --json)" in text


def test_labels_that_make_no_classes_are_told_and_stop_nothing(
    source_of, picture
):
    source = source_of([picture(0), picture(1)], labels=["a", "b", "c"])
    report = inspect_source(source)
    assert (
        "one label for each image" in report.facts["labels"]["unusable"]["kind"]
    )
    assert "one label for each image" in str(report)
    assert report.contact_sheet()


def test_labels_that_come_with_the_images_leave_out_broken_ones(
    source_of, picture
):
    class Stream(source_of):
        labels_come_with_images = True

        def records(self):
            for number, record in enumerate(super().records()):
                record.labels["kind"] = number % 2
                yield record

        def class_names(self, field):
            return ["even", "odd"]

    source = Stream([picture(0), None, picture(1), picture(2)], labels=())
    facts = inspect_source(source).facts
    assert facts["labels"]["fields"]["kind"] == {"even": 2, "odd": 1}


@pytest.mark.parametrize("pictures", [[], [None], [None] * 20])
def test_without_a_usable_image_the_report_says_so(source_of, pictures):
    report = inspect_source(source_of(pictures, labels=["a"] * len(pictures)))
    assert report.facts["sizes"] is None
    assert report.facts["cache_bytes"] == 0
    assert report.facts["labels"]["fields"] == {}
    assert "no image that can be used" in str(report)
    json.loads(report.to_json())


def test_one_image_of_one_class_is_enough_for_a_report(source_of, picture):
    report = inspect_source(source_of([picture(0)], labels=["only"]))
    assert report.facts["labels"]["fields"]["kind"] == {"only": 1}
    assert "1 different image: fewer than a batch" in str(report)


def test_a_folder_is_only_read(photos, cache):
    (photos / "torn.png").write_bytes(b"")
    before = {p: p.stat() for p in photos.rglob("*")}
    facts = inspect(photos).facts
    assert facts["images"]["broken"] == [
        {"name": "torn.png", "reason": "the file is empty"}
    ]
    assert {p: p.stat() for p in photos.rglob("*")} == before
    assert not cache.exists()


def test_a_wrong_argument_is_told_before_anything_is_read(tmp_path):
    for wrong in ({"resolution": 7}, {"fit": "cut"}, {"background": "sky"}):
        with pytest.raises(ValueError, match="Received"):
            inspect(tmp_path / "nothing here", **wrong)


def test_files_are_counted_by_format_and_mode(tmp_path, picture):
    picture(0).save(tmp_path / "a.jpg")
    picture(1).convert("CMYK").save(tmp_path / "b.jpg")
    Image.fromarray(np.full((32, 32), 40000, np.uint16)).save(
        tmp_path / "c.png"
    )
    files = inspect(tmp_path).facts["files"]
    assert files["formats"] == {"JPEG": 2, "PNG": 1}
    assert files["modes"] == {"RGB": 1, "CMYK": 1, "I;16": 1}
    assert files["grey"] == 1
    assert files["grey_stored_as_colour"] == 0
