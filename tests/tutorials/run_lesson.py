"""Run the code of a lesson, and each mistake that a student could make in it.

    python run_lesson.py lesson <source>      # with its mistakes
    python run_lesson.py solutions <source>   # setup and solutions

prints, as its last line, a list in JSON: a dict per mistake.

The mistakes of a lesson are in `broken/<name>.py`:

    BROKEN = [("name of the mistake", "text in the code", "replacement"), ...]

The text stands in one of the lesson's code cells, once. The lesson runs from
top to bottom. Before the cell with the text, the mistake is tried: this cell,
with the replacement, and those after it run up to the first that raises. That
should be a cell tagged `check`. Then all names are what they were before, and
the lesson goes on: unharmed, as long as the trial changed no object that was
made before it (NumPy's generators are copied). Break a class of the package by
a patch, which is taken back after the trial:

    "mock.patch.object(pk.layers.WeightedSum, 'call', wrong).start()"
"""

import contextlib
import copy
import io
import json
import linecache
import sys
from pathlib import Path
from unittest import mock

import course
import matplotlib.pyplot as plt
import numpy as np
from lessons import read_lesson, tags_of


def main(kind, path):
    """Run one notebook of a lesson and print what its mistakes did."""
    source = Path(path)
    lesson, solutions = read_lesson(source)
    is_lesson = kind == "lesson"
    cells = code_cells(lesson if is_lesson else solutions)
    broken = course.mistakes(source) if is_lesson else []
    # A window would wait, and figures that nobody closes would pile up.
    plt.show = lambda *args, **kwargs: plt.close("all")
    with contextlib.redirect_stdout(io.StringIO()):
        found = run(cells, broken)
    print(json.dumps(found))


def code_cells(notebook):
    """Return tuples of a cell's number, whether it checks, and its code."""
    return [
        (number, "check" in tags_of(cell), cell.source)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
    ]


def run(cells, broken=()):
    """Run cells in order, and each mistake where it belongs.

    Args:
        cells: As `code_cells` returns them.
        broken: Tuples (name, text, replacement).

    Returns:
        List of dicts, one per mistake: "name", "cell" (number of the first
        one that raised, or None), "is_check" and "error".

    Raises:
        ValueError: if a text stands in no cell, or more than once.
        Exception: what the lesson itself raises.
    """
    places = [_place(cells, mistake) for mistake in broken]
    namespace = {"__name__": "__main__", "display": lambda *objects: None}
    found = [None] * len(broken)
    for index, (number, _, code) in enumerate(cells):
        for order, mistake in enumerate(broken):
            if places[order] == index:
                found[order] = _try(cells[index:], mistake, namespace)
        _execute(code, f"<cell {number}>", namespace)
    return found


def _place(cells, mistake):
    """Return the index of the cell that a mistake is made in."""
    name, text, _ = mistake
    counts = [code.count(text) for _, _, code in cells]
    if sum(counts) != 1:
        raise ValueError(
            f"The text of the mistake {name!r} must stand in the lesson's "
            f"code once. Received: {sum(counts)} times {text!r}"
        )
    return counts.index(1)


def _try(cells, mistake, namespace):
    """Run cells with a mistake in the first, up to the first error."""
    name, text, replacement = mistake
    before = dict(namespace)
    for key, value in before.items():
        if isinstance(value, np.random.Generator):
            namespace[key] = copy.deepcopy(value)
    found = {"name": name, "cell": None, "is_check": False, "error": None}
    for index, (number, is_check, code) in enumerate(cells):
        if index == 0:
            code = code.replace(text, replacement)
        try:
            _execute(code, f"<cell {number}, {name}>", namespace)
        except Exception as error:  # whatever the mistake leads to
            lines = [type(error).__name__, *str(error).split("\n")]
            first = ": ".join(line for line in lines[:3] if line.strip())
            found |= {"cell": number, "is_check": is_check, "error": first}
            break
    mock.patch.stopall()
    plt.close("all")
    # The same dict, which functions of earlier cells look their names up in.
    namespace.clear()
    namespace.update(before)
    return found


def _execute(code, filename, namespace):
    # As in a notebook, functions can be asked for their source, which
    # TensorFlow does.
    lines = code.splitlines(keepends=True)
    linecache.cache[filename] = (len(code), None, lines, filename)
    exec(compile(code, filename, "exec"), namespace)


if __name__ == "__main__":
    main(*sys.argv[1:])
