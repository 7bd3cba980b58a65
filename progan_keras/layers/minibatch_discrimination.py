"""Minibatch discrimination."""

import keras
from keras import ops

from progan_keras.checks import check_integer
from progan_keras.layers.equalized_dense import EqualizedDense
from progan_keras.layers.precision import at_least_float32


@keras.saving.register_keras_serializable(package="progan_keras")
class MinibatchDiscrimination(keras.layers.Layer):
    """Appends how close each vector is to the others of the batch.

    It lets the discriminator see how alike the images of a batch are, with
    weights of its own; minibatch standard deviation is the paper's simpler
    answer. Each vector x is multiplied by a tensor T into `num_kernels` rows
    of `kernel_dim` numbers, `M = x T`; row b of vector i gives the feature

        o_b(i) = sum over j of exp(-||M_ib - M_jb||_1)

    over the whole batch, i itself included, as the equation is printed: from
    1 for a vector far from all others to N where all are equal. (The authors'
    code leaves i out, which is 1 less everywhere.)

    Distances and sums are computed in float32 also where the layer is half
    precision. Under a distribution strategy each replica sees its own vectors
    only.

    Args:
        num_kernels: Integer B, how many features are appended. The authors'
            code used 100.
        kernel_dim: Integer C, the length of the rows that are compared. The
            authors' code used 5.
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.

    Input shape:
        `[N, features]`, floating point.

    Output shape:
        `[N, features + num_kernels]`.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> layer = pk.layers.MinibatchDiscrimination(num_kernels=2)
    >>> print(layer(np.ones((4, 3), "float32")).numpy()[0].tolist())
    [1.0, 1.0, 1.0, 4.0, 4.0]

    Reference:
        Salimans et al., 2016, *Improved Techniques for Training GANs*,
        section 3.2.
    """

    def __init__(
        self, num_kernels=32, kernel_dim=4, equalized=True, seed=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.num_kernels = check_integer(num_kernels, "num_kernels", least=1)
        self.kernel_dim = check_integer(kernel_dim, "kernel_dim", least=1)
        self.equalized = equalized
        self.seed = seed

    def build(self, input_shape):
        """Create the tensor T, `[features, num_kernels * kernel_dim]`."""
        self.tensor = EqualizedDense(
            (self.num_kernels, self.kernel_dim),
            gain=1.0,
            use_bias=False,
            equalized=self.equalized,
            seed=self.seed,
            dtype=self.dtype_policy,
            name="tensor",
        )
        self.tensor.build(input_shape)

    def call(self, inputs):
        """Append the sums of similarities."""
        rows = self.tensor(inputs)  # [N, B, C]
        rows = ops.cast(rows, at_least_float32(rows.dtype))
        differences = rows[:, None] - rows[None]  # [N, N, B, C]
        distances = ops.sum(ops.abs(differences), axis=-1)
        features = ops.sum(ops.exp(-distances), axis=1)
        features = ops.cast(features, inputs.dtype)
        return ops.concatenate([inputs, features], axis=-1)

    def compute_output_shape(self, input_shape):
        """Return `[N, features + num_kernels]`."""
        batch, features = input_shape
        return (batch, features + self.num_kernels)

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            **super().get_config(),
            "num_kernels": self.num_kernels,
            "kernel_dim": self.kernel_dim,
            "equalized": self.equalized,
            "seed": self.seed,
        }
