import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from progan_keras.data import build_emoji_portraits as script
from progan_keras.data.emoji_portraits import cut_tiles


def encode(pixels, kind):
    stream = io.BytesIO()
    options = {"lossless": True, "exact": True} if kind == "webp" else {}
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def write_package(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def entry(code, subcategory, **more):
    return {
        "unified": code,
        "short_name": f"name-{code}",
        "subcategory": subcategory,
        **more,
    }


EMOJI = [
    entry("1F600", "face-smiling"),
    entry(
        "1F466-FE0F",
        "person",
        skin_variations={"1F3FB": {"unified": "1F466-1F3FB"}},
    ),
    entry("1F431", "cat-face"),
    entry("1F34E", "food-fruit"),
    entry("1F3FB", "skin-tone"),
]


@pytest.fixture
def packages(tmp_path):
    """Tiny packages: grey of a brightness of its own for every picture."""
    noto, fluent = tmp_path / "noto.tgz", tmp_path / "fluent.tgz"

    def picture(brightness, side, kind):
        pixels = np.full((side, side, 4), brightness, np.uint8)
        pixels[..., 3] = 255
        return encode(pixels, kind)

    names = ("1f600", "1f466-fe0f", "1f466-1f3fb", "1f431", "1f34e")
    folder = "img/google/64"
    files = {
        f"{folder}/{name}.png": picture(10 * i, 64, "png")
        for i, name in enumerate(names)
    }
    files["emoji.json"] = json.dumps(EMOJI).encode()
    files["LICENSE"] = b"a notice"
    write_package(noto, files)
    write_package(
        fluent,
        {
            "assets/1f466.webp": picture(100, 256, "webp"),
            "assets/1f600.webp": picture(110, 256, "webp"),
        },
    )
    return noto, fluent


def test_people_and_faces_are_chosen_in_all_skin_tones():
    chosen = script.select_portraits(EMOJI)
    assert [p["code_points"] for p in chosen] == [
        "1f431",
        "1f466",
        "1f466-1f3fb",
        "1f600",
    ]
    assert [p["category"] for p in chosen] == [
        "face",
        "person",
        "person",
        "face",
    ]


def test_building_writes_sheet_labels_and_notice(packages, tmp_path):
    output = tmp_path / "output"
    assert script.build(*packages, output) == 6
    labels = json.loads((output / script.LABELS_FILE).read_text())
    assert [(x["style"], x["code_points"]) for x in labels] == [
        ("noto", "1f431"),
        ("noto", "1f466"),
        ("noto", "1f466-1f3fb"),
        ("noto", "1f600"),
        ("fluent", "1f466"),
        ("fluent", "1f600"),
    ]
    sheet = np.asarray(Image.open(output / script.SHEET_FILE).convert("RGB"))
    tiles = cut_tiles(sheet, 6)
    brightness = [30, 10, 20, 0, 100, 110]
    np.testing.assert_array_equal(tiles.mean((1, 2, 3)), brightness)
    assert (output / "LICENSE-emoji-data.txt").read_bytes() == b"a notice"
    assert len(list(output.iterdir())) == 3


def test_building_twice_gives_the_same_bytes(packages, tmp_path):
    for folder in ("one", "two"):
        script.build(*packages, tmp_path / folder)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_colours_under_transparency_do_not_bleed():
    pixels = np.zeros((128, 128, 4), np.uint8)
    pixels[..., 0] = 255  # red everywhere
    pixels[:, ::2, 3] = 255  # but visible in every second column only
    tile = script.tile_on_white(encode(pixels, "webp"))
    assert (tile == [255, 128, 128]).all()  # half red, half white


def test_pictures_that_are_not_square_are_centred_on_white():
    pixels = np.zeros((256, 128, 4), np.uint8)
    pixels[..., 3] = 255
    tile = script.tile_on_white(encode(pixels, "png"))
    assert (tile[:, 16:48] == 0).all()
    assert (tile[:, :16] == 255).all() and (tile[:, 48:] == 255).all()


def test_sides_that_64_does_not_divide_are_averaged_by_area():
    pixels = np.zeros((96, 96, 4), np.uint8)
    pixels[:, 1::3] = 255  # every tile pixel covers a half of the middle one
    pixels[..., 3] = 255
    tile = script.tile_on_white(encode(pixels, "png"))
    assert (tile == 85).all()


@pytest.mark.parametrize("count", [1, 48, 50])
def test_a_sheet_is_cut_into_the_tiles_it_was_made_of(count, noise):
    tiles = noise(count, 64, 64, 3)
    np.testing.assert_array_equal(
        cut_tiles(script.make_sheet(tiles), count), tiles
    )


def test_a_package_that_is_not_the_pinned_one_is_refused(tmp_path):
    path = tmp_path / "package.tgz"
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="Expected SHA-512 .* Received: "):
        script.verify(path, "abc")
