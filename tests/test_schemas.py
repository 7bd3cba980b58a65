"""Every JSON that is read is checked, and what is wrong has its name."""

import copy
import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutated

from progan_keras import recipes, schemas
from progan_keras.networks.architecture import Architecture
from progan_keras.networks.config import NetworkConfig
from progan_keras.recipe import Recipe
from progan_keras.schedule import Schedule, Stage

RUN = (
    Path(__file__).parents[1]
    / "saved_models"
    / "emoji_portraits_32"
    / "options.json"
)
NETWORK = {"resolution": 8, "latent_dim": 8, "architecture": None}
STAGE = Schedule(4, stabilise_images=100).to_dict()[0]
VALID = {
    "RUN_OPTIONS": json.loads(RUN.read_text()),
    "PRESET": {
        "format": 1,
        "network": NETWORK,
        "class_names": ["cat", "dog"],
        "resolution": 8,
        "alpha": None,
        "notice": "",
    },
    "PYRAMID": {
        "format_version": 2,
        "name": "x",
        "count": 2,
        "resolution": 8,
        "num_channels": 3,
        "fingerprint": "f00d",
        "source": "folder x",
        "mirror": True,
        "licence": None,
        "fit": "crop",
        "background": "white",
        "skipped": [{"index": 1, "name": "a", "reason": "empty"}],
        "class_names": {"label": ["a"]},
        "default_field": None,
        "unusable_labels": {"name": "no classes"},
    },
    "CHECKPOINT": {"format": 2, "images_seen": 0, "stage": STAGE},
    "SCORES": {"kimg": 3.5, "scores": {"swd": {"value": 1.0, "floor": None}}},
    "RECORD": {"tick": 1, "kimg": 1.0, "d_loss": 0.5},
    "RECIPE": {"batch_size": {"4": 64, "rest": 16}, "loss": "hinge"},
}
# Schema, path in the document, value, and what is told of it.
BAD = [
    ("RUN_OPTIONS", "network.resolution", "32", "is not a power of two"),
    ("RUN_OPTIONS", "network.resolution", 1e300, "is not a power of two"),
    ("RUN_OPTIONS", "network.resolution", 32.0, "is not a power of two"),
    ("RUN_OPTIONS", "network.latent_dim", True, "is not a whole number"),
    ("RUN_OPTIONS", "network.fmap_max", 10**400, "is not a whole number"),
    ("RUN_OPTIONS", "network.seed", float("nan"), "from 0 to 2**32 - 1"),
    ("RUN_OPTIONS", "network.colour", 1, "is not known to this version"),
    ("RUN_OPTIONS", "network", [1], "sizes of the networks"),
    ("RUN_OPTIONS", "data", None, "describes the images"),
    ("RUN_OPTIONS", "data.class_names", "ab", "a list of texts"),
    ("RUN_OPTIONS", "data.class_names", ["a", 1], "class_names[1]=1"),
    ("RUN_OPTIONS", "training.stages", [], "a list of stages"),
    ("RUN_OPTIONS", "training.stages.3.images", 0, "stages[3].images=0"),
    ("RUN_OPTIONS", "training.ema_decay", float("inf"), "from 0 to 1"),
    ("RUN_OPTIONS", "training.frozen_below", 7, "a power of two"),
    ("RUN_OPTIONS", "devices", "2", "devices='2'"),
    ("PRESET", "format", 2, "its format is 2, not 1"),
    ("PRESET", "alpha", 1.5, "alpha is not a number from 0 to 1"),
    ("PRESET", "class_names", {"a": 1}, "a list of texts"),
    ("PYRAMID", "format_version", None, "its format is None, not 2"),
    ("PYRAMID", "count", 0, "at least 1"),
    ("PYRAMID", "count", 1e999, "a whole number"),
    ("PYRAMID", "fingerprint", "../../x", "hexadecimal digits"),
    ("PYRAMID", "fingerprint", "f00d\n", "hexadecimal digits"),
    ("PYRAMID", "skipped", [3], "skipped[0]=3"),
    ("PYRAMID", "class_names", {"label": "a"}, "class_names.label='a'"),
    ("CHECKPOINT", "images_seen", -1, "at least 0"),
    ("CHECKPOINT", "stage.fade_in", 1, "true or false"),
    ("CHECKPOINT", "stage.speed", 1, "is not known to this version"),
    ("CHECKPOINT", "meter", {"first": 0}, "it lacks meter.seconds"),
    ("SCORES", "scores", [1], "an object of scores"),
    ("SCORES", "scores.swd.value", "1", "a finite number"),
    ("RECORD", "kimg", "1", "at least 0"),
    ("RECORD", "metrics", {"swd": 1}, "metrics.swd=1"),
    ("RECIPE", "batch_size", 0, "batch_size=0"),
    ("RECIPE", "batch_size", {"5": 16}, "by resolution"),
    ("RECIPE", "batch_size", {"4": "16"}, "batch_size.4='16'"),
    ("RECIPE", "batch_sise", 16, "batch_sise=16"),
    ("RECIPE", "network", {"seed": 1}, "network.seed"),
]


def changed(name, path, value):
    document = copy.deepcopy(VALID[name])
    inner, *keys = document, *path.split(".")
    for key in keys[:-1]:
        inner = inner[int(key) if isinstance(inner, list) else key]
    inner[keys[-1]] = value
    return document


@pytest.mark.parametrize("name", VALID)
def test_what_is_written_is_valid(name, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(VALID[name]))
    assert schemas.read(path, getattr(schemas, name)) == VALID[name]


