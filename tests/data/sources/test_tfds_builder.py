"""Names of tensorflow-datasets: found at once, or a sentence that helps."""

import sys
import time

import pytest
from tensorflow_datasets.core.utils import gcs_utils

from progan_keras.data.sources.open_source import open_source
from progan_keras.data.sources.tfds.builder import open_builder, set_name


@pytest.fixture(autouse=True)
def no_cloud(monkeypatch):
    def refuse(*args):
        raise AssertionError("must not be asked")

    monkeypatch.setattr(gcs_utils, "exists", refuse)


NAMES = {
    "cifar10": "cifar10",
    "celeb_a_hq": "celeb_a_hq/1024",
    "celeb_a_hq/64": "celeb_a_hq/64",
    "lsun/bedroom": "lsun/bedroom",
    "lsun/church_outdoor:3.1.0": "lsun/church_outdoor",
    "mnist:3.*.*": "mnist",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_of_tensorflow_datasets(name, tmp_path):
    builder = open_builder(name, tmp_path)
    assert set_name(builder) == NAMES[name]
    assert not list(tmp_path.iterdir())


def test_the_folder_may_be_in_the_users_own(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    builder = open_builder("cifar10", "~/sets")
    assert builder.data_dir.startswith(str(tmp_path / "sets"))


# Name: (kind of error, words of the message).
BAD = {
    "cifar11": (FileNotFoundError, "Did you mean 'cifar10"),
    "celeba": (FileNotFoundError, "Did you mean 'celeb_a'"),
    "qqqqqqqq": (FileNotFoundError, "no data set of tensorflow-datasets. Rec"),
    "celeb_a_hq/77": (ValueError, "no such configuration. It has 11, such as"),
    "lsun/church": (ValueError, "It has 30, such as church_outdoor"),
    "mnist/foo": (ValueError, "no such configuration. It has none"),
    "mnist:9.9.9": (ValueError, "no such version.*newest, 3.0.1"),
    "lsun:0.0.1": (ValueError, "no such version.*newest, 3.1.0"),
    "mnist:3.0": (ValueError, "configuration and its version as in"),
    "a b": (ValueError, "configuration and its version as in"),
    "": (ValueError, "configuration and its version as in"),
    "kaggle:foo": (ValueError, "community.*tf.data.Dataset"),
    "huggingface:mnist": (ValueError, "community.*tf.data.Dataset"),
    "mnist/x=3": (ValueError, "cannot open this data set .*'x'"),
    "wmt_translate": (ValueError, "cannot open.*config kwargs"),
    "kuka": (ValueError, "no images in this data set"),
    "rlu_rwrl": (ValueError, "no images in this data set"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_name_gets_a_sentence_within_seconds(name, tmp_path):
    kind, words = BAD[name]
    start = time.perf_counter()
    with pytest.raises(kind, match=words) as error:
        open_builder(name, tmp_path)
    assert time.perf_counter() - start < 5
    assert "\n" not in str(error.value)
    assert f"Received: source={name!r}" in str(error.value)


def test_a_folder_of_nearly_that_name_hides_no_data_set(monkeypatch, tmp_path):
    (tmp_path / "cifar").mkdir()
    monkeypatch.chdir(tmp_path)
    assert open_source("cifar10", data_dir=tmp_path).name == "cifar10"


def test_a_folder_of_nearly_that_name_is_suggested(monkeypatch, tmp_path):
    (tmp_path / "my_faces").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="Did you mean 'my_faces'"):
        open_source("my_face")


def test_without_tensorflow_datasets_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(ValueError, match="pip install tensorflow-datasets imp"):
        open_builder("cifar10")


def test_a_set_that_imports_a_missing_package_says_what_to_install(
    monkeypatch, tmp_path
):
    monkeypatch.setitem(sys.modules, "pandas", None)
    for module in [m for m in sys.modules if m.endswith("dices")]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(ValueError, match="`pip install pandas`"):
        open_builder("dices", tmp_path)
