"""What is exported runs elsewhere and gives the same pictures."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from gan_checks import randomize, tiny

import progan_keras as pk
from progan_keras.export import difference
from progan_keras.export.endpoints import slerp
from progan_keras.export_formats import FORMATS


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
default = model.signatures["serving_default"]
(images,) = default(latents=tf.constant(latents)).values()
assert images.shape[0] == len(latents)
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
    # Keras on JAX and PyTorch refuses to load it otherwise.
    norms = [x for x in model.layers if hasattr(x, "synchronized")]
    assert norms and not any(x.synchronized for x in norms)


NAMES = {name: form.default for name, form in FORMATS.items()}


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_runs_by_its_own_runtime_alone(gan, format, tmp_path):
    path = gan.export(tmp_path / NAMES[format], format=format)
    assert 0 <= difference(gan, path, format) < 1e-4


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_classes(conditional, format, tmp_path):
    path = conditional.export(tmp_path / NAMES[format], format=format)
    assert difference(conditional, path, format) < 1e-4


@pytest.mark.parametrize("format", ["onnx", "litert"])
def test_any_number_of_images_is_made_at_once(gan, format, tmp_path):
    path = gan.export(tmp_path / NAMES[format], format=format)
    for count in (1, 7):
        assert difference(gan, path, format, count=count) < 1e-4


def test_a_litert_file_takes_other_numbers_of_images_in_turn(tmp_path):
    gan = randomize(tiny(16))
    path = gan.export(tmp_path / NAMES["litert"], format="litert")
    interpreter = Interpreter(str(path), num_threads=2)
    serve = interpreter.get_signature_runner("serve")
    for count in (1, 7, 2, 1):
        latents = pk.latents.sample(count, 8, seed=count)
        expected = gan.call(tf.constant(latents))
        scale = np.abs(expected).max()
        images = serve(latents=latents)["images"]
        np.testing.assert_allclose(images, expected, atol=1e-5 * scale)
    # A transposed convolution keeps the fast kernels from all behind it.
    names = {
        operation["op_name"] for operation in interpreter._get_ops_details()
    }
    assert "DELEGATE" in names
    assert "TRANSPOSE_CONV" not in names


def test_an_export_that_makes_other_images_is_found_out(gan, tmp_path):
    other = randomize(tiny(), 3)
    path = other.export(tmp_path / NAMES["onnx"], format="onnx")
    with pytest.raises(OSError, match="images differ .* by "):
        difference(gan, path, "onnx")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(OSError, match="was written, but does not run: "):
        difference(gan, path, "onnx")


def test_signatures_name_what_they_take_and_return(exported):
    signatures = tf.saved_model.load(exported).signatures
    latents = tf.constant(pk.latents.sample(2, 8))
    images = signatures["serving_default"](latents=latents)["images"]
    np.testing.assert_array_equal(
        images, signatures["serve"](latents=latents)["images"]
    )
    made = signatures["pictures"](latents=latents)["pictures"]
    assert made.dtype == tf.uint8
    n, seed = tf.constant(3), tf.constant(7)
    made = signatures["sample"](n=n, seed=seed)["pictures"]
    assert made.shape == (3, 8, 8, 3)
    ends = {"z0": latents[0], "z1": latents[1]}
    assert list(signatures["interpolate"](**ends, n=n)) == ["pictures"]


def test_a_saved_model_draws_its_own_latents(gan, exported):
    model = tf.saved_model.load(exported)
    pictures = model.sample(5, 7).numpy()
    assert pictures.shape == (5, 8, 8, 3)
    assert pictures.dtype == np.uint8
    np.testing.assert_array_equal(pictures, model.sample(5, 7))
    assert (pictures != model.sample(5, 8).numpy()).any()
    latents = tf.random.stateless_normal((5, 8), (7, 0), alg="philox")
    np.testing.assert_array_equal(pictures, model.pictures(latents))


def test_a_saved_model_goes_from_one_latent_vector_to_another(gan, exported):
    model = tf.saved_model.load(exported)
    z0, z1 = pk.latents.sample(2, 8)
    walk = model.interpolate(z0, z1, 5).numpy()
    ends = model.pictures(np.stack([z0, z1])).numpy().astype(int)
    assert np.abs(walk[[0, -1]] - ends).max() <= 1
    # A vector to itself or to its opposite has no one way.
    for end in (z0, -z0):
        stay = model.interpolate(z0, end, 3).numpy()
        assert np.abs(stay[0] - ends[0]).max() <= 1


def test_the_way_between_latent_vectors_keeps_their_length():
    z0, z1 = pk.latents.sample(2, 8)
    z1 *= np.linalg.norm(z0) / np.linalg.norm(z1)
    shares = np.linspace(0, 1, 9, dtype="float32")[:, None]
    way = slerp(z0[None], z1[None], shares).numpy()
    lengths = np.linalg.norm(way, axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(z0), rtol=1e-5)
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-4)
    np.testing.assert_allclose(way[[0, -1]], [z0, z1], atol=1e-5)


def test_a_saved_model_shows_the_resolutions_it_grew_through(gan, exported):
    model = tf.saved_model.load(exported)
    latents = pk.latents.sample(3, 8)
    pictures = model.pictures_4x4(latents).numpy().astype(int)
    expected = gan.generate(latents=latents, resolution=4)
    assert np.abs(pictures - expected).max() <= 1
    assert not hasattr(model, "pictures_8x8")  # which is model.pictures


def test_classes_are_asked_for_in_all_endpoints(conditional, tmp_path):
    model = tf.saved_model.load(conditional.export(tmp_path / "model"))
    assert model.sample(3, 0, [0, 1, 2]).shape == (3, 8, 8, 3)
    z0, z1 = pk.latents.sample(2, 8)
    walk = model.interpolate(z0, z1, 4, 2).numpy().astype(int)
    end = conditional.generate(latents=z1[None], labels=2)
    assert np.abs(walk[-1] - end[0]).max() <= 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="0 to 2"):
        model.sample(1, 0, [3])


def test_a_missing_converter_is_named_with_its_remedy(
    gan, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ValueError, match=r"progan-keras\[onnx\]"):
        gan.export(tmp_path / "model.onnx", format="onnx")
    assert list(tmp_path.iterdir()) == []


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
    with pytest.raises(ValueError, match="LiteRT file ends in .tflite"):
        gan.export(tmp_path / "model.onnx", format="litert")
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

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match="Cannot write .*disk full"):
        gan.export(tmp_path / "model")


def test_overwriting_a_saved_model_spares_other_files(gan, tmp_path):
    folder = gan.export(tmp_path / "model")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="other things"):
        gan.export(folder, overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"
