"""Runs what `progan export` tells people to type."""

import textwrap

import numpy as np


def run_use(printed):
    """Run the lines behind "Use it"; return the images that they make."""
    lines = printed.split("Use it", 1)[1].split("\n", 1)[1]
    names = {}
    exec(textwrap.dedent(lines), names)
    return np.asarray(
        names["pictures"] if "pictures" in names else names["images"]
    )
