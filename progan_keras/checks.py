"""Whole numbers and resolutions, checked in one place."""

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
