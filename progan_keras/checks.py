"""Whole numbers, resolutions and precisions, checked in one place."""

import numbers


def check_integer(value, name, least=None):
    """Return `value` as an int if it is a whole number, else raise.

    Args:
        value: What the user gave; NumPy's integers count, True does not.
        name: String, the argument's name.
        least: Integer, the smallest allowed, or None.

    Raises:
        ValueError: with the name and the value.
    """
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    least_of_all, most = -(2**63), 2**63 - 1  # TensorFlow counts in int64
    whole = whole and least_of_all <= value <= most
    if not whole or (least is not None and value < least):
        limit = "" if least is None else f", at least {least}"
        raise ValueError(
            f"{name} is a whole number{limit}. Received: {name}={value!r}"
        )
    return int(value)


RESOLUTIONS = (4, 8, 16, 32, 64, 128, 256, 512, 1024)


def check_resolution(resolution):
    """Return `resolution` as an int if a GAN can grow to it, else raise.

    Args:
        resolution: Integer, side of the square images.

    Raises:
        ValueError: if it is not a power of two from 4 to 1024.
    """
    whole = isinstance(resolution, numbers.Integral)
    if not whole or resolution not in RESOLUTIONS:
        raise ValueError(
            "A resolution is a power of two from 4 to 1024, since growing "
            f"starts at 4x4 and doubles. Received: resolution={resolution!r}"
        )
    return int(resolution)


def resolutions_up_to(resolution):
    """Return `(4, 8, ..., resolution)`, or raise as `check_resolution`."""
    last = check_resolution(resolution)
    return tuple(size for size in RESOLUTIONS if size <= last)


# Keras' names of what the networks compute in. "float64" is there to compare
# networks with those of others, not to train them.
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16", "float64")


def check_precision(precision, replicas=1):
    """Return `precision` if networks can compute in it, else raise.

    Args:
        precision: String, one of `PRECISIONS`.
        replicas: Integer, devices that train together.

    Raises:
        ValueError: for another one, and for float16 on several devices.
    """
    if precision not in PRECISIONS:
        raise ValueError(
            "precision is float32, mixed_bfloat16 or mixed_float16. "
            f"Received: precision={precision!r}"
        )
    if precision == "mixed_float16" and replicas > 1:
        # Keras' loss scaling looks at the gradients of one replica only: an
        # overflow on another one would reach the weights.
        raise ValueError(
            "Several devices train in float32 or mixed_bfloat16; loss scaling, "
            "which float16 needs, is for one. "
            f"Received: precision={precision!r}, {replicas} devices"
        )
    return precision
