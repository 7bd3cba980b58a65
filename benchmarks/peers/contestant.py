"""What a contestant consists of."""

import dataclasses
import sys
from collections.abc import Callable

try:
    import resource
except ImportError:  # not on Windows
    resource = None


def _unknown():
    return None


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A case that is ready to run.

    Attributes:
        run: Function that runs a number of steps and waits for the last one.
        versions: Dict from packages to their versions.
        parameters: List of integers, trainable parameters of G and of D.
        count: Function that returns the multiplications of a step's
            convolutions and matrix products, or None where it is not known.
        period: Integer, after so many steps the same work comes again.
    """

    run: Callable
    versions: dict
    parameters: list = dataclasses.field(default_factory=list)
    count: Callable = _unknown
    period: int = 1


def feature_maps(case, resolution):
    """Channels of the block at a resolution, the paper's `nf(r - 1)`."""
    return min(2 * case["fmap_base"] // resolution, case["fmap_max"])


def resolutions(case):
    """All resolutions from 4 to that of the case."""
    sides = [4]
    while sides[-1] < case["resolution"]:
        sides.append(2 * sides[-1])
    return sides


def peak_mib():
    """The most memory that this process held so far; None if unknown."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
