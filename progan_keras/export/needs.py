"""Packages that only some exports need."""

import importlib


def needed(module, extra):
    """Import a module, or say how to get it.

    Args:
        module: String, its name.
        extra: String, the extra of this package that brings it.

    Raises:
        ModuleNotFoundError: with the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"This export needs {module}, which is not installed: "
            f'pip install "progan-keras[{extra}]"'
        ) from error
