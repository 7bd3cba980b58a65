"""Feature networks: any model or function, a batch at a time."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from progan_keras.metrics import features
from progan_keras.metrics.features.network import built_in_float32

IMAGES = np.random.default_rng(0).integers(
    0, 256, (150, 16, 16, 3), dtype=np.uint8
)


def means(pictures):
    """Features: the mean of each channel."""
    return pictures.mean(axis=(1, 2))


def model(*units):
    """A small Keras model with as many outputs as there are units."""
    pictures = keras.Input((16, 16, 3))
    x = keras.layers.GlobalAveragePooling2D()(pictures)
    outputs = [keras.layers.Dense(size)(x) for size in units]
    return keras.Model(pictures, outputs if outputs[1:] else outputs[0])


def test_a_function_gets_batches_of_pictures_and_returns_their_features():
    sizes = []

    def function(pictures):
        sizes.append(pictures.shape)
        assert pictures.dtype == np.uint8
        return means(pictures)

    found = features.get(function)(IMAGES)
    assert found.features.dtype == np.float32
    np.testing.assert_allclose(found.features, means(IMAGES), rtol=1e-6)
    assert found.logits is None
    # All of one size, so that it is compiled once.
    assert sizes == [(64, 16, 16, 3)] * 3


def test_large_pictures_come_in_smaller_batches():
    sizes = []

    def function(pictures):
        sizes.append(len(pictures))
        return pictures[:, 0, 0]

    features.get(function)(np.zeros((40, 1024, 1024, 1), np.uint8))
    assert sizes == [16, 16, 16]


def test_grey_pictures_are_seen_as_rgb():
    grey = IMAGES[..., :1]
    found = features.get(means)(grey).features
    assert found.shape == (150, 3)
    np.testing.assert_allclose(found, means(grey.repeat(3, 3)), rtol=1e-6)


def test_a_keras_model_gets_the_values_of_bytes():
    network = model(5)
    found = features.get(network)(IMAGES)
    expected = network(IMAGES.astype("float32")).numpy()
    np.testing.assert_allclose(found.features, expected, rtol=1e-5, atol=1e-4)
    assert found.logits is None


def test_a_keras_model_gets_what_preprocess_makes_of_pictures():
    network = model(5)
    found = features.get(network, preprocess=lambda x: x / 127.5 - 1)(IMAGES)
    expected = network(IMAGES / 127.5 - 1).numpy()
    np.testing.assert_allclose(found.features, expected, rtol=1e-4, atol=1e-5)


def test_a_model_of_two_outputs_gives_features_and_logits():
    found = features.get(model(5, 7))(IMAGES)
    assert found.features.shape == (150, 5)
    assert found.logits.shape == (150, 7)


def test_a_memory_map_gives_the_same_as_an_array(tmp_path):
    np.save(tmp_path / "images.npy", IMAGES)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    np.testing.assert_array_equal(
        features.get(means)(mapped).features, means(IMAGES).astype("float32")
    )


def test_a_network_is_named_after_what_it_is():
    network = model(3)
    network.name = "mine"
    assert features.get(network).name == "mine"
    assert features.get(means).name == "means"
    assert features.get(means, name="averages").name == "averages"
    made = features.get(means)
    assert features.get(made) is made


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (IMAGES / 127.5 - 1, "to_uint8"),
        (IMAGES[0], "shape=(16, 16, 3)"),
        (IMAGES[:0], "images.shape=(0, 16, 16, 3)"),
    ],
)
def test_what_are_no_pictures_is_told_in_one_sentence(images, words):
    with pytest.raises(ValueError) as caught:
        features.get(means)(images)
    assert words in str(caught.value)
    assert "Received: " in str(caught.value)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x.astype(float), "shape [64, 16, 16, 3]"),
        (lambda x: x[0, 0, :, 0], "shape [16]"),
        (lambda x: means(x)[:9], "shape [9, 3]"),
        (lambda x: means(x)[:, :0], "shape [64, 0]"),
        (lambda x: (means(x), x), "shape [64, 16, 16, 3]"),
        (lambda x: [means(x)] * 3, "3 results"),
        (lambda x: means(x) * np.nan, "64 of 64 rows"),
        (lambda x: (means(x), means(x) / 0), "64 of 64 rows"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_are_no_features_is_told_in_one_sentence(function, words):
    with pytest.raises(ValueError) as caught:
        features.get(function, name="mine")(IMAGES)
    assert words in str(caught.value)
    assert "'mine'" in str(caught.value)
    assert "Received: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_function_whose_features_change_in_number_is_refused():
    sizes = iter([3, 2])
    with pytest.raises(ValueError, match="from 64 on"):
        features.get(lambda x: means(x)[:, : next(sizes)], name="a")(IMAGES)
    with_logits = iter([True, False])

    def function(x):
        return (means(x), means(x)) if next(with_logits) else means(x)

    with pytest.raises(ValueError, match="from 64 on"):
        features.get(function)(IMAGES)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"network": "inception"}, "Did you mean 'inception_v3'?"),
        ({"network": "vgg"}, "efficientnet_lite0_224"),
        ({"network": 3}, "network=3"),
        ({"network": "inception_v3", "name": "mine"}, "of your own"),
        ({"network": means, "preprocess": means}, "Keras models"),
    ],
)
def test_what_is_no_network_is_told_in_one_sentence(arguments, words):
    with pytest.raises(ValueError) as caught:
        features.get(**arguments)
    assert words in str(caught.value)
    assert "Received: " in str(caught.value)


def test_mixed_precision_stays_outside():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        with built_in_float32():
            layer = keras.layers.Dense(2)
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")
    assert layer.compute_dtype == "float32"


def test_metrics_and_the_names_of_networks_do_without_keras():
    code = (
        "import sys\n"
        "from progan_keras.metrics import features\n"
        "features.get(lambda x: x)\n"
        "print(sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
