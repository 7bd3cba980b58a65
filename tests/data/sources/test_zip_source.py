"""A zip archive of images, which nobody needs to trust."""

import io
import os
import threading
import time
import tracemalloc
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from progan_keras.data.decode import decode_all, read_sizes
from progan_keras.data.sources.zip_source import ZipSource


def png(value=0):
    stream = io.BytesIO()
    Image.new("L", (8, 6), value).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def pack(tmp_path):
    """Writes an archive of `(name, bytes)`: `pack(*members)`.

    `change(members)` may alter what the directory says of them.
    """

    def write(*members, change=None, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "my photös.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in members:
                archive.writestr(name, data)
            if change:
                change(archive.filelist)
        return path

    return write


def reasons_in(source):
    """The reasons why images are broken, by name."""
    triples = decode_all(source.records(), np.asarray)
    return {record.name: reason for record, _, reason in triples if reason}


def refusal(path):
    """The message that refuses an archive; one clear line."""
    with pytest.raises(ValueError) as error:
        ZipSource(path)
    assert "\n" not in str(error.value)
    assert f"Received: source={str(path)!r}" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_images_come_in_the_order_of_their_names(pack, method, tmp_path):
    path = pack(
        ("b/2.PNG", png(2)),
        ("a b/é.png", png(1)),
        ("a b/", b""),
        (".hidden/3.png", png(3)),
        ("__MACOSX/._2.png", b""),
        ("notes.txt", b"text"),
        method=method,
    )
    before = path.read_bytes()
    source = ZipSource(path)
    triples = list(decode_all(source.records(), lambda i: i.getpixel((0, 0))))
    assert [(record.name, pixel) for record, pixel, _ in triples] == [
        ("a b/é.png", 1),
        ("b/2.PNG", 2),
    ]
    assert [size for _, size, _ in read_sizes(source.records())] == [(8, 6)] * 2
    assert source.count() == 2
    assert source.name == "my photös"
    assert source.labels() == (["a b", "b"], None)
    assert source.default_field == "folder"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]  # nothing is unpacked


def test_names_that_lead_outside_are_only_names(pack, tmp_path):
    names = ("../../up.png", "/etc/root.png", "./here.png", "c:\\win\\x.png")
    source = ZipSource(pack(*((name, png()) for name in names)))
    assert source.files == [
        "../../up.png",
        "./here.png",
        "/etc/root.png",
        "c:/win/x.png",
    ]
    assert not reasons_in(source)
    assert len(list(tmp_path.iterdir())) == 1


def test_links_in_an_archive_are_not_followed(pack):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    source = ZipSource(pack((link, b"good.png"), ("good.png", png())))
    assert reasons_in(source) == {"link.png": "not an image"}


def test_names_that_macos_wrote_without_saying_utf8_are_read(pack):
    name = "日本/café.png"
    stand_in = b"x" * len(name.encode())
    # The other has a byte of code page 437 that is no UTF-8.
    path = pack((stand_in.decode(), png()), ("dos/yyy.png", png()))
    data = path.read_bytes().replace(stand_in, name.encode())
    path.write_bytes(data.replace(b"yyy", b"\x82t\x82"))
    assert ZipSource(path).files == ["dos/été.png", name]
    assert not reasons_in(ZipSource(path))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"flag_bits": 0x1}, "encrypted"),
        ({"CRC": 1}, "Bad CRC-32 for file 'bad.png'"),
        ({"compress_type": 99}, "compressed by a method that is not supported"),
        ({"compress_type": zipfile.ZIP_BZIP2}, "compressed by a method that"),
        ({"compress_type": zipfile.ZIP_STORED}, "Bad CRC-32"),
        ({"file_size": 2**30 + 1}, "would unpack to more than 1 GiB"),
        ({"file_size": 0}, "the file is empty"),
        ({"file_size": 20}, "Bad CRC-32"),
        ({"header_offset": 3}, "Bad magic number for file header"),
        ({"compress_size": 10}, "Bad CRC-32"),
    ],
)
def test_a_broken_member_has_its_reason_and_the_others_are_read(
    pack, change, words
):
    def break_last(members):
        for name, value in change.items():
            setattr(members[-1], name, value)

    path = pack(("good.png", png()), ("bad.png", png()), change=break_last)
    reasons = reasons_in(ZipSource(path))
    assert list(reasons) == ["bad.png"]
    assert words in reasons["bad.png"]


def test_methods_whose_unpacking_has_no_bound_are_not_used(pack):
    path = pack(("a.png", png()), method=zipfile.ZIP_LZMA)
    assert "method" in reasons_in(ZipSource(path))["a.png"]


def test_a_member_that_is_larger_than_it_says_cannot_fill_the_memory(pack):
    def lie(members):
        members[0].file_size = 1000

    source = ZipSource(pack(("a.png", bytes(50_000_000)), change=lie))
    tracemalloc.start()
    reasons = reasons_in(source)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "Bad CRC-32" in reasons["a.png"]
    assert peak < 5_000_000


def test_several_threads_read_the_right_images_one_after_the_other(
    pack, monkeypatch
):
    count = 100
    source = ZipSource(pack(*((f"{i:03}.png", png(i)) for i in range(count))))
    records = list(source.records()) * 5
    busy, read_member = threading.Lock(), zipfile.ZipExtFile.read

    def read_alone(stream, *args):
        assert busy.acquire(blocking=False)
        time.sleep(1e-5)  # lets others try
        data = read_member(stream, *args)
        busy.release()
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", read_alone)

    def read(record):
        with record.open() as image:
            return image.getpixel((0, 0))

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(read, records))
    assert values == list(range(count)) * 5


def test_a_name_that_occurs_twice_is_refused(pack):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the test's own archive
        path = pack(("x/a.png", png(1)), ("x/a.png", png(2)), ("b.png", png()))
    message = refusal(path)
    assert "needs a name of its own" in message
    assert message.endswith("with more than once 'x/a.png'")


@pytest.mark.parametrize("content", [b"", b"text", png()])
def test_what_is_an_archive_in_name_only_is_refused(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert "read as a zip archive (File is not a zip file)" in refusal(path)


def test_a_cut_off_archive_is_refused(pack):
    path = pack(("a.png", png()), ("b.png", png()))
    data = path.read_bytes()
    for end in (1, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:end])
        assert "It may be cut off" in refusal(path)


def test_an_archive_without_images_says_what_it_has(pack):
    assert "There are no images in this archive" in refusal(pack())
    files = (("a.heic", b"x"), ("x/b.heic", b"x"), ("x/", b""), ("c", b""))
    message = refusal(pack(*files))
    assert "it has 2 .heic files, 1 without a suffix." in message


def test_the_key_follows_name_size_and_time(pack):
    path = pack(("a.png", png()))
    keys = [ZipSource(path).key()]
    assert ZipSource(path).key() == keys[0]
    os.utime(path, ns=(0, 0))
    keys.append(ZipSource(path).key())
    path = path.rename(path.with_name("other.zip"))
    keys.append(ZipSource(path).key())
    assert len(set(keys)) == 3
