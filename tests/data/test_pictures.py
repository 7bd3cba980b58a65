"""From any file to an upright picture or a reason in a few words."""

import io
import random
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from progan_keras.data.pictures import decoded, picture_size

# What a viewer does with stored pixels `a` of each EXIF orientation.
UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: np.rot90(a, 1),
}


def encoded(image, kind="PNG", **options):
    """The bytes of an image file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def opener(data):
    return lambda: Image.open(io.BytesIO(data))


def with_orientation(number):
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


def png_header(width, height):
    """A PNG file that ends where its pixels begin."""
    header = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", b"x"))
    )


def reason(data):
    with pytest.raises(ValueError) as error:
        decoded(opener(data))
    return str(error.value)


@pytest.mark.parametrize("number", UPRIGHT)
def test_each_exif_orientation_is_turned_upright(number):
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    data = encoded(Image.fromarray(pixels), exif=with_orientation(number))
    np.testing.assert_array_equal(
        decoded(opener(data)), UPRIGHT[number](pixels)
    )


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "WEBP"])
def test_all_formats_that_have_exif_data_are_turned(kind):
    image = Image.new("RGB", (32, 16), "red")
    data = encoded(image, kind, exif=with_orientation(6))
    assert decoded(opener(data)).size == (16, 32)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0nothing of the kind",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01",
        b"Exif\0\0",
        with_orientation(9).tobytes(),
    ],
)
@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_data_leaves_the_picture_as_it_is(exif, kind, noise):
    image = Image.fromarray(noise(8, 16, 3))
    plain = decoded(opener(encoded(image, kind)))
    data = encoded(image, kind, exif=exif)
    np.testing.assert_array_equal(decoded(opener(data)), plain)


@pytest.mark.parametrize(
    "kind", ["BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP"]
)
def test_a_decoded_picture_needs_its_file_no_more(kind, tmp_path, noise):
    path = tmp_path / "a"
    Image.fromarray(noise(8, 8, 3)).save(path, kind)
    image = decoded(lambda: Image.open(path))
    path.unlink()
    assert np.asarray(image.convert("RGB").crop((0, 0, 4, 4))).any()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_of_an_animation_is_taken(kind):
    red, blue = (Image.new("RGB", (8, 8), name) for name in ("red", "blue"))
    options = {"save_all": True, "append_images": [blue], "lossless": True}
    image = decoded(opener(encoded(red, kind, **options)))
    assert image.convert("RGB").getpixel((3, 3)) == (255, 0, 0)


def test_files_that_are_no_images_are_called_so():
    for data in (b"", b"some text", b"<!DOCTYPE html><html></html>"):
        assert reason(data) == "not an image"


@pytest.mark.parametrize("kind", ["BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_cut_off_files_are_refused_and_not_filled_with_grey(kind, noise):
    data = encoded(Image.fromarray(noise(64, 64, 3)), kind)
    assert decoded(opener(data))
    assert reason(data[: len(data) // 2])


def test_a_header_that_claims_too_much_is_refused_at_once():
    data = png_header(50_000, 50_000)
    assert "more than 178,956,970 pixels" in reason(data)
    with pytest.raises(ValueError, match="fill the memory"):
        picture_size(opener(data))


def test_a_panorama_of_100_megapixels_is_decoded_without_a_word():
    code = (
        "import io; from PIL import Image\n"
        "from progan_keras.data.pictures import decoded\n"
        "data = io.BytesIO()\n"
        "Image.new('1', (10_000, 10_000)).save(data, 'PNG')\n"
        "print(decoded(lambda: Image.open(data)).size)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("(10000, 10000)\n", "")


def test_the_size_is_read_from_a_header_without_decoding():
    data = png_header(50, 40)
    assert picture_size(opener(data)) == (50, 40)
    assert reason(data)


def test_the_size_is_that_of_the_stored_pixels():
    data = encoded(Image.new("L", (32, 16)), "JPEG", exif=with_orientation(6))
    assert picture_size(opener(data)) == (32, 16)


@pytest.mark.parametrize("function", [decoded, picture_size])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("tile"), "'tile'"),
        (AssertionError(), "AssertionError"),
        (struct.error("unpack requires 4 bytes"), "unpack requires 4 bytes"),
        (RuntimeError("two\nlines"), "two lines"),
        (MemoryError(), "needs more memory than there is"),
        (PermissionError(13, "Permission denied", "/a/b"), "Permission denied"),
        (ValueError("a link to nothing"), "a link to nothing"),
    ],
)
def test_any_error_becomes_a_reason(function, error, words):
    def fail():
        raise error

    with pytest.raises(ValueError) as raised:
        function(fail)
    assert str(raised.value) == words
    assert raised.value.__cause__ is error


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["GIF", "JPEG", "PNG", "PPM", "WEBP"])
def test_whatever_happens_to_a_file_there_is_a_picture_or_a_reason(kind, noise):
    random.seed(0)
    whole = encoded(Image.fromarray(noise(8, 8, 3)), kind)
    outcomes = set()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(random.randint(1, 5)):
            data[random.randrange(len(data))] = random.randrange(256)
        try:
            outcomes.add(type(decoded(opener(bytes(data)))))
        except ValueError as error:
            assert 0 < len(str(error)) <= 100
            assert "\n" not in str(error)
            outcomes.add(ValueError)
    assert ValueError in outcomes
