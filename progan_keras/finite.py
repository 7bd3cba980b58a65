"""Notices numbers that are not finite before any weight takes them up."""

import tensorflow as tf

_NOT_FINITE = "Not finite: number"


def assert_finite(quantities):
    """Fail in the step in which a quantity becomes NaN or infinite.

    XLA leaves the check out.

    Args:
        quantities: Dict from a name for people to a float tensor, those first
            that others follow from.

    Returns:
        Operation to make others wait for; None in eager execution.

    Raises:
        tf.errors.InvalidArgumentError: when the step runs; `not_finite` finds
            the first quantity that was not finite in its message.
    """
    # A sum takes one operation each, and is finite where its terms are.
    sums = [tf.reduce_sum(tf.cast(v, "float32")) for v in quantities.values()]
    finite = tf.math.is_finite(tf.stack(sums))
    # Joined, since XLA knows no strings to choose from.
    names = "; ".join(quantities)
    first = tf.argmin(tf.cast(finite, "int32"))
    return tf.debugging.Assert(
        tf.reduce_all(finite), [_NOT_FINITE, first, names]
    )


def not_finite(message):
    """Return the name in the message of such an error, else None."""
    if _NOT_FINITE not in message:
        return None
    _, number, names = message.split(_NOT_FINITE)[1].split("[", 2)
    return names.split("]")[0].split("; ")[int(number.split("]")[0])]
