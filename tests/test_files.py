import os

import pytest

from progan_keras.files import atomic_path, write_atomically


def content(folder):
    """Everything below a folder: relative path -> bytes, None for a folder."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else None
        )
        for path in folder.rglob("*")
    }


class StopError(Exception):
    pass


def test_a_file_appears_under_its_name_when_all_went_well(tmp_path):
    path = tmp_path / "a.bin"
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"half")
        assert not path.exists()
        assert temporary.parent == path.parent
        assert temporary.suffix == ".bin"
        temporary.write_bytes(b"whole")
    assert content(tmp_path) == {"a.bin": b"whole"}


def test_missing_folders_are_made(tmp_path):
    path = tmp_path / "a b" / "c" / "d.txt"
    assert write_atomically(b"1", str(path)) == path
    assert path.read_bytes() == b"1"


@pytest.mark.parametrize("error", [StopError, KeyboardInterrupt, OSError])
def test_an_exception_leaves_nothing(tmp_path, error):
    with pytest.raises(error), atomic_path(tmp_path / "a.bin") as temporary:
        temporary.write_bytes(b"half")
        raise error
    assert content(tmp_path) == {}


def test_an_exception_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(StopError), atomic_path(path) as temporary:
        temporary.write_bytes(b"half")
        raise StopError
    assert content(tmp_path) == {"a.bin": b"old"}


def test_what_was_there_is_replaced_as_a_whole(tmp_path):
    write_atomically(b"a long old content", tmp_path / "a.bin")
    write_atomically(b"new", tmp_path / "a.bin")
    assert content(tmp_path) == {"a.bin": b"new"}


def make_folder(path, name, error=None):
    with atomic_path(path) as temporary:
        (temporary / "inner").mkdir(parents=True)
        (temporary / "inner" / name).write_bytes(b"1")
        if error:
            raise error


def test_a_folder_replaces_the_old_one_with_all_that_was_in_it(tmp_path):
    make_folder(tmp_path / "model", "old")
    make_folder(tmp_path / "model", "new")
    assert content(tmp_path) == {
        "model": None,
        "model/inner": None,
        "model/inner/new": b"1",
    }


def test_a_folder_is_complete_or_not_there(tmp_path):
    with pytest.raises(StopError):
        make_folder(tmp_path / "model", "half", StopError)
    assert content(tmp_path) == {}


def test_a_name_with_several_dots_keeps_its_last_suffix(tmp_path):
    """NumPy adds `.npz` to names without it."""
    with atomic_path(tmp_path / "000.5.npz") as temporary:
        assert temporary.suffix == ".npz"
        temporary.write_bytes(b"1")
    assert content(tmp_path) == {"000.5.npz": b"1"}


def test_a_path_that_cannot_be_written_gives_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"in the way")
    path = tmp_path / "file" / "a.bin"
    with pytest.raises(OSError) as error:
        write_atomically(b"1", path)
    message = str(error.value)
    assert message.startswith(f"Cannot write {path} (")
    assert message.endswith("make room there, or choose another folder.")
    assert "\n" not in message
    assert error.value.errno
    assert content(tmp_path) == {"file": b"in the way"}


def test_an_error_keeps_its_kind(tmp_path):
    path = tmp_path / "a.bin"
    with (
        pytest.raises(PermissionError, match="Cannot write .*a.bin.*no entry"),
        atomic_path(path),
    ):
        raise PermissionError(13, "no entry")


def test_a_file_does_not_replace_a_folder(tmp_path):
    make_folder(tmp_path / "model", "old")
    with pytest.raises(OSError, match="Cannot write"):
        write_atomically(b"1", tmp_path / "model")
    assert (tmp_path / "model" / "inner" / "old").exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_an_old_folder_stays_where_the_new_one_cannot_come(
    tmp_path, monkeypatch
):
    target = tmp_path / "folder"
    target.mkdir()
    (target / "old").write_text("kept")
    rename = os.replace

    def fail(source, destination):
        if not str(source).endswith(".old") and destination == target:
            raise PermissionError(13, "not now")
        rename(source, destination)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError), atomic_path(target) as temporary:
        temporary.mkdir()
    assert (target / "old").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
