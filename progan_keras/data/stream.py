"""An endless, shuffled stream of batches whose only state is a number."""

import itertools
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow as tf

from progan_keras.checks import check_integer

# Python code runs once for a block of batches: about so many images, unless
# they are large. At 4x4, where a step takes some milliseconds, reading batch
# by batch would be felt.
_BLOCK_IMAGES = 256
_BLOCK_BYTES = 2**22


def image_stream(
    pyramid,
    resolution,
    batch_size,
    *,
    start=0,
    seed=0,
    mirror=None,
    num_replicas=None,
    with_labels=False,
):
    """Returns an endless dataset of uint8 batches.

    Image number `i` of the stream is a function of `i` and `seed` alone:
    epoch `i // N` visits every image once, in an order of its own, and a hash
    of `i` and `seed` decides whether the image is mirrored. So the stream
    that starts at `k` is the rest of the stream that starts at 0, for every
    `k` and every batch size, and a training run resumes from the number of
    images it has seen.

    Only the pixels that are asked for are read from disk, a few batches at a
    time, while those before are being trained on.

    Args:
        pyramid: `ImagePyramid`.
        resolution: int, one of `pyramid.resolutions`.
        batch_size: int, images per global batch; may exceed the number of
            images.
        start: int, number of the first image, 0 or more.
        seed: int, chooses the orders and the flips.
        mirror: bool, whether to flip half of the images horizontally. `None`
            takes `pyramid.mirror`.
        num_replicas: int, number of devices that share a batch; `None` takes
            those of the distribution strategy in whose scope this is called,
            on all workers together. A strategy cuts the batch into contiguous
            slices; for `R` devices, images `r`, `r + R`, `r + 2R`, ... of the
            batch are put into the slice of device `r`. The reason: minibatch
            standard deviation puts sample `n` into group `n mod M`, for `M`
            groups. Dealt out like this, each device holds whole groups of the
            global batch whenever `R` divides `M`, and so computes the very
            statistics that a single device would. Slice `r` goes to device
            `r`, but where there are several workers of several devices each,
            which only `None` knows of.
        with_labels: bool, whether to add the class of each image.

    Returns:
        `tf.data.Dataset` of uint8 `[batch_size, resolution, resolution, C]`
        with static shape, or, if `with_labels`, of pairs of such images and
        their class indices, int64 `[batch_size]`.

    Raises:
        ValueError: if the pyramid has no such resolution, a number is out of
            range, `batch_size` is no multiple of `num_replicas`, or labels
            are asked for where there are none.
    """
    shape = pyramid.at(resolution).shape[1:]
    if with_labels:
        pyramid.check_labelled()
    batch_size = check_integer(batch_size, "batch_size", least=1)
    slices = _slices(num_replicas)
    start = check_integer(start, "start", least=0)
    seed = check_integer(seed, "seed")
    mirror = pyramid.mirror if mirror is None else mirror
    if batch_size % len(slices):
        raise ValueError(
            "`batch_size` must be a multiple of `num_replicas`, so that every "
            "device gets the same number of images. "
            f"Received: batch_size={batch_size}, num_replicas={len(slices)}"
        )
    order = _dealt(batch_size, slices, math.prod(shape))

    def read(first):
        """Reads the block that starts with this image of the stream."""
        positions = first + order.ravel()
        indices = _shuffled(positions, seed, len(pyramid))
        images = pyramid.read(resolution, indices)
        if mirror:
            flipped = is_mirrored(positions, seed)
            # Moving whole pixels is several times faster than single bytes.
            pixels = images.view(f"V{images.shape[-1]}")
            pixels[flipped] = pixels[flipped, :, ::-1]
        images = images.reshape(*order.shape, *shape)
        if not with_labels:
            return images
        return images, pyramid.labels[indices].reshape(order.shape)

    def blocks():
        """Yields block after block, and reads the next one meanwhile."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            block = thread.submit(read, start)
            for first in itertools.count(start + order.size, order.size):
                ready = block.result()
                block = thread.submit(read, first)
                yield ready

    spec = tf.TensorSpec((*order.shape, *shape), tf.uint8)
    if with_labels:
        spec = (spec, tf.TensorSpec(order.shape, tf.int64))
    endless = tf.data.experimental.INFINITE_CARDINALITY
    return (
        tf.data.Dataset.from_generator(blocks, output_signature=spec)
        .apply(tf.data.experimental.assert_cardinality(endless))
        .unbatch()
        .with_options(_options())
    )


def _options():
    """How TensorFlow treats the stream."""
    options = tf.data.Options()
    # TensorFlow must not read ahead itself: if Python exits while one of
    # TensorFlow's threads runs Python code, the process hangs.
    options.experimental_optimization.inject_prefetch = False
    # There is nothing to tune, and the thread that would do it can miss that
    # its iterator goes away: whoever lets go of one then waits for its next
    # round, up to a minute.
    options.autotune.enabled = False
    # Several workers read the same batches and keep their slices of each.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )
    return options


def is_mirrored(positions, seed):
    """Tosses a fair coin for every position of the stream.

    TensorFlow's stateless random numbers depend on the shape that is asked
    for, hence on how the stream is cut into batches. Here the coin of
    position `i` is the top bit of the `i`-th output of the generator
    SplitMix64 (Steele et al., 2014), which can be computed for any `i`
    directly. The seed is hashed once before, so that the sequences of
    neighbouring seeds are not shifted copies of each other.

    Args:
        positions: int64 array `[B]` of numbers in the stream.
        seed: int.

    Returns:
        bool array `[B]`.
    """
    golden = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio
    origin = _mix(np.array([seed % 2**64], np.uint64) + golden)
    counters = np.asarray(positions).astype(np.uint64)
    return _mix(origin + golden * counters) >> np.uint64(63) == 1


def _mix(bits):
    """SplitMix64's finalizer: every input bit flips half of the output's."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _slices(num_replicas):
    """Numbers of the devices that the slices of a batch go to, in order."""
    if num_replicas is not None:
        return np.arange(check_integer(num_replicas, "num_replicas", least=1))
    strategy = tf.distribute.get_strategy()
    count = strategy.num_replicas_in_sync
    # Those of this worker. The default strategy refuses to name its device.
    local = len(strategy.extended.worker_devices) if count > 1 else 1
    # A multi-worker strategy deals out slices like cards, one to each of W
    # workers in turn, and numbers the devices worker by worker.
    return np.arange(count).reshape(-1, local).T.ravel()


