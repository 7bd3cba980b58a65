"""Whole numbers, checked in one place."""

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
