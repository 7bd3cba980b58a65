"""How far pictures are from each other, in pixels of every size."""

import math

from keras import ops

from progan_keras.layers.box_downscale import box_downscale

_SMALLEST = 4  # where progressive growing starts


def pyramid_vectors(images):
    """Return vectors whose squared distances compare images at every size.

    Each image is averaged down to 4x4, as the paper's training images are. A
    squared distance of two vectors is the mean, over all these sizes, of the
    mean square of the differences of pixels. The small sizes see what full
    size does not: that a shape is there, a few pixels away.

    Args:
        images: Tensor or array `[N, R, R, C]`, float, R a power of two from 4.

    Returns:
        Tensor `[N, D]`, float32.
    """
    levels = [ops.convert_to_tensor(images, "float32")]
    while levels[-1].shape[1] > _SMALLEST:
        levels.append(box_downscale(levels[-1]))
    parts = []
    for level in levels:
        size = math.prod(level.shape[1:])
        flat = ops.reshape(level, (-1, size))
        parts.append(flat / math.sqrt(size * len(levels)))
    return ops.concatenate(parts, axis=1)


def pyramid_distance(images, targets):
    """Compare what a generator makes with pictures, at every size.

    Args:
        images: Tensor `[N, R, R, C]`, float, about [-1, 1].
        targets: The same, in [-1, 1].

    Returns:
        Float32 tensor `[N]`: squared distances of the `pyramid_vectors`.
    """
    difference = images - targets
    # Whiter than white is shown as white, and is no difference to white.
    difference = ops.where(
        targets >= 1.0, ops.minimum(difference, 0.0), difference
    )
    difference = ops.where(
        targets <= -1.0, ops.maximum(difference, 0.0), difference
    )
    # Averaging is linear: vectors of a difference are differences of vectors.
    return ops.sum(ops.square(pyramid_vectors(difference)), axis=1)
