"""What TF_CONFIG says, and what is wrong with it."""

import json

import pytest

from progan_keras.training.cluster import Cluster, read_tf_config

TWO = ["a:1", "b:2"]


def tf_config(cluster, kind="worker", index=0):
    task = {"type": kind, "index": index}
    return json.dumps({"cluster": cluster, "task": task})


@pytest.mark.parametrize(
    "text",
    ["", " ", "{}", '{"cluster": {}}', '{"task": {"type": "worker"}}']
    + [tf_config({"worker": ["a:1"]}), tf_config({"chief": ["a:1"]}, "chief")],
)
def test_one_worker_trains_alone(text):
    assert read_tf_config(text) is None


def test_no_variable_is_no_cluster(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert read_tf_config() is None


def test_the_variable_is_read(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", tf_config({"worker": TWO}, index=1))
    cluster = read_tf_config()
    assert cluster == Cluster(("worker 0", "worker 1"), ("a:1", "b:2"), 1)
    assert cluster.others == "worker 0 (a:1)"


def test_the_chief_comes_first():
    cluster = read_tf_config(tf_config({"worker": TWO, "chief": ["c:3"]}))
    assert cluster.names == ("chief", "worker 0", "worker 1")
    assert cluster.addresses == ("c:3", "a:1", "b:2")
    assert cluster.own == 1


@pytest.mark.parametrize("index", [1, "1"])
def test_an_index_may_be_text_as_shell_scripts_write_it(index):
    assert read_tf_config(tf_config({"worker": TWO}, index=index)).own == 1


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"cluster": [1]}', "field cluster"),
        (tf_config({"worker": TWO, "ps": ["c:3"]}), "field cluster.ps"),
        (tf_config({"worker": "a:1"}), "field cluster.worker"),
        (tf_config({"worker": {"0": "a:1"}}), "field cluster.worker"),
        (tf_config({"worker": ["a:1", "b"]}), r"field cluster.worker\[1\]"),
        (tf_config({"worker": ["a:1", ":2"]}), r"field cluster.worker\[1\]"),
        (tf_config({"worker": ["a:x", "b:2"]}), r"field cluster.worker\[0\]"),
        (tf_config({"worker": ["a:0", "b:2"]}), r"field cluster.worker\[0\]"),
        (tf_config({"worker": ["a:65536", "b:2"]}), r"cluster.worker\[0\]"),
        (tf_config({"worker": ["a:²", "b:2"]}), r"field cluster.worker\[0\]"),
        (tf_config({"worker": [1, "b:2"]}), r"field cluster.worker\[0\]"),
        (tf_config({"worker": ["a:1", "a:1"]}), r"worker\[0\] and .*\[1\]"),
        (tf_config({"chief": TWO}, "chief"), "field cluster.chief"),
        (json.dumps({"cluster": {"worker": TWO}}), "field task"),
        (tf_config({"worker": TWO}, "chief"), "field task.type"),
        (tf_config({"worker": TWO}, "ps"), "field task.type"),
        (tf_config({"worker": TWO}, None), "field task.type"),
        (tf_config({"worker": TWO}, ["worker"]), "field task.type"),
        (tf_config({"worker": TWO}, index=2), "field task.index"),
        (tf_config({"worker": TWO}, index=-1), "field task.index"),
        (tf_config({"worker": TWO}, index=True), "field task.index"),
        (tf_config({"worker": TWO}, index=0.0), "field task.index"),
        (tf_config({"worker": TWO}, index="$N"), "field task.index"),
        (tf_config({"worker": TWO}, index=None), "field task.index"),
    ],
)
def test_a_malformed_variable_is_refused_with_the_field(text, field):
    with pytest.raises(ValueError, match=f"TF_CONFIG .*{field}") as error:
        read_tf_config(text)
    assert "Received: " in str(error.value)
    assert "\n" not in str(error.value)
