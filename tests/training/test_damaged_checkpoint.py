"""A checkpoint is what was written, or it is refused."""

import hashlib
import random
import zipfile

import numpy as np
import pytest

from progan_keras.training import RunFolder, checkpoint


@pytest.fixture(scope="module")
def written(finished):
    """Path and bytes of the newest checkpoint of a finished run."""
    path = finished.checkpoints[-1]
    return path, path.read_bytes()


def places(size, count=100):
    """Places all over a file, its first and last bytes among them."""
    chance = random.Random(0)
    ends = [*range(8), *range(size - 80, size, 8)]
    return ends + [chance.randrange(size) for _ in range(count - len(ends))]


def test_a_flipped_bit_anywhere_is_noticed(written, tmp_path):
    _, data = written
    chance, path = random.Random(1), tmp_path / "0000000096.npz"
    for place in places(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(checkpoint.DamagedCheckpointError):
            checkpoint.read(path)


def test_a_file_cut_anywhere_is_noticed(written, tmp_path):
    _, data = written
    path = tmp_path / "0000000096.npz"
    for place in places(len(data)):
        path.write_bytes(data[:place])
        with pytest.raises(checkpoint.DamagedCheckpointError):
            checkpoint.read(path)


def test_bytes_behind_it_are_noticed(written, tmp_path):
    _, data = written
    path = tmp_path / "0000000096.npz"
    path.write_bytes(data + b"\x00")
    with pytest.raises(checkpoint.DamagedCheckpointError):
        checkpoint.read(path)


def test_the_comment_is_the_digest_of_all_before(written):
    path, data = written
    digest = hashlib.sha256(data[:-64]).hexdigest().encode()
    with zipfile.ZipFile(path) as archive:
        assert archive.comment == digest == data[-64:]


def test_numpy_reads_it_without_unpickling(written):
    with np.load(written[0], allow_pickle=False) as arrays:
        assert arrays["clock"] == 96


def test_a_run_goes_on_from_the_one_before(finished, written, caplog):
    path, data = written
    try:
        path.write_bytes(data[:-1])
        meta, _ = RunFolder(finished.path).newest_checkpoint()
    finally:
        path.write_bytes(data)
    assert meta["images_seen"] == 80
    assert "is damaged" in caplog.text
    assert "Using the one before" in caplog.text


def test_files_of_others_beside_the_checkpoints_are_left_alone(finished):
    other = finished.path / "checkpoints" / "my copy.npz"
    try:
        other.write_bytes(b"mine")
        meta, _ = RunFolder(finished.path).newest_checkpoint()
        assert meta["images_seen"] == 96
        assert other.read_bytes() == b"mine"
    finally:
        other.unlink()
