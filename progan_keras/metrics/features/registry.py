"""Feature networks by name, and of whatever else can be one."""

import difflib
import importlib

from progan_keras.metrics.features.network import FeatureNetwork

# Name -> module here, and the arguments of its `load`.
_BY_NAME = {
    "efficientnet_lite0": ("efficientnet_lite0", {"resolution": 128}),
    "efficientnet_lite0_224": ("efficientnet_lite0", {"resolution": 224}),
    "inception_v3": ("inception_v3", {}),
}


def get(network, preprocess=None, name=None):
    """Return the `FeatureNetwork` for a name, a model or a function.

    Args:
        network: "efficientnet_lite0", "efficientnet_lite0_224" or
            "inception_v3"; a Keras model or a function of a batch of
            pictures that returns features `[B, D]`, or a pair of features
            and logits; or a `FeatureNetwork`, returned as it is.
        preprocess: Function from a batch of pictures, uint8 `[B, height,
            width, 3]`, to what a Keras model takes. By default a model gets
            them as float32, still from 0 to 255.
        name: String to name figures after; by default the model's or
            function's own.

    Raises:
        ValueError: For another kind of object, an unknown name, options that
            do not go with it, or a package that is missing.
        OSError: If weights cannot be downloaded, or are damaged.
    """
    known = f"A feature network is one of {sorted(_BY_NAME)}, a Keras model "
    known += "or another function."
    if isinstance(network, str) and network not in _BY_NAME:
        near = difflib.get_close_matches(network.lower(), _BY_NAME, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{known}{hint} Received: network={network!r}")
    if isinstance(network, (str, FeatureNetwork)):
        if preprocess is not None or name is not None:
            raise ValueError(
                "`preprocess` and `name` are for models and functions of your "
                f"own. Received: network={network!r}"
            )
        return _load(network) if isinstance(network, str) else network
    if not callable(network):
        raise ValueError(f"{known} Received: network={network!r}")
    if hasattr(network, "predict_on_batch"):
        function = _of_model(network, preprocess)
    elif preprocess is None:
        function = network
    else:
        raise ValueError(
            "`preprocess` is for Keras models; a function can do as much by "
            f"itself. Received: network={network!r}"
        )
    own = getattr(network, "name", None) or getattr(network, "__name__", None)
    return FeatureNetwork(name or own or type(network).__name__, function)


def _load(name):
    module, arguments = _BY_NAME[name]
    return importlib.import_module(f"{__package__}.{module}").load(**arguments)


def _of_model(model, preprocess):
    """Return the function of a batch of pictures that a Keras model is."""

    def predict(pictures):
        if preprocess is None:
            return model.predict_on_batch(pictures.astype("float32"))
        return model.predict_on_batch(preprocess(pictures))

    return predict