def _dealt(batch_size, slices, image_size):
    """Numbers of the images in a block, in the order in which it holds them.

    Returns:
        int64 array `[batches, batch_size]`.
    """
    batches = min(
        _BLOCK_IMAGES // batch_size, _BLOCK_BYTES // (batch_size * image_size)
    )
    numbers = np.arange(max(1, batches) * batch_size, dtype=np.int64)
    dealt = numbers.reshape(-1, batch_size // len(slices), len(slices))
    return dealt[..., slices].swapaxes(1, 2).reshape(-1, batch_size)


def _shuffled(positions, seed, count):
    """Returns the indices of the images at positions of the stream.

    The permutation of an epoch is computed element by element, never stored.

    Args:
        positions: int64 array `[B]`.
        seed: int.
        count: int, number of images.

    Returns:
        int64 array `[B]`.
    """
    # `tf.random.experimental.index_shuffle` is this operation with the first
    # of the three numbers below, but in TensorFlow 2.21 it refuses a seed for
    # each position, which every epoch needs.
    seeds = np.broadcast_arrays(498247692, seed, positions // count)
    with tf.device("CPU"):
        return tf.raw_ops.RandomIndexShuffle(
            index=positions % count,
            seed=np.stack(seeds, axis=1),
            max_index=np.int64(count - 1),
            rounds=4,
        ).numpy()
