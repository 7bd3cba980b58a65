"""Where half precision is not enough."""

import keras


def at_least_float32(dtype):
    """Return float32 for float16 and bfloat16, any wider dtype as it is.

    Squares of small numbers, and a constant like 1e-8, are zero in float16.
    """
    return keras.backend.result_type(dtype, "float32")
