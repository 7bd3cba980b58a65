"""Minibatch standard deviation."""

import keras
from keras import ops

from progan_keras.checks import check_integer
from progan_keras.layers.precision import at_least_float32


@keras.saving.register_keras_serializable(package="progan_keras")
class MinibatchStdev(keras.layers.Layer):
    """Appends the standard deviation over a group of images as one channel.

    It lets the discriminator see how much the images of a batch differ, so
    that a generator without variety is found out. The batch of N images is
    cut into M groups of G images, **image n in group n mod M**; the deviation
    over the group is averaged over all pixels and channels into one number
    per group, which becomes a constant feature map of each of its images.

    G is `group_size`, or the whole batch where that is smaller. Where G does
    not divide N, the largest smaller number that does is taken. This holds
    for batches known when the graph is built and for dynamic ones.

    Under a distribution strategy each replica sees its own images only. The
    project's data stream deals images to replicas so that every replica holds
    whole groups of the global batch (see `ImagePyramid.stream`).

    Args:
        group_size: Integer G, or None for the whole batch as one group.
        epsilon: Float, added to the variance.

    Input shape:
        `[N, H, W, C]`, floating point.

    Output shape:
        `[N, H, W, C + 1]`.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> images = np.stack([np.zeros((2, 2, 3)), np.ones((2, 2, 3))])
    >>> outputs = pk.layers.MinibatchStdev()(images)
    >>> print(outputs.shape, float(outputs[0, 0, 0, 3]))
    (2, 2, 2, 4) 0.5

    Reference:
        Karras et al., 2018, section 3.
    """

    def __init__(self, group_size=4, epsilon=1e-8, **kwargs):
        super().__init__(**kwargs)
        if group_size is not None:
            check_integer(group_size, "group_size", least=1)
        if not epsilon > 0:
            raise ValueError(
                "epsilon must be positive: the square root has no finite "
                "gradient at zero, where all images of a group are equal. "
                f"Received: epsilon={epsilon}"
            )
        self.group_size = group_size
        self.epsilon = epsilon

    def call(self, inputs):
        """Append the map of group deviations."""
        batch, height, width, channels = ops.shape(inputs)
        group = self._group(batch)
        x = ops.cast(inputs, at_least_float32(inputs.dtype))
        x = ops.reshape(x, (group, -1, height, width, channels))
        x = x - ops.mean(x, axis=0, keepdims=True)
        deviation = ops.sqrt(ops.mean(ops.square(x), axis=0) + self.epsilon)
        # [M, H, W, C] -> [M, 1, 1, 1] -> [N, H, W, 1], image n from n mod M.
        deviation = ops.mean(deviation, axis=(1, 2, 3), keepdims=True)
        feature_map = ops.tile(deviation, (group, height, width, 1))
        feature_map = ops.cast(feature_map, inputs.dtype)
        return ops.concatenate([inputs, feature_map], axis=-1)

    def _group(self, batch):
        """The largest divisor of `batch` that `group_size` allows."""
        if self.group_size is None:
            return batch
        if isinstance(batch, int):
            sizes = range(1, min(self.group_size, batch) + 1)
            return max(size for size in sizes if batch % size == 0)
        sizes = ops.arange(1, self.group_size + 1, dtype="int32")
        divides = ops.equal(ops.mod(ops.cast(batch, "int32"), sizes), 0)
        return ops.max(ops.where(divides, sizes, 1))

    def compute_output_shape(self, input_shape):
        """Return the input's shape with one channel more."""
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            **super().get_config(),
            "group_size": self.group_size,
            "epsilon": self.epsilon,
        }
