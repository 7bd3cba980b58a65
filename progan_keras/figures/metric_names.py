"""What metrics are called for people, and which way is good."""

from typing import NamedTuple


class Metric(NamedTuple):
    """How to speak of a metric.

    Attributes:
        title: String.
        better: "lower", "higher", "like the reals", or "" if unknown.
        caveat: String, what to know before believing it.
    """

    title: str
    better: str
    caveat: str


_EQUAL_COUNTS = (
    "It changes with the number of images: compare equal numbers only."
)
_BASES = {
    "swd": Metric(
        "Sliced Wasserstein distance x 1000",
        "lower",
        "How much patches differ from those of real images, per size of "
        "detail. With fewer images than the paper's 16,384 it is larger, for "
        "equally good ones too: compare equal numbers only.",
    ),
    "ms_ssim": Metric(
        "MS-SSIM between generated images",
        "like the reals",
        "How alike images are to each other. More than among real images "
        "means less variety; it says nothing of quality.",
    ),
    "fid": Metric(
        "Fréchet distance (FID)",
        "lower",
        "Few images make it too large, by more the fewer they are: below "
        "10,000 it is no FID to be published.",
    ),
    "kid": Metric(
        "Kernel distance (KID)",
        "lower",
        "Unbiased: about 0 for equally good images, and below 0 by chance.",
    ),
    "inception_score": Metric(
        "Inception score",
        "higher",
        "Sees whether images are sharp and of many classes, not whether they "
        "are like the real ones. " + _EQUAL_COUNTS,
    ),
    "precision": Metric(
        "Precision", "higher", "Are images good? " + _EQUAL_COUNTS
    ),
    "recall": Metric(
        "Recall", "higher", "Are they of every kind? " + _EQUAL_COUNTS
    ),
    "density": Metric(
        "Density", "higher", "Precision that minds outliers less."
    ),
    "coverage": Metric(
        "Coverage", "higher", "Recall that minds outliers less."
    ),
    "duplicates": Metric(
        "Share of copies of training images",
        "like the reals",
        "By pixels: what is nearer to a training image than all but 1 % of "
        "real images are. About 0.01 for a generator that copies nothing.",
    ),
}


def base_name(name, result):
    """Return "kid" for "kid_efficientnet_lite0" with these features."""
    features = result.get("features")
    return name.removesuffix(f"_{features}") if features else name


def describe(name, result):
    """Return the `Metric` that a result is by; an unknown one by its name.

    Args:
        name: String, such as "swd" or "kid_efficientnet_lite0".
        result: Dict with "features", the name of a network or None.
    """
    base = base_name(name, result)
    return _BASES.get(base, Metric(base, "", ""))
