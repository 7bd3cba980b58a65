"""What is exported runs elsewhere and gives the same pictures."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from gan_checks import randomize, tiny

import progan_keras as pk


@pytest.fixture(scope="module")
def gan():
    return pk.ProGAN(8, latent_dim=8, fmap_base=32, fmap_max=8)


@pytest.fixture(scope="module")
def exported(gan, tmp_path_factory):
    return gan.export(tmp_path_factory.mktemp("export") / "model")


FRESH = """
import sys
import numpy as np
import tensorflow as tf

model = tf.saved_model.load("model")
latents = np.load("latents.npy")
for count in (1, 3, len(latents)):
    images = model.serve(latents[:count])
    pictures = model.pictures(latents[:count])
    assert images.shape[0] == pictures.shape[0] == count
np.savez("outputs.npz", images=images, pictures=pictures)
signature = model.signatures["serving_default"]
assert signature is not None
assert not any(name.startswith("progan_keras") for name in sys.modules)
assert not any(name.split(".")[0] == "progan_keras" for name in sys.modules)
"""


def test_a_fresh_process_without_this_package_runs_the_saved_model(
    gan, exported
):
    folder = exported.parent
    latents = pk.latents.sample(5, 8, seed=1)
    np.save(folder / "latents.npy", latents)
    # -P and -I keep this checkout off the path; the import is forbidden too.
    forbid = "import sys; sys.modules['progan_keras'] = None\n"
    subprocess.run(
        [sys.executable, "-I", "-c", forbid + FRESH.split("assert not")[0]],
        cwd=folder,
        check=True,
    )
    with np.load(folder / "outputs.npz") as outputs:
        images, pictures = outputs["images"], outputs["pictures"]
    assert images.dtype == np.float32
    assert pictures.dtype == np.uint8
    np.testing.assert_allclose(
        images, gan.call(tf.constant(latents)), atol=1e-5
    )
    expected = gan.generate(latents=latents)
    assert np.abs(pictures.astype(int) - expected).max() <= 1


def test_the_keras_file_gives_the_same_images(gan, tmp_path):
    path = gan.export(tmp_path / "generator.keras", format="keras")
    model = keras.models.load_model(path)
    latents = pk.latents.sample(3, 8)
    np.testing.assert_array_equal(
        model(latents), gan.call(tf.constant(latents))
    )


@pytest.fixture(scope="module")
def conditional():
    """With statistics of its own, as training leaves them."""
    gan = tiny(num_classes=3, architecture={"generator_norm": "batch"})
    return randomize(gan)


FRESH_CONDITIONAL = """
import numpy as np
import tensorflow as tf

model = tf.saved_model.load("model")
latents = np.load("latents.npy")
for count in (1, len(latents)):
    labels = np.arange(count, dtype="int32") % 3
    images = model.serve(latents[:count], labels)
    pictures = model.pictures(latents[:count], labels)
    assert images.shape[0] == pictures.shape[0] == count
np.savez("outputs.npz", images=images, pictures=pictures)
signature = model.signatures["serving_default"]
_, names = signature.structured_input_signature
assert {x.dtype for x in names.values()} == {tf.float32, tf.int32}
"""


def test_a_conditional_saved_model_takes_latents_and_classes(
    conditional, tmp_path
):
    conditional.export(tmp_path / "model")
    latents = pk.latents.sample(4, 8, seed=1)
    np.save(tmp_path / "latents.npy", latents)
    forbid = "import sys; sys.modules['progan_keras'] = None\n"
    subprocess.run(
        [sys.executable, "-I", "-c", forbid + FRESH_CONDITIONAL],
        cwd=tmp_path,
        check=True,
    )
    labels = [0, 1, 2, 0]
    floats = conditional.call([latents, np.eye(3, dtype="float32")[labels]])
    with np.load(tmp_path / "outputs.npz") as outputs:
        np.testing.assert_allclose(
            outputs["images"], floats, rtol=1e-4, atol=1e-4
        )
        pictures = outputs["pictures"].astype(int)
    expected = conditional.generate(latents=latents, labels=labels)
    assert np.abs(pictures - expected).max() <= 1


def test_a_conditional_keras_file_takes_latents_and_one_hot_labels(
    conditional, tmp_path
):
    path = conditional.export(tmp_path / "generator.keras", format="keras")
    model = keras.models.load_model(path)
    inputs = [pk.latents.sample(3, 8), np.eye(3, dtype="float32")]
    np.testing.assert_array_equal(model(inputs), conditional.call(inputs))


def test_the_home_folder_may_be_written_as_a_tilde(gan, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = gan.export("~/generator.keras", format="keras")
    assert path == tmp_path / "generator.keras"
    assert path.exists()


def test_what_is_there_is_not_overwritten_unasked(gan, exported):
    before = (exported / "saved_model.pb").read_bytes()
    with pytest.raises(FileExistsError, match="exists already"):
        gan.export(exported)
    assert (exported / "saved_model.pb").read_bytes() == before
    gan.export(exported, overwrite=True)
    assert [path.name for path in exported.parent.glob(".*")] == []


def test_an_unknown_format_or_ending_is_refused(gan, tmp_path):
    with pytest.raises(ValueError, match="format='tflite'"):
        gan.export(tmp_path / "model", format="tflite")
    with pytest.raises(ValueError, match="ends in .keras"):
        gan.export(tmp_path / "model.h5", format="keras")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_things_is_never_replaced(gan, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="other things"):
        gan.export(tmp_path, overwrite=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_tensorflows_own_write_errors_become_one_sentence(
    gan, tmp_path, monkeypatch
):
    def fail(*args, **kwargs):
        raise tf.errors.ResourceExhaustedError(None, None, "disk full")

    archive = type(keras.export.ExportArchive())
    monkeypatch.setattr(archive, "write_out", fail)
    with pytest.raises(OSError, match="Cannot write .*disk full"):
        gan.export(tmp_path / "model")


def test_overwriting_a_saved_model_spares_other_files(gan, tmp_path):
    folder = gan.export(tmp_path / "model")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="other things"):
        gan.export(folder, overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"
