"""Networks that turn pictures into features, for metrics to compare.

    network = features.get("efficientnet_lite0")
    real = network(pictures).features  # from uint8 [N, height, width, C]

Figures on different networks have nothing to do with each other: name a
figure after its network, such as `kid_efficientnet_lite0`.
"""

from progan_keras.metrics.features.network import FeatureNetwork, Features
from progan_keras.metrics.features.registry import get

__all__ = ["FeatureNetwork", "Features", "get"]
