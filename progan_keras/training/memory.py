"""How much memory this process took."""

import sys


def peak_memory():
    """Return the most memory this process held, in GiB.

    0.0 where the system does not tell (Windows has no `resource` module).
    """
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, kibibytes elsewhere.
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20
