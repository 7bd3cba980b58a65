"""Loss scaling: gradients that are computed larger, for float16 to hold them.

What is below 6e-8 is zero in float16. So each network's loss is multiplied by
a scale before its gradients are computed, and they are divided by it before
they are used. Where they overflow instead, that network's step is left out
and its scale halved; after 2,000 steps in which they do not, it is doubled
(Micikevicius et al., 2018, section 3.2). The scale is a variable of the
optimizer, and saved with it.
"""

import keras
import tensorflow as tf

# Where gradients overflow even so, the training has diverged.
SMALLEST_SCALE = 2.0**-8


def scaling(optimizer, name):
    """Return `optimizer` with loss scaling.

    Args:
        optimizer: Keras optimizer.
        name: String, of the result; it differs from the optimizer's own.
    """
    return keras.optimizers.LossScaleOptimizer(optimizer, name=name)


def is_scaling(optimizer):
    """Whether an optimizer scales its loss by what gradients come to."""
    return isinstance(optimizer, keras.optimizers.LossScaleOptimizer)


def must_be_finite(optimizer, gradient):
    """Return what there is to check of a gradient before it is applied.

    Args:
        optimizer: Keras optimizer that it goes to.
        gradient: Float tensor.

    Returns:
        The gradient; with loss scaling its sum at the smallest scale, else 0,
        since to overflow is no failure there.
    """
    if not is_scaling(optimizer):
        return gradient
    last = optimizer.dynamic_scale.value <= SMALLEST_SCALE
    return tf.where(last, tf.reduce_sum(gradient), 0.0)
