"""What docs/serving.md shows is run as it stands there."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import markdown_pages
import numpy as np
import pytest
import tensorflow as tf
from rest_server import predict, serving

import progan_keras as pk
from progan_keras.cli.main import main

pytestmark = pytest.mark.slow
GUIDE = markdown_pages.ROOT / "docs" / "serving.md"
NOT_RUN = ("docker", "pip")  # no engine, and no network, in tests
PORT = "localhost:8501"


def blocks(language, *words):
    """The blocks of a language, or those of them with one of the words."""
    pages = markdown_pages.blocks(GUIDE)
    found = [text for name, text, _ in pages if name == language]
    return [x for x in found if not words or any(word in x for word in words)]


def block(language, word):
    (found,) = blocks(language, word)
    return found


# Python blocks that have a test of their own.
APART = ("toy.export", "urllib", "Bounded")
ALONE = [x for x in blocks("python") if x not in blocks("python", *APART)]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with what the guide takes for granted, and its exports."""
    folder = tmp_path_factory.mktemp("guide")
    sizes = {"latent_dim": 64, "fmap_base": 512, "fmap_max": 8}
    pk.ProGAN(32, **sizes).save_preset(folder / "runs")
    portraits = pk.ProGAN(32, **sizes, num_classes=2)
    portraits.save_preset(folder / "portraits")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in "".join(blocks("sh", "progan")).splitlines():
            if line.startswith("progan "):
                assert main(shlex.split(line)[1:]) == 0
    run(block("python", "toy.export"), folder)
    return folder