@pytest.mark.parametrize(("name", "path", "value", "words"), BAD)
def test_what_does_not_fit_is_named(name, path, value, words):
    with pytest.raises(ValueError) as error:
        schemas.check(
            changed(name, path, value), getattr(schemas, name), "x.json"
        )
    text = str(error.value)
    assert text.startswith("x.json cannot be read: ")
    assert words in text
    assert "Received: " in text
    assert len(text) < 500
    assert "\n" not in text


@pytest.mark.parametrize("name", sorted(set(VALID) - {"RECIPE"}))
def test_what_is_missing_is_named(name):
    schema = getattr(schemas, name)
    for key in schema["required"]:
        document = {k: v for k, v in VALID[name].items() if k != key}
        found = schemas.problem(document, schema)
        assert found.what.startswith(f"it lacks {key}, which is ")


@pytest.mark.parametrize("name", sorted(set(VALID) - {"RECIPE"}))
def test_keys_of_later_versions_are_left_alone(name):
    later = VALID[name] | {"hue": [{"a": {}}]}
    assert schemas.problem(later, getattr(schemas, name)) is None


def names(cls):
    return {field.name for field in dataclasses.fields(cls)}


def test_the_schemas_know_what_networks_stages_and_recipes_are_made_of():
    network = schemas.NETWORK["properties"]
    assert set(network) == names(NetworkConfig)
    assert set(network["architecture"]["properties"]) == names(Architecture)
    assert set(schemas.STAGE["properties"]) == names(Stage)
    assert set(schemas.RECIPE["properties"]) == names(Recipe)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is not JSON"),
        (b"{", "it is not JSON"),
        (b'{"a": 1, "a": 2}', "the key 'a' is there twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b"[" * 10**6, "nests too many"),
        (b'{"a":' * 10**5, "nests too many"),
        (b"9" * 10**5, "it is not JSON"),
        (b"\x00", "it is not JSON"),
        (b"\x80abc", "it is not JSON"),
        (b" " * (2**26 + 1), "larger than 64 MiB"),
        (b"[1]", "is not a preset"),
        (b"null", "is not a preset"),
    ],
    ids=range(13),
)
def test_what_is_no_such_json_gets_one_short_sentence(tmp_path, content, words):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(ValueError) as error:
        schemas.read(path, schemas.PRESET)
    assert words in str(error.value)
    assert str(path) in str(error.value)
    assert len(str(error.value)) < 400
    assert "\n" not in str(error.value)


def test_a_name_that_is_no_name_is_told_in_one_line():
    for name in ("\r\n", "\udce9", "x" * 10**6):
        found = schemas.problem({name: 1}, schemas.RECIPE)
        assert len(found.what) < 200
        assert f"{found.what}{found.received}".isprintable()


def test_names_that_are_no_utf_8_come_back(tmp_path):
    path = tmp_path / "x.json"
    document = VALID["PYRAMID"] | {"name": "caf\udce9"}
    text = json.dumps(document, ensure_ascii=False)
    path.write_text(text, "utf-8", "surrogateescape")
    assert schemas.read(path, schemas.PYRAMID) == document


def test_jsonschema_is_imported_only_to_check():
    code = (
        "import sys\n"
        "from progan_keras import recipes, schemas\n"
        "assert 'jsonschema' not in sys.modules\n"
        "schemas.problem({}, schemas.RECIPE)\n"
        "assert 'jsonschema' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_recipe_file_is_the_recipe_that_it_describes(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(
        json.dumps(
            {
                "loss": "hinge",
                "batch_size": {"4": 64, "8": 32, "rest": 16},
                "learning_rate": None,
                "stabilise_images": 1000,
                "network": {"latent_dim": 32, "architecture": {}},
                "by_devices": {
                    "2": {"learning_rate": {"8": 0.002, "rest": 0.001}}
                },
            }
        )
    )
    expected = Recipe(
        loss="hinge",
        batch_size={4: 64, 8: 32, None: 16},
        learning_rate=None,
        stabilise_images=1000,
        network={"latent_dim": 32, "architecture": {}},
        by_devices={2: {"learning_rate": {8: 0.002, None: 0.001}}},
    )
    assert recipes.get(str(path)) == recipes.get(path) == expected


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"update": "simultaneous", "n_critic": 2}, "n_critic=2"),
        ({"adam_beta_1": 1}, "adam_beta_1=1"),
        ({"by_devices": {"0": {}}}, "by_devices='0'"),
        ({"by_devices": {"1": {"loss": "hinge"}}}, "by_devices.1.loss"),
    ],
)
def test_a_recipe_file_that_is_none_is_told(tmp_path, recipe, words):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(recipe))
    with pytest.raises(ValueError) as error:
        recipes.get(path)
    assert str(path) in str(error.value)
    assert words in str(error.value)


def test_a_recipe_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file with a recipe"):
        recipes.get(str(tmp_path / "mine.json"))


@pytest.mark.parametrize("name", VALID)
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_any_document_fits_or_gets_one_sentence(name, data):
    document = data.draw(mutated(VALID[name]))
    try:
        schemas.check(document, getattr(schemas, name), "x.json")
    except ValueError as error:
        text = str(error)
        assert text.startswith("x.json cannot be read: ")
        assert len(text) < 600
        assert "\n" not in text


@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(recipe=mutated(VALID["RECIPE"] | {"by_devices": {"1": {}}}))
def test_any_recipe_file_is_a_recipe_or_gets_one_sentence(
    recipe, tmp_path_factory
):
    path = tmp_path_factory.getbasetemp() / "mutated.json"
    path.write_text(json.dumps(recipe))
    try:
        found = recipes.get(path)
        found.schedule(32)
    except ValueError as error:
        assert "\n" not in str(error)
