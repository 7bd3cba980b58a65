"""What of many ticks is drawn boldly: a running median.

Unlike a mean it keeps steps where a stage begins, and no spike moves it.
"""

import numpy as np

# Up to so many ticks are drawn as they are.
_MANY = 200


def smoothing_window(count):
    """Return over how many of `count` ticks to take the median, an odd one."""
    return 1 if count <= _MANY else 2 * (count // _MANY) + 3


def running_median(values, window):
    """Median of the finite values around each; gaps stay gaps.

    Args:
        values: Float array `[N]`, NaN for a gap.
        window: Integer, odd.

    Returns:
        Float array `[N]`.
    """
    padded = np.pad(values, window // 2, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)
    known = np.isfinite(values)
    medians = np.full(len(values), np.nan)
    medians[known] = np.nanmedian(windows[known], axis=1)
    return medians


def readable_limits(columns, window):
    """Choose limits of an axis that leave out the rare spikes.

    Args:
        columns: List of float arrays `[N]`, with NaN for gaps.
        window: Integer, for the median, which always stays inside.

    Returns:
        Tuple (low, high), and whether something lies outside.
    """
    values = np.concatenate(columns)
    medians = np.concatenate([running_median(c, window) for c in columns])
    low, high = np.nanpercentile(values, [0.5, 99.5])
    low = min(low, np.nanmin(medians))
    high = max(high, np.nanmax(medians))
    margin = 0.05 * (high - low) or 1.0
    low, high = low - margin, high + margin
    cut = bool((values < low).any() or (values > high).any())
    return (low, high), cut
