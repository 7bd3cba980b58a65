"""What a survey has found, as plain numbers, names, lists and dicts."""

from collections import Counter

import numpy as np

from progan_keras.checks import RESOLUTIONS
from progan_keras.data.load import DEFAULT_MAX_RESOLUTION
from progan_keras.data.prepare import disk_bytes
from progan_keras.data.read_labels import read_labels

# "Most images" are so many of them.
_MOST = 0.95
_SIZES_LISTED = 5
# Above a third; 64x96 cut to a square loses exactly that.
_MUCH = 1 / 3 + 1e-6
_TRAITS = (
    "transparent",
    "several_frames",
    "turned_upright",
    "grey",
    "grey_stored_as_colour",
)


def collect(source, found, resolution, shape, background):
    """Collects the facts.

    Args:
        source: `Source`.
        found: `Survey` of it.
        resolution: int, the resolution asked for, or `None`.
        shape: str, one of `SHAPES`.
        background: str, a colour.

    Returns:
        `(facts, classes)`: the dict described at `Inspection`, without
        "findings", and the `Labels` of the default field, or `None`.
    """
    labels, unusable = {}, {}
    if found.names:
        broken = np.setdiff1d(np.arange(found.count), found.indices)
        labels, unusable = read_labels(
            source, found.labels, found.count, broken.tolist()
        )
    classes = labels.get(source.default_field)
    resolutions = _resolutions(found, resolution, source.max_resolution)
    facts = {
        "name": source.name,
        "description": source.description,
        "licence": source.licence,
        "mirror": source.mirror,
        "images": {
            "found": found.count,
            "usable": len(found.names),
            "broken": found.broken,
        },
        "files": {
            "formats": dict(found.formats.most_common()),
            "modes": dict(found.modes.most_common()),
            **{trait: found.traits[trait] for trait in _TRAITS},
        },
        "sizes": _sizes(found),
        "labels": {
            "default_field": source.default_field,
            "fields": {field: _count(labels[field]) for field in labels},
            "unusable": unusable,
        },
        "duplicates": _duplicates(found, classes),
        "resolution": resolutions,
        "fit": {
            "shape": shape,
            "background": background,
            "channels": source.num_channels,
            **_shares(found, shape),
        },
        "cache_bytes": disk_bytes(
            len(found.names), resolutions["chosen"], source.num_channels
        ),
    }
    return facts, classes


def _count(labels):
    """Returns how many images each class has."""
    counts = np.bincount(labels.indices, minlength=len(labels.class_names))
    return dict(zip(labels.class_names, counts.tolist(), strict=True))


def _sizes(found):
    if not found.names:
        return None
    counts = Counter(map(tuple, found.sizes.tolist()))
    return {
        **{
            side: {
                "smallest": int(values.min()),
                "median": int(np.median(values)),
                "largest": int(values.max()),
            }
            for side, values in zip(
                ("width", "height"), found.sizes.T, strict=True
            )
        },
        "different": len(counts),
        "most_frequent": [
            {"width": width, "height": height, "images": images}
            for (width, height), images in counts.most_common(_SIZES_LISTED)
        ],
    }


def _duplicates(found, classes):
    """Returns the names of the groups, and how many images are distinct."""
    groups = found.exact + found.near
    mixed = [
        group
        for group in groups
        if classes is not None and np.ptp(classes.indices[group])
    ]

    def named(groups):
        return [[found.names[row] for row in group] for group in groups]

    return {
        "exact": named(found.exact),
        "near": named(found.near),
        "in_several_classes": named(mixed),
        "distinct": len(found.names) - sum(len(g) - 1 for g in groups),
    }


def _resolutions(found, asked, limit):
    """Returns what the images support, and which resolution to take."""
    sides = found.sizes.min(axis=1)

    def supported_by(share):
        enough = [
            resolution
            for resolution in RESOLUTIONS
            if len(sides) and np.mean(sides >= resolution) >= share
        ]
        return max(enough, default=None)

    every, most = supported_by(1), supported_by(_MOST)
    default = every or most or RESOLUTIONS[0]
    chosen = asked or min(
        default, DEFAULT_MAX_RESOLUTION, limit or DEFAULT_MAX_RESOLUTION
    )
    return {
        "supported": every,
        "supported_by_most": most,
        "chosen": chosen,
        "asked": asked is not None,
        "enlarged": int((sides < chosen).sum()),
    }


def _shares(found, shape):
    """Returns how much of the images the fit takes away or adds."""
    shares = found.shares(shape)
    if not len(shares):
        return {"mean": 0.0, "worst": None, "over_a_third": 0}
    worst = int(np.argmax(shares))
    return {
        "mean": round(float(shares.mean()), 4),
        "worst": {
            "name": found.names[worst],
            "share": round(float(shares[worst]), 4),
        },
        "over_a_third": int((shares > _MUCH).sum()),
    }
