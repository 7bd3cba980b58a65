"""What holds for the source files of layers and networks."""

import ast
import doctest
import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

import progan_keras
from progan_keras import layers

PACKAGE = Path(progan_keras.__file__).parent
MODULES = [module.name for module in pkgutil.iter_modules(layers.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name):
    module = importlib.import_module(f"progan_keras.layers.{name}")
    results = doctest.testmod(module)
    assert results.failed == 0
    if name not in ("equalized", "precision"):  # nothing public in these
        assert results.attempted > 0


@pytest.mark.parametrize("folder", ["layers", "networks"])
def test_layers_and_networks_import_keras_and_nothing_else(folder):
    """So that a saved generator also runs without TensorFlow."""
    paths = sorted((PACKAGE / folder).glob("*.py"))
    assert paths
    paths.append(PACKAGE / "checks.py")  # what both may use besides
    for path in paths:
        for name in imported_modules(path):
            top = name.split(".")[0]
            ours = name.startswith(
                (
                    "progan_keras.checks",
                    "progan_keras.layers",
                    "progan_keras.networks",
                )
            )
            allowed = top == "keras" or top in sys.stdlib_module_names or ours
            assert allowed, f"{path.name} imports {name}"


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
