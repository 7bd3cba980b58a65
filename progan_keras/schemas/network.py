"""The schema of what networks are built by."""

from progan_keras.checks import PRECISIONS
from progan_keras.schemas.kinds import (
    COUNT,
    POSITIVE,
    RESOLUTION,
    SIZE,
    SWITCH,
    an_object,
    one_of,
    or_null,
    value_of,
)

ARCHITECTURE = an_object(
    "an object of switches",
    closed=True,
    equalized=SWITCH,
    generator_norm=or_null(one_of("pixel", "batch")),
    discriminator_norm=or_null(one_of("layer")),
    minibatch=or_null(one_of("stdev", "discrimination")),
    group_size=or_null(SIZE),
    pixel_norm_epsilon=POSITIVE,
    normalize_latents=SWITCH,
    norm_after_dense=SWITCH,
    conditioning=one_of("acgan", "projection"),
    score_units=or_null(SIZE),
    attention_resolution=or_null(RESOLUTION),
)
SIZES = {
    "num_channels": value_of("1, 3 or 4", "integer", enum=[1, 3, 4]),
    "latent_dim": or_null(SIZE),
    "fmap_base": or_null(SIZE),
    "fmap_max": or_null(SIZE),
    "fused_scale": SWITCH,
    "seed": value_of(
        "a whole number from 0 to 2**32 - 1",
        "integer",
        minimum=0,
        maximum=2**32 - 1,
    ),
    "num_classes": COUNT,
    "precision": or_null(one_of(*PRECISIONS)),
    "architecture": or_null(ARCHITECTURE),
}
NETWORK = an_object(
    "an object with the sizes of the networks",
    ["resolution"],
    closed=True,
    resolution=RESOLUTION,
    **SIZES,
)
