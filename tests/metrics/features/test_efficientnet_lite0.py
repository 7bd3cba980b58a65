"""EfficientNet-Lite0: its layers, and its weights where they are installed."""

import importlib.util
import types

import keras
import numpy as np
import pytest

from progan_keras.metrics import features
from progan_keras.metrics.features import efficientnet_lite0

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec(efficientnet_lite0.PACKAGE) is None,
    reason="the package with the weights is an extra",
)


@pytest.fixture(scope="module")
def fresh():
    return efficientnet_lite0.build(32)


@pytest.fixture(scope="module")
def network():
    return features.get("efficientnet_lite0")


def waves(count, side=32):
    """Colourful pictures with edges and textures, uint8."""
    random = np.random.default_rng(0)
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    angles = random.uniform(0, np.pi, (count, 1, 1, 3))
    steps = random.uniform(0.2, 1.5, (count, 1, 1, 1))
    along = x[..., None] * np.cos(angles) + y[..., None] * np.sin(angles)
    return (127 + 127 * np.sin(along * steps)).astype(np.uint8)


def test_it_has_the_published_number_of_parameters(fresh):
    # 4.652 million, as its authors say, without the running statistics.
    trainable = sum(np.prod(w.shape) for w in fresh.trainable_weights)
    assert trainable == 4_652_008


def test_pictures_of_any_size_give_features_and_logits(fresh):
    for side in (16, 32, 50):
        outputs = fresh.predict_on_batch(np.zeros((2, side, side, 3)))
        assert [output.shape for output in outputs] == [(2, 1280), (2, 1000)]


def test_kernels_of_pytorch_come_with_height_and_width_first(fresh):
    class Stored:
        def __init__(self, value):
            self.value = value

        def read(self):
            return self.value

    random = np.random.default_rng(0)
    saved = {}
    for layer in fresh.layers:
        kind, shapes = type(layer).__name__, [w.shape for w in layer.weights]
        if kind == "BatchNormalization":
            names = ["weight", "bias", "running_mean", "running_var"]
            for name, shape in zip(names, shapes, strict=True):
                saved[f"{layer.name}.{name}"] = random.uniform(1, 2, shape)
        elif shapes:
            axes = {
                "Conv2D": (3, 2, 0, 1),
                "DepthwiseConv2D": (2, 3, 0, 1),
                "Dense": (1, 0),
            }[kind]
            shape = [shapes[0][axis] for axis in axes]
            saved[f"{layer.name}.weight"] = random.normal(size=shape)
            if kind == "Dense":
                saved[f"{layer.name}.bias"] = random.normal(size=shapes[1])
    efficientnet_lite0.assign(
        fresh, {name: Stored(value) for name, value in saved.items()}
    )
    stem = fresh.get_layer("_conv_stem").kernel.numpy()
    weight = saved["_conv_stem.weight"]
    assert stem[2, 1, 0, 5] == np.float32(weight[5, 0, 2, 1])
    depthwise = fresh.get_layer("_blocks.3._depthwise_conv").kernel.numpy()
    weight = saved["_blocks.3._depthwise_conv.weight"]
    assert depthwise[4, 1, 7, 0] == np.float32(weight[7, 0, 4, 1])
    dense = fresh.get_layer("_fc").kernel.numpy()
    assert dense[3, 8] == np.float32(saved["_fc.weight"][8, 3])


def test_mixed_precision_does_not_reach_it():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = efficientnet_lite0.build(32)
    finally:
        keras.config.set_dtype_policy("float32")
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}


def test_a_missing_package_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install \"progan-keras\[metri"):
        features.get("efficientnet_lite0")


def test_a_damaged_file_is_told_with_what_to_install(monkeypatch, tmp_path):
    spec = types.SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(OSError, match="force-reinstall .*Received: path="):
        features.get("efficientnet_lite0")
    (tmp_path / "models").mkdir()
    name = "efficientnet-lite0-57934424.pth"
    (tmp_path / "models" / name).write_bytes(b"half of it")
    with pytest.raises(OSError, match="force-reinstall .*Received: path="):
        features.get("efficientnet_lite0")


@needs_weights
def test_its_name_tells_the_size_of_pictures(network):
    assert network.name == "efficientnet_lite0"
    assert "128x128" in network.description
    large = features.get("efficientnet_lite0_224")
    assert large.name == "efficientnet_lite0_224"
    assert "224x224" in large.description


@needs_weights
def test_features_are_those_that_recognise_cifar10(network):
    # Of the network on which a linear classifier recognised 83.4 % of 2,000
    # test images; another padding, epsilon or scaling recognised fewer.
    found = network(waves(2))
    np.testing.assert_allclose(
        found.features.mean(axis=1), [0.160773, 0.310675], rtol=1e-3
    )
    assert found.logits.argmax(axis=1).tolist() == [904, 506]
    np.testing.assert_allclose(
        found.logits.max(axis=1), [6.246385, 11.159029], rtol=1e-3
    )


@needs_weights
def test_features_and_logits_belong_together(network):
    found = network(waves(8))
    assert (found.features >= 0).all()
    assert found.features.max() < 6
    dense = network._function.__self__.get_layer("_fc")
    expected = found.features @ dense.kernel.numpy() + dense.bias.numpy()
    np.testing.assert_allclose(found.logits, expected, rtol=1e-3, atol=1e-3)


@needs_weights
def test_batches_make_no_difference(network):
    images = waves(70)
    whole = network(images).features
    np.testing.assert_allclose(
        network(images[60:]).features, whole[60:], rtol=1e-3, atol=1e-3
    )
