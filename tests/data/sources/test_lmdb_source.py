"""LSUN's databases are read as they are published."""

import builtins
import io

import lmdb
import numpy as np
import pytest
from PIL import Image

from progan_keras.data import load


@pytest.fixture
def database(tmp_path, noise):
    """A folder as LSUN's archives hold it: `(folder, images)`."""
    folder = tmp_path / "bedroom_val_lmdb"
    images = noise(5, 16, 24, 3)
    with (
        lmdb.open(str(folder), map_size=2**20) as opened,
        opened.begin(write=True) as transaction,
    ):
        for index in (3, 0, 4, 1, 2):
            encoded = io.BytesIO()
            picture = Image.fromarray(images[index])
            picture.save(encoded, "webp", lossless=True)
            transaction.put(f"{index:040x}".encode(), encoded.getvalue())
    (folder / "lock.mdb").unlink()
    return folder, images


def test_a_database_is_read_by_the_order_of_its_keys(database):
    folder, images = database
    found = load(folder, resolution=16)
    np.testing.assert_array_equal(found.at(16), images[:, :, 4:20])
    assert found.name == "bedroom_val_lmdb"


def test_a_database_is_only_read(database):
    folder, _ = database
    before = (folder / "data.mdb").read_bytes()
    load(folder, resolution=8)
    assert [path.name for path in folder.iterdir()] == ["data.mdb"]
    assert (folder / "data.mdb").read_bytes() == before


def test_a_broken_entry_is_named(database):
    folder, _ = database
    with (
        lmdb.open(str(folder)) as opened,
        opened.begin(write=True) as transaction,
    ):
        transaction.put(b"key of it", b"no image")
    with pytest.raises(ValueError, match="1 of 6.*key of it .not an image"):
        load(folder)


def test_another_file_of_that_name_is_refused(tmp_path):
    (tmp_path / "data.mdb").write_text("no database")
    with pytest.raises(ValueError, match="as an LMDB database.*Received"):
        load(tmp_path)


def test_without_the_package_it_says_what_to_install(database, monkeypatch):
    real_import = builtins.__import__

    def fail(name, *args, **kwargs):
        if name == "lmdb":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fail)
    with pytest.raises(ValueError, match="pip install lmdb"):
        load(database[0])
