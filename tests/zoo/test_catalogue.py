"""Presets by name: in the checkout, downloaded, or on a hub."""

import dataclasses
import hashlib
import json
import shutil
import sys
import types

import pytest
from gan_checks import assert_equal, randomize, tiny, weights

import progan_keras as pk
from progan_keras.cli.main import main
from progan_keras.zoo import catalogue

FILES = ("preset.json", "weights.npz")


@pytest.fixture(scope="module")
def gan():
    return randomize(tiny())


@pytest.fixture(scope="module")
def released(gan, tmp_path_factory):
    """A folder that holds the preset "tiny", as a server would."""
    folder = tmp_path_factory.mktemp("released")
    gan.save_preset(folder / "tiny")
    return folder


@pytest.fixture
def installed(released, tmp_path, monkeypatch):
    """An installed package that knows "tiny", and has no checkout."""
    digests = {
        name: hashlib.sha256((released / "tiny" / name).read_bytes())
        for name in FILES
    }
    preset = catalogue.Preset(
        "tiny",
        "Small things",
        8,
        0,
        "nothing",
        "none",
        1.0,
        {"swd": {"value": 12.0, "floor": 3.0, "count": 10}},
        {name: digest.hexdigest() for name, digest in digests.items()},
    )
    monkeypatch.setattr(catalogue, "_read_list", lambda: {"tiny": preset})
    monkeypatch.setattr(catalogue, "_CHECKOUT", tmp_path / "none")
    monkeypatch.setenv("PROGAN_KERAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(catalogue.LOCATION, raising=False)
    return preset


@pytest.mark.parametrize("as_address", [False, True])
def test_a_preset_is_downloaded_once_and_checked(
    gan, released, installed, tmp_path, monkeypatch, as_address
):
    copy = shutil.copytree(released, tmp_path / "server")
    location = copy.as_uri() + "/" if as_address else str(copy)
    monkeypatch.setenv(catalogue.LOCATION, location)
    again = pk.ProGAN.from_preset("tiny")
    assert_equal(weights(again), weights(gan))
    shutil.rmtree(copy)  # it is not asked again
    assert_equal(weights(pk.ProGAN.from_preset("tiny")), weights(gan))
    folder = tmp_path / "cache" / "presets" / "tiny"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_a_damaged_copy_in_the_cache_is_downloaded_again(
    gan, released, installed, tmp_path, monkeypatch
):
    monkeypatch.setenv(catalogue.LOCATION, str(released))
    folder = catalogue.folder_of("tiny")
    path = folder / "weights.npz"
    path.write_bytes(path.read_bytes()[:-100])
    assert_equal(weights(pk.ProGAN.from_preset("tiny")), weights(gan))


def test_what_arrives_damaged_is_refused_and_not_kept(
    released, installed, tmp_path, monkeypatch
):
    copy = shutil.copytree(released, tmp_path / "server")
    (copy / "tiny" / "weights.npz").write_bytes(b"something else")
    monkeypatch.setenv(catalogue.LOCATION, str(copy))
    with pytest.raises(OSError, match="cannot be downloaded: .*hash"):
        pk.ProGAN.from_preset("tiny")
    folder = tmp_path / "cache" / "presets" / "tiny"
    assert [path.name for path in folder.iterdir()] == ["preset.json"]


def test_an_address_with_nothing_behind_it_is_told(
    installed, tmp_path, monkeypatch
):
    monkeypatch.setenv(catalogue.LOCATION, str(tmp_path / "nowhere"))
    with pytest.raises(OSError, match="nowhere/tiny/preset.json"):
        pk.ProGAN.from_preset("tiny")


def test_without_a_place_to_download_from_it_says_what_to_do(installed):
    with pytest.raises(OSError, match=f"set {catalogue.LOCATION} to"):
        pk.ProGAN.from_preset("tiny")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("emoji_portrait_32", "Did you mean emoji_portraits_32"),
        ("nothing like it", "Received: 'nothing like it'"),
        ("../emoji_portraits_32", "Expected a run folder"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_ones(name, nearest, tmp_path):
    with pytest.raises(ValueError, match="There is no preset") as error:
        pk.ProGAN.from_preset(name)
    assert nearest in str(error.value)
    assert "emoji_portraits_32" in str(error.value)


def test_a_preset_of_a_newer_version_asks_for_an_upgrade(released, tmp_path):
    path = shutil.copytree(released / "tiny", tmp_path / "tiny")
    description = json.loads((path / "preset.json").read_text())
    description["format"] = 2
    (path / "preset.json").write_text(json.dumps(description))
    with pytest.raises(ValueError, match="newer versions .* upgrade"):
        pk.ProGAN.from_preset(path)


class TestHub:
    """huggingface_hub is no part of the tests; its place is taken."""

    @pytest.fixture
    def hub(self, released, monkeypatch):
        module = types.ModuleType("huggingface_hub")
        module.errors = types.SimpleNamespace(
            HFValidationError=type("HFValidationError", (ValueError,), {}),
            HfHubHTTPError=type("HfHubHTTPError", (OSError,), {}),
        )

        def snapshot_download(repo_id, allow_patterns):
            assert sorted(allow_patterns) == sorted(FILES)
            if repo_id == "somebody/tiny":
                return str(released / "tiny")
            if repo_id.count("/") != 1:
                raise module.errors.HFValidationError(repo_id)
            raise module.errors.HfHubHTTPError("404")

        module.snapshot_download = snapshot_download
        monkeypatch.setitem(sys.modules, "huggingface_hub", module)

    def test_a_preset_is_loaded_from_there(self, gan, hub):
        again = pk.ProGAN.from_preset("hf://somebody/tiny")
        assert_equal(weights(again), weights(gan))

    @pytest.mark.parametrize(
        ("address", "kind", "words"),
        [
            ("hf://tiny", ValueError, "is hf://owner/name"),
            ("hf://a/b", OSError, "cannot be downloaded: 404"),
        ],
    )
    def test_other_addresses_are_told(self, hub, address, kind, words):
        with pytest.raises(kind, match=words):
            pk.ProGAN.from_preset(address)

    def test_its_package_is_asked_for(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "huggingface_hub", None)
        with pytest.raises(ValueError, match="pip install huggingface_hub"):
            pk.ProGAN.from_preset("hf://somebody/tiny")


def test_the_list_is_printed_with_scores_beside_those_of_reals(
    installed, capsys
):
    assert main(["presets"]) == 0
    text = capsys.readouterr().out
    assert "tiny\n  Small things, 8x8\n" in text
    assert "swd 12 (reals 3)" in text
    assert "downloaded when first used" in text
    assert main(["presets", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"tiny": dataclasses.asdict(installed)}