def run(code, folder):
    """Run a block in a folder; return its names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return markdown_pages.run_python(code, folder)


@pytest.mark.parametrize("code", ALONE, ids=range(len(ALONE)))
def test_python_blocks_run_and_make_what_they_say(place, code):
    names = run(code, place)
    pictures = np.asarray(names["pictures"])
    assert pictures.dtype == np.uint8
    assert pictures.std() > 0


def test_all_shell_commands_are_known():
    commands = {
        line.split()[0]
        for text in blocks("sh")
        for line in text.replace("\\\n", " ").splitlines()
    }
    run_here = {"progan", "python", "saved_model_cli", "curl"}
    assert commands == {*run_here, *NOT_RUN}


@pytest.fixture(scope="module")
def model(place):
    return tf.saved_model.load(place / "my_model")


def table():
    """Signature -> (names of inputs, name of the output), as in the guide."""
    text = markdown_pages.section(GUIDE, "## TensorFlow Serving")
    rows = markdown_pages.table(text)[1:]
    names = re.compile(r"`(\w+)`")
    return {
        name: (set(names.findall(inputs)), names.findall(output)[0])
        for signatures, inputs, output in rows
        for name in names.findall(signatures)
    }


def test_the_table_of_signatures_is_complete(place, model):
    assert table().keys() == model.signatures.keys()
    for name, (inputs, output) in table().items():
        signature = model.signatures[name]
        assert signature.structured_input_signature[1].keys() == inputs
        assert list(signature.structured_outputs) == [output]
    (shown,) = blocks("sh", "saved_model_cli")
    program = Path(sys.executable).with_name("saved_model_cli")
    done = subprocess.run(
        [program, *shlex.split(shown)[1:]],
        cwd=place,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in table():
        assert f"signature_def['{name}']" in done.stdout


@pytest.fixture(scope="module")
def toy(place):
    return tf.saved_model.load(place / "models" / "toy" / "1")


@pytest.fixture(scope="module")
def toy_with_classes(tmp_path_factory):
    settings = {"num_channels": 1, "latent_dim": 4, "num_classes": 2, "seed": 0}
    path = tmp_path_factory.mktemp("classes") / "1"
    return tf.saved_model.load(pk.ProGAN(8, **settings).export(path))


JSON = [json.loads(text) for text in blocks("json")]
BY_ROWS, REPLY, BY_COLUMNS, SAMPLE, WITH_CLASS, ERROR = JSON


def test_the_reply_is_what_the_request_gets(toy):
    (shown,), (made,) = REPLY.values(), predict(toy, BY_ROWS).values()
    np.testing.assert_allclose(made, shown, atol=1)
    assert np.std(shown) > 10
    assert predict(toy, BY_ROWS).keys() == REPLY.keys()
    assert predict(toy, BY_COLUMNS) == {"outputs": made}


def test_pictures_are_sampled_by_columns_only(toy):
    (pictures,) = predict(toy, SAMPLE).values()
    np.testing.assert_array_equal(pictures, toy.sample(2, 7))
    rows = {**SAMPLE, "instances": [SAMPLE["inputs"]]}
    del rows["inputs"]
    with pytest.raises(ValueError, match="shape of"):
        predict(toy, rows)


def test_a_class_is_asked_for_by_name_and_checked(toy_with_classes):
    (pictures,) = predict(toy_with_classes, WITH_CLASS).values()
    (row,) = WITH_CLASS["instances"]
    expected = toy_with_classes.pictures_4x4([row["latents"]], [row["labels"]])
    np.testing.assert_array_equal(pictures, expected)
    row = {**row, "labels": 9}
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        predict(toy_with_classes, {**WITH_CLASS, "instances": [row]})
    assert ERROR["error"] in str(error.value)


def test_no_name_is_the_default_signature_in_floats(toy):
    request = {"instances": BY_ROWS["instances"]}
    (images,) = predict(toy, request).values()
    np.testing.assert_allclose(images, toy.serve(BY_ROWS["instances"]))


def test_clients_get_their_pictures(place, toy):
    with serving({"toy": toy}) as port:
        code = block("python", "urllib").replace(PORT, f"localhost:{port}")
        pictures = run(code, place)["pictures"]
        np.testing.assert_array_equal(pictures, toy.sample(16, 7))
        if shutil.which("curl"):
            command = block("sh", "curl").replace(PORT, f"localhost:{port}")
            command = shlex.split(command.replace("\\\n", " "))
            environment = {**os.environ, "no_proxy": "localhost"}
            done = subprocess.run(
                [*command, "--silent"],
                capture_output=True,
                check=True,
                env=environment,
            )
            outputs = json.loads(done.stdout)["outputs"]
            np.testing.assert_array_equal(outputs, toy.sample(2, 7))


def test_the_page_is_served_by_python(place):
    (line,) = (
        line
        for line in "".join(blocks("sh", "http.server")).splitlines()
        if line.startswith("python ")
    )
    # Any port that is free, told on the first line.
    process = subprocess.Popen(
        [sys.executable, "-u", *shlex.split(line)[1:], "0"],
        cwd=place,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = re.search(
            r"http://127\.0\.0\.1:\d+/", process.stdout.readline()
        )
        with urllib.request.urlopen(f"{address[0]}model.json") as reply:
            assert json.load(reply)["resolution"] == 32
    finally:
        process.terminate()
        process.wait()


def test_a_bounded_model_refuses_to_make_too_many(place, model):
    run(block("python", "Bounded"), place)
    bounded = tf.saved_model.load(place / "models" / "bounded" / "1")
    (answer,) = predict(bounded, {"inputs": {"n": 64, "seed": 7}}).values()
    np.testing.assert_array_equal(answer, model.sample(64, 7))
    with pytest.raises(tf.errors.InvalidArgumentError, match="At most 64"):
        predict(bounded, {"inputs": {"n": 65, "seed": 7}})
    assert list(bounded.signatures) == ["serving_default"]


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("sample", {"n": -1, "seed": 7}),
        ("interpolate", {"z0": [0.0] * 4, "z1": [1.0] * 5, "n": 3}),
        ("pictures", {"latents": [[0.0] * 5]}),
        ("sample", {"n": 1.5, "seed": 7}),
    ],
)
def test_nonsense_is_refused(toy, name, inputs):
    with pytest.raises((ValueError, tf.errors.OpError)):
        predict(toy, {"signature_name": name, "inputs": inputs})
    assert predict(toy, SAMPLE)  # and the model survives it
