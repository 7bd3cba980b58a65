"""The files that this package writes, and reads again.

Keys that the schemas do not mention are left alone, as later versions may add
some, unless networks would be built by them.
"""

from progan_keras.schemas.kinds import (
    COUNT,
    NAMES,
    NUMBER,
    POSITIVE,
    RESOLUTION,
    SHARE,
    SIZE,
    SWITCH,
    TEXT,
    an_object,
    by_name,
    list_of,
    or_null,
    value_of,
)
from progan_keras.schemas.network import NETWORK, SIZES

STAGE = an_object(
    "an object that describes a stage",
    ["resolution", "fade_in", "images", "batch_size", "learning_rate", "start"],
    closed=True,
    resolution=RESOLUTION,
    fade_in=SWITCH,
    images=SIZE,
    batch_size=SIZE,
    learning_rate=POSITIVE,
    start=COUNT,
    n_critic=SIZE,
)

# A run's options.json.
RUN_OPTIONS = an_object(
    "a run",
    ["network", "data", "training"],
    network=NETWORK,
    data=an_object(
        "an object that describes the images",
        name=TEXT,
        source=or_null(TEXT),
        licence=or_null(TEXT),
        fingerprint=TEXT,
        images=COUNT,
        class_names=NAMES,
    ),
    load=an_object("an object that describes the loading"),
    training=an_object(
        "an object that describes the training",
        loss=TEXT,
        update=TEXT,
        adam_beta_1=SHARE,
        adam_beta_2=SHARE,
        ema_decay=SHARE,
        ema_half_life=or_null(POSITIVE),
        mirror=or_null(SWITCH),
        origin=or_null(TEXT),
        frozen_below=or_null(RESOLUTION),
        class_weight=value_of("a number, at least 0", "number", minimum=0),
        labels=or_null(TEXT),
        stages={**list_of("a list of stages", STAGE), "minItems": 1},
    ),
    progan_keras=TEXT,
    keras=TEXT,
    tensorflow=TEXT,
    tick_images=POSITIVE,
    devices=SIZE,
    notice=TEXT,
)

# The preset.json of `ProGAN.save_preset`.
PRESET = an_object(
    "a preset",
    ["network", "class_names", "resolution", "alpha", "notice"],
    progan_keras=TEXT,
    network=NETWORK,
    class_names=NAMES,
    resolution=RESOLUTION,
    alpha=or_null(SHARE),
    images_seen=COUNT,
    notice=TEXT,
)
PRESET["version"] = ("format", 1)

# The pyramid.json of prepared images.
PYRAMID = an_object(
    "prepared images",
    [
        *("name", "count", "resolution", "num_channels", "fingerprint"),
        *("source", "mirror", "licence", "fit", "background", "skipped"),
        *("class_names", "default_field", "unusable_labels"),
    ],
    name=TEXT,
    count=SIZE,
    resolution=RESOLUTION,
    num_channels=SIZES["num_channels"],
    # It becomes a part of file names.
    fingerprint=value_of(
        "a text of hexadecimal digits", "string", pattern="^[0-9a-f]+\\Z"
    ),
    source=TEXT,
    mirror=SWITCH,
    licence=or_null(TEXT),
    fit=TEXT,
    background=TEXT,
    smallest_side=or_null(SIZE),
    skipped=list_of(
        "a list of images",
        an_object(
            "an object that describes an image",
            ["index", "name", "reason"],
            index=COUNT,
            name=TEXT,
            reason=TEXT,
        ),
    ),
    class_names=by_name("an object of lists of texts", NAMES),
    default_field=or_null(TEXT),
    unusable_labels=by_name("an object of texts", TEXT),
)
PYRAMID["version"] = ("format_version", 2)

# The "meta" of a run's checkpoint.
CHECKPOINT = an_object(
    "a checkpoint",
    ["format", "images_seen", "stage"],
    format=SIZE,
    images_seen=COUNT,
    stage={
        **STAGE,
        "properties": {**STAGE["properties"], "start": or_null(COUNT)},
    },
    tick=COUNT,
    meter=an_object(
        "an object of sums",
        ["first", "seconds", "steps", "sums"],
        first=COUNT,
        seconds=value_of("a number, at least 0", "number", minimum=0),
        steps=COUNT,
        sums=by_name("an object of finite numbers", NUMBER),
    ),
    rollbacks=COUNT,
)

# A run's owner.json, which is shown to people.
_LINE = value_of(
    "a short text in one line",
    "string",
    maxLength=200,
    pattern=r"^[^\x00-\x1f\x7f-\x9f]*\Z",
)
OWNER = an_object(
    "an owner",
    ["process", "host", "since"],
    process=COUNT,
    host=_LINE,
    since=_LINE,
)

# A run's best/scores.json.
SCORES = an_object(
    "scores",
    ["kimg", "scores"],
    kimg=value_of("a number, at least 0", "number", minimum=0),
    scores=by_name(
        "an object of scores",
        an_object("a score", ["value"], value=NUMBER, floor=or_null(NUMBER)),
    ),
)

# A line of a run's metrics.jsonl: of a tick, or of a measurement.
RECORD = an_object(
    "a record",
    ["kimg"],
    kimg=value_of("a number, at least 0", "number", minimum=0),
    tick=COUNT,
    resolution=or_null(RESOLUTION),
    fade_in=SWITCH,
    metrics=by_name("an object of results", value_of("an object", "object")),
    warnings=value_of("a list", "array"),
    rms=by_name("an object of objects", value_of("an object", "object")),
)
