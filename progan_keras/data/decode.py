"""Decoding many images on several threads, in order, in bounded memory."""

import collections
import itertools
import os
from concurrent.futures import ThreadPoolExecutor

from progan_keras.data.pictures import decoded, picture_size

_NUM_THREADS = min(8, os.cpu_count() or 1)
# Handing over single images would cost more than a small image itself.
_PER_TASK = 16
_TASKS_AHEAD = 2 * _NUM_THREADS


def decode_all(records, function):
    """Decodes records and applies a function to each picture.

    Pillow decodes and resizes without holding Python's lock, so threads are
    enough. Only some tasks of 16 images are in work at a time.

    Args:
        records: iterable of `Record`.
        function: takes an upright `PIL.Image.Image` and returns anything. A
            `ValueError` says that the picture cannot be used.

    Yields:
        `(record, result, reason)` for every record, in order: `reason` is
        `None`, or a few words (str) that say why there is no result.
    """
    return _attempt_all(records, lambda opened: function(decoded(opened)))


def read_sizes(records):
    """Reads the headers of records only.

    Args:
        records: iterable of `Record`.

    Yields:
        As `decode_all`, with `(width, height)` as results.
    """
    return _attempt_all(records, picture_size)


def _attempt_all(records, function):
    """Applies a function to `Record.open`; see `decode_all`."""

    def attempt(record):
        try:
            return record, function(record.open), None
        except (MemoryError, ValueError) as error:
            return record, None, str(error) or "too large for the memory"

    return _map_in_order(attempt, records)


def _map_in_order(function, items):
    """Like `map`, on threads, with a bounded number of items ahead."""
    items = iter(items)
    pending = collections.deque()
    pool = ThreadPoolExecutor(_NUM_THREADS)
    try:
        while task := list(itertools.islice(items, _PER_TASK)):
            pending.append(pool.submit(lambda t: [*map(function, t)], task))
            if len(pending) > _TASKS_AHEAD:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:  # also when the consumer has had enough
        pool.shutdown(cancel_futures=True)
