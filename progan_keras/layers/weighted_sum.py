"""The fade-in of a new resolution."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="progan_keras")
class WeightedSum(keras.layers.Layer):
    """Fades a new path in over an old one: `(1 - alpha) * old + alpha * new`.

    At `alpha = 0` the output is exactly `old`, at `alpha = 1` exactly `new`.
    `alpha` is a non-trainable weight, so that it can be changed while a
    compiled function runs, without tracing it again.

    Args:
        alpha: Float in [0, 1], the weight of the new path to start with.

    Input shape:
        A pair `(old, new)` of floating-point tensors of one shape.

    Output shape:
        The shape of either input.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> layer = pk.layers.WeightedSum(alpha=0.25)
    >>> old, new = np.zeros((1, 2, 2, 3)), np.ones((1, 2, 2, 3))
    >>> print(float(layer([old, new])[0, 0, 0, 0]))
    0.25
    >>> _ = layer.alpha.assign(1.0)
    >>> print(float(layer([old, new])[0, 0, 0, 0]))
    1.0

    Reference:
        Karras et al., 2018, section 2 and figure 2.
    """

    def __init__(self, alpha=0.0, **kwargs):
        super().__init__(**kwargs)
        if not 0.0 <= alpha <= 1.0:
            raise ValueError(
                "alpha is the weight of the new path and lies in [0, 1]. "
                f"Received: alpha={alpha}"
            )
        self.initial_alpha = float(alpha)
        self.alpha = self.add_weight(
            name="alpha",
            shape=(),
            initializer=keras.initializers.Constant(self.initial_alpha),
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
        )

    def call(self, inputs):
        """Mix the pair `(old, new)` by the current alpha."""
        old, new = inputs
        # In half precision alpha would move in steps, so that only the shares
        # are rounded to it.
        old_share = ops.cast(1.0 - self.alpha, old.dtype)
        new_share = ops.cast(self.alpha, new.dtype)
        # The other way to write it, old + alpha * (new - old), is not exactly
        # `new` at alpha = 1.
        return old_share * old + new_share * new

    def compute_output_shape(self, input_shape):
        """Return the shape of either input, which must agree."""
        old, new = input_shape
        if tuple(old) != tuple(new):
            raise ValueError(
                "WeightedSum mixes two tensors of one shape. "
                f"Received: old {tuple(old)}, new {tuple(new)}"
            )
        return tuple(new)

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {**super().get_config(), "alpha": self.initial_alpha}
