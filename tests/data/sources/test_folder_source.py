"""A folder of image files, however it is laid out."""

import os
import shutil
import warnings

import numpy as np
import pytest
from PIL import Image

from progan_keras.data.decode import decode_all, read_sizes
from progan_keras.data.sources.folder_source import FolderSource


@pytest.fixture
def make(tmp_path):
    """Makes a folder of images of one colour each: `make(name, ...)`."""

    def make_images(*names, folder="photos"):
        for number, name in enumerate(names):
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (8, 6), number).save(path, "PNG")
        return tmp_path / folder

    return make_images


def names_in(folder):
    return [record.name for record in FolderSource(folder).records()]


def reasons_in(source):
    """The reasons why images are broken, by name."""
    triples = decode_all(source.records(), np.asarray)
    return {record.name: reason for record, _, reason in triples if reason}


def refusal(folder):
    """The message that refuses a folder; one clear line."""
    with pytest.raises(ValueError) as error:
        FolderSource(folder)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_images_come_in_the_order_of_their_relative_names(make):
    folder = make("b/1.png", "a.png", "b c/é 1.PNG", "B/x.jpg")
    source = FolderSource(folder)
    triples = list(decode_all(source.records(), lambda i: i.getpixel((0, 0))))
    assert [record.name for record, *_ in triples] == [
        "B/x.jpg",
        "a.png",
        "b c/é 1.PNG",
        "b/1.png",
    ]
    assert [pixel for _, pixel, _ in triples] == [3, 1, 2, 0]
    assert source.count() == 4
    assert source.name == "photos"


def test_hidden_files_and_those_beside_images_are_left_out(make):
    folder = make(
        "a.png",
        ".b.png",
        ".git/c.png",
        "__MACOSX/._a.png",
        "x/__MACOSX/d.png",
        "x/@eaDir/e.png",
        "Thumbs.db",
    )
    assert names_in(folder) == ["a.png"]


def test_names_that_differ_only_in_case_are_different(make):
    folder = make("a.png", "A.png", "A.PNG", "a/x.png")
    if len(set(os.listdir(folder))) < 4:
        pytest.skip("this file system does not tell them apart")
    assert names_in(folder) == ["A.PNG", "A.png", "a.png", "a/x.png"]


def test_names_may_hold_anything_and_stay_printable(make):
    folder = make("a.png")
    for name in (b"caf\xe9.png", b"two\nlines.png", b"\x1b[31m.png"):
        try:
            shutil.copy(folder / "a.png", folder / os.fsdecode(name))
        except OSError:
            pytest.skip("this file system takes only UTF-8")
    source = FolderSource(folder)
    names = [record.name for record in source.records()]
    assert names == [
        "\\x1b[31m.png",
        "a.png",
        "caf\\udce9.png",
        "two\\nlines.png",
    ]
    assert not reasons_in(source)
    before = source.key()
    os.rename(folder / os.fsdecode(b"caf\xe9.png"), folder / "caf?.png")
    assert FolderSource(folder).key() != before


def test_a_folder_with_an_undecodable_name_can_be_described(make):
    folder = make("x/a.png", "y/b.png")
    strange = folder.with_name(os.fsdecode(b"caf\xe9"))
    try:
        folder.rename(strange)
        (strange / "x").rename(strange / os.fsdecode(b"\xe9"))
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    source = FolderSource(strange)
    assert source.name == "caf\\udce9"
    for text in (
        source.description,
        source.labels()[0][1],
        refusal_of(strange),
    ):
        assert text.encode()  # as printing does
        assert "\\udce9" in text


def refusal_of(strange):
    (strange / "empty").mkdir()
    return refusal(strange / "empty")


def test_a_size_is_read_without_decoding_and_the_original_never_changes(make):
    folder = make("a.png", "b.png")
    before = {
        p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()
    }
    source = FolderSource(folder)
    source.key()
    sizes = [size for _, size, _ in read_sizes(source.records())]
    assert sizes == [(8, 6), (8, 6)]
    assert not reasons_in(source)
    assert before == {
        p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()
    }


