"""What can be wrong with a preset is told in one sentence."""

import io
import json
import shutil

import numpy as np
import pytest
from gan_checks import assert_equal, tiny

import progan_keras as pk
from progan_keras.training import checkpoint


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    gan = tiny(num_classes=2)
    return gan.save_preset(tmp_path_factory.mktemp("presets") / "mine")


@pytest.fixture
def preset(saved, tmp_path):
    """A copy to damage."""
    return shutil.copytree(saved, tmp_path / "preset")


def assert_refused(path, *parts):
    """One sentence, as ValueError, with the path and these parts in it."""
    with pytest.raises(ValueError) as error:
        pk.ProGAN.from_preset(path)
    text = str(error.value)
    assert str(path) in text
    for part in parts:
        assert part in text


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[1]", "3", "null", '"format"', "{}", "\xff"]
)
def test_a_description_that_is_none_is_refused(preset, text):
    (preset / "preset.json").write_bytes(text.encode("latin-1"))
    assert_refused(preset, "preset.json cannot be read: ")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", 2, "its format is 2, not 1"),
        ("format", None, "its format is None, not 1"),
        ("network", [1], "network is not an object"),
        ("network", {"resolution": 8}, "of another network"),
        ("class_names", ["a"], "has 2 classes"),
        ("class_names", 3, "class_names is not a list"),
        ("resolution", 16, "resolutions [4, 8]. Received: resolution=16"),
        ("resolution", "8", "resolution='8'"),
        ("resolution", None, "resolution=None"),
        ("alpha", 3, "alpha=3"),
        ("alpha", "x", "alpha='x'"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(preset, key, value, message):
    change(preset, {key: value})
    assert_refused(preset, message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "network.colour"),
        ({"architecture": {"colour": 1}}, "network.architecture.colour"),
        ({"architecture": {"minibatch": "mean"}}, "minibatch='mean'"),
        ({"latent_dim": "8"}, "latent_dim='8'"),
    ],
    ids=str,
)
def test_a_network_of_another_version_is_refused(preset, changes, message):
    network = json.loads((preset / "preset.json").read_text())["network"]
    change(preset, {"network": network | changes})
    assert_refused(preset, "preset.json cannot be read: ", message)


@pytest.mark.parametrize(
    "key", ["network", "class_names", "resolution", "alpha", "notice"]
)
def test_what_is_missing_is_told(preset, key):
    description = json.loads((preset / "preset.json").read_text())
    del description[key]
    (preset / "preset.json").write_text(json.dumps(description))
    assert_refused(preset, f"it lacks {key}")


def change(preset, changes):
    path = preset / "preset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npy():
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


META = np.frombuffer(b'{"format": 1}', np.uint8)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged"),
        (b"weights", "damaged"),
        (npy(), "damaged"),
        (npz(), "damaged"),
        (npz(meta=np.frombuffer(b"[]", np.uint8)), "damaged"),
        (npz(meta=np.frombuffer(b"{}", np.uint8)), "damaged"),
        (npz(meta=META), "expected clock of shape ()"),
        (npz(meta=META, clock=np.zeros(2)), "found (2,)"),
        (npz(meta=np.frombuffer(b'{"format": 9}', np.uint8)), "has format 9"),
    ],
    ids=lambda x: None if isinstance(x, bytes) else x,
)
def test_weights_that_are_none_are_refused(preset, content, message):
    (preset / "weights.npz").write_bytes(content)
    assert_refused(preset, message)


def test_truncated_weights_are_refused_wherever_they_end(preset):
    path = preset / "weights.npz"
    whole = path.read_bytes()
    for length in (1, 40, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert_refused(preset, "weights.npz is damaged")


def test_a_changed_bit_is_refused_or_changes_nothing(preset):
    path = preset / "weights.npz"
    whole, numbers = path.read_bytes(), np.random.default_rng(0)
    _, expected = checkpoint.read(path)
    refused = 0
    for start in (0, len(whole) - 3000, 0):
        for position in numbers.integers(start, len(whole), 40):
            bits = bytearray(whole)
            bits[position] ^= 1 << numbers.integers(8)
            path.write_bytes(bits)
            try:
                _, arrays = checkpoint.read(path)
                assert_equal(arrays, expected)
            except checkpoint.DamagedCheckpointError:
                refused += 1
    assert refused > 80


def test_missing_weights_are_told_by_their_path(preset):
    (preset / "weights.npz").unlink()
    with pytest.raises(FileNotFoundError, match="weights.npz"):
        pk.ProGAN.from_preset(preset)
