"""An endless, shuffled stream of batches whose only state is a number."""

import numpy as np
import tensorflow as tf

from progan_keras.checks import check_integer


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

    Only the pixels of a batch are read from disk, while the batch before is
    being trained on.

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
            those of the distribution strategy in whose scope this is called.
            A strategy cuts the batch into contiguous slices; for `R` devices,
            images `r`, `r + R`, `r + 2R`, ... of the batch are put into slice
            `r`. The reason: minibatch standard deviation puts sample `n` into
            group `n mod M`, for `M` groups. Dealt out like this, each device
            holds whole groups of the global batch whenever `R` divides `M`,
            and so computes the very statistics that a single device would.
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
    level = pyramid.at(resolution)
    if with_labels:
        pyramid.check_labelled()
    batch_size = check_integer(batch_size, "batch_size", least=1)
    if num_replicas is None:
        num_replicas = tf.distribute.get_strategy().num_replicas_in_sync
    num_replicas = check_integer(num_replicas, "num_replicas", least=1)
    start = check_integer(start, "start", least=0)
    seed = check_integer(seed, "seed")
    mirror = pyramid.mirror if mirror is None else mirror
    if batch_size % num_replicas:
        raise ValueError(
            "`batch_size` must be a multiple of `num_replicas`, so that every "
            "device gets the same number of images. "
            f"Received: batch_size={batch_size}, num_replicas={num_replicas}"
        )
    dealt = np.arange(batch_size).reshape(-1, num_replicas).T.ravel()

    specs = [tf.TensorSpec((batch_size, *level.shape[1:]), tf.uint8)]
    if with_labels:
        specs.append(tf.TensorSpec((batch_size,), tf.int64))

    def read(positions, indices):
        """Gathers one batch: the only Python code that runs per batch."""
        chosen = indices[dealt]
        images = level[chosen]
        if mirror:
            flipped = is_mirrored(positions[dealt], seed)
            images[flipped] = images[flipped, :, ::-1]
        return [images, pyramid.labels[chosen]] if with_labels else [images]

    def read_batch(positions, indices):
        arrays = tf.numpy_function(
            read,
            [positions, indices],
            [spec.dtype for spec in specs],
            stateful=False,
        )
        batch = tuple(map(tf.ensure_shape, arrays, [s.shape for s in specs]))
        return batch if with_labels else batch[0]

    return (
        tf.data.Dataset.counter(start)
        .map(lambda position: (position, _shuffled(position, seed, len(level))))
        .batch(batch_size, drop_remainder=True)
        .map(read_batch)
        .prefetch(tf.data.AUTOTUNE)
    )


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


def _shuffled(position, seed, count):
    """Returns the index of the image at one position of the stream.

    The permutation of an epoch is computed element by element, never stored.
    """
    epoch = position // count
    return tf.random.experimental.index_shuffle(
        position % count,
        # A vector of positions would need a seed for each, which TensorFlow
        # 2.21 documents but refuses; so this is called per position.
        seed=tf.stack([tf.constant(seed, tf.int64), epoch]),
        max_index=tf.constant(count - 1, tf.int64),
    )