def test_each_kind_of_broken_file_has_its_reason(make, noise):
    folder = make("good.png", "good.jpg")
    Image.fromarray(noise(32, 32, 3)).save(folder / "cut.jpg")
    data = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(data[: len(data) // 2])
    (folder / "empty.png").touch()
    (folder / "page.jpg").write_text("<html>not found</html>")
    (folder / "script.jpg").write_text(
        "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n"
    )
    (folder / "link.png").symlink_to(folder / "nothing.png")
    (folder / "circle.png").symlink_to(folder / "circle.png")
    os.mkfifo(folder / "pipe.png")
    reasons = reasons_in(FolderSource(folder))
    assert "truncated" in reasons.pop("cut.jpg")
    assert reasons == {
        "circle.png": "a link to nothing",
        "empty.png": "the file is empty",
        "link.png": "a link to nothing",
        "page.jpg": "not an image",
        "pipe.png": "not a regular file",
        "script.jpg": "not an image",
    }


def test_a_file_that_disappears_is_a_broken_one(make):
    folder = make("a.png", "b.png")
    source = FolderSource(folder)
    (folder / "a.png").unlink()
    assert reasons_in(source) == {"a.png": "No such file or directory"}
    assert source.key()


def test_links_to_files_and_folders_are_followed(make):
    elsewhere = make("1.png", "deep/2.png", folder="elsewhere")
    folder = make("a.png")
    (folder / "more").symlink_to(elsewhere)
    (folder / "b.png").symlink_to(elsewhere / "1.png")
    source = FolderSource(folder)
    assert source.files == ["a.png", "b.png", "more/1.png", "more/deep/2.png"]
    assert not reasons_in(source)


def test_each_real_folder_is_read_once_under_its_own_name(make):
    elsewhere = make("c/1.png", folder="elsewhere")
    folder = make("z/1.png")
    (folder / "a").symlink_to(folder / "z")
    for name in ("l", "m"):
        (folder / name).symlink_to(elsewhere)
    (folder / "k").symlink_to(elsewhere / "c")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names_in(folder) == ["k/1.png", "z/1.png"]


def test_a_folder_named_by_a_link_is_read(make):
    folder = make("a.png")
    link = folder.with_name("link")
    link.symlink_to(folder)
    (folder / "back").symlink_to(folder)
    with pytest.warns(UserWarning, match="'back'"):
        assert names_in(link) == ["a.png"]


def test_links_back_are_left_out_with_one_sentence(make):
    folder = make("a.png", "x/y/b.png")
    (folder / "x/y/root").symlink_to(folder)
    (folder / "x/self").symlink_to(folder / "x")
    (folder / "x/above").symlink_to(folder.parent)
    with pytest.warns(UserWarning) as caught:
        source = FolderSource(folder)
    assert source.files == ["a.png", "x/y/b.png"]
    (warning,) = caught
    assert "'x/above', 'x/self', 'x/y/root'." in str(warning.message)


def test_two_folders_that_link_to_each_other_end(make):
    folder, other = make("a.png"), make("b.png", folder="other")
    (folder / "there").symlink_to(other)
    (other / "back").symlink_to(folder)
    assert names_in(folder) == ["a.png", "there/b.png"]


def test_an_unreadable_folder_is_named(make, monkeypatch):
    folder = make("a.png", "locked/b.png")
    scan = os.scandir

    def refuse_locked(path):
        if "locked" in os.path.basename(path):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse_locked)
    message = refusal(folder)
    assert message.startswith("This folder cannot be read (Permission denied)")
    assert message.endswith(f"Received: folder={str(folder / 'locked')!r}")
    (folder / "locked").rename(folder / ".locked")
    assert names_in(folder) == ["a.png"]  # nobody looks into hidden ones


def test_a_folder_without_images_says_what_it_has(make):
    folder = make(*(f"{i}.HEIC" for i in range(12)), "notes.txt", "x/README")
    message = refusal(folder)
    assert "There are no images in this folder or its subfolders" in message
    assert "it has 12 .heic files, 1 .txt file, 1 without a suffix." in message
    assert "convert" in message
    assert message.endswith(f"Received: source={str(folder)!r}")
    (folder / "empty").mkdir()
    assert "; it has" not in refusal(folder / "empty")


def test_pictures_of_a_camera_that_stay_out_are_mentioned(make):
    folder = make("a.jpg", "1.HEIC", "2.heic", "raw/3.dng", "notes.txt")
    with pytest.warns(
        UserWarning, match="^2 .heic files, 1 .dng file in folde"
    ):
        assert names_in(folder) == ["a.jpg"]


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["cat/1.png", "dog/2.png", "dog/x/3.png"], ["cat", "dog", "dog"]),
        (["photos/all/cat/1.jpg", "photos/all/dog/2.jpg"], ["cat", "dog"]),
        (["a/b/1.png", "a/c/d/1.png", "e/1.png"], ["a", "a", "e"]),
        (["très bien/1.png", "b c/2.png"], ["b c", "très bien"]),
        (["cat/1.png", "dog/2.png", "3.png"], None),
        (["all/1.png", "all/cat/2.png", "all/dog/3.png"], None),
        (["cat/1.png", "cat/2.png"], None),
        (["1.png", "2.png"], None),
        (["a/b/c/1.png"], None),
    ],
)
def test_the_first_folders_that_divide_the_images_are_labels(
    make, names, labels
):
    source = FolderSource(make(*names))
    assert source.labels_come_with_images is False
    if labels:
        assert source.labels() == source.labels("folder") == (labels, None)
        assert source.label_fields() == ("folder",)
        assert source.default_field == "folder"
    else:
        assert source.labels() is None
        assert source.label_fields() == ()
        assert source.default_field is None
        with pytest.raises(ValueError, match="labels='folder'"):
            source.labels("folder")


def test_labels_of_another_name_are_refused(make):
    source = FolderSource(make("cat/1.png", "dog/2.png"))
    with pytest.raises(ValueError, match="It has folder.*labels='breed'"):
        source.labels("breed")


def test_the_key_follows_names_sizes_and_times(make):
    folder = make("a.png", "b.png")
    (folder / "b.png").write_bytes(b"12")
    os.utime(folder / "b.png", ns=(0, 0))
    keys = [FolderSource(folder).key()]
    assert FolderSource(folder).key() == keys[0]
    (folder / "notes.txt").touch()
    assert FolderSource(folder).key() == keys[0]
    (folder / "b.png").write_bytes(b"123")
    os.utime(folder / "b.png", ns=(0, 0))
    keys.append(FolderSource(folder).key())
    os.utime(folder / "b.png", ns=(0, 1))
    keys.append(FolderSource(folder).key())
    (folder / "b.png").rename(folder / "c.png")
    keys.append(FolderSource(folder).key())
    (folder / "d.png").symlink_to(folder / "nothing")
    keys.append(FolderSource(folder).key())
    (folder / "nothing").write_bytes(b"something")
    keys.append(FolderSource(folder).key())
    assert len(set(keys)) == len(keys)
