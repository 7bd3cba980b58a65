"""What a GAN has learned, in numbers.

    import progan_keras as pk

    pk.metrics.sliced_wasserstein(reals, fakes)  # likeness, level by level
    pk.metrics.ms_ssim(fakes)                    # lack of variety

Pictures are uint8 `[N, height, width, channels]`. Each metric's module tells
its definition, its source and what it does not see.

Other metrics compare what a feature network sees in pictures:

    network = pk.metrics.features.get("efficientnet_lite0")
    real, fake = network(reals), network(fakes)
    pk.metrics.frechet_distance(real.features, fake.features)
    pk.metrics.kernel_distance(real.features, fake.features)
    pk.metrics.precision_recall(real.features, fake.features)
    pk.metrics.inception_score(fake.logits, from_logits=True)
    pk.metrics.duplicate_rate(fake.features, real.features)  # memorisation
"""

from progan_keras.metrics import features
from progan_keras.metrics.frechet import (
    GaussianStatistics,
    SmallSampleWarning,
    frechet_distance,
)
from progan_keras.metrics.inception_score import inception_score
from progan_keras.metrics.kernel import kernel_distance
from progan_keras.metrics.ms_ssim import MSSSIM, ms_ssim
from progan_keras.metrics.nearest import (
    Neighbours,
    duplicate_rate,
    nearest_neighbours,
    neighbour_grid,
    pixel_vectors,
)
from progan_keras.metrics.precision_recall import precision_recall
from progan_keras.metrics.sliced_wasserstein import (
    SlicedWasserstein,
    sliced_wasserstein,
)

__all__ = [
    "MSSSIM",
    "GaussianStatistics",
    "Neighbours",
    "SlicedWasserstein",
    "SmallSampleWarning",
    "duplicate_rate",
    "features",
    "frechet_distance",
    "inception_score",
    "kernel_distance",
    "ms_ssim",
    "nearest_neighbours",
    "neighbour_grid",
    "pixel_vectors",
    "precision_recall",
    "sliced_wasserstein",
]
