"""The two notebooks of a lesson, told apart by the tags of its cells.

A lesson has one source, a Python file in jupytext's percent format:

    # %% tags=["setup"]                   imports and helpers
    # %% tags=["check"]                   fails when what was built is wrong
    # %% [markdown] tags=["exercise"]     states one exercise
    # %% tags=["solution"]                answers it; there may be several

The lesson's notebook has all cells but the solutions. That of the solutions
has a title, the setup, and each exercise with what answers it; so these run on
the setup alone.
"""

import copy
import re

import jupytext
from nbformat.v4 import new_markdown_cell, new_notebook

TAGS = {"setup", "check", "exercise", "solution"}
IN_SOLUTIONS = TAGS - {"check"}


def read_lesson(source):
    """Read both notebooks of a lesson from its source.

    Args:
        source: `pathlib.Path` of the Python file.

    Returns:
        Tuple of two notebooks that have not been executed: the lesson, and
        its solutions.

    Raises:
        ValueError: for a tag that means nothing, a solution before the first
            exercise, or a first cell without the lesson's title.
    """
    cells = jupytext.read(source, fmt="py:percent").cells
    for cell in cells:
        # Blank lines that style asks for before a function.
        cell.source = cell.source.strip("\n")
    _check_tags(cells, source)
    lesson = [cell for cell in cells if "solution" not in tags_of(cell)]
    solutions = [cell for cell in cells if tags_of(cell) & IN_SOLUTIONS]
    solutions = [_solutions_title(cells, source), *solutions]
    return (
        new_notebook(cells=copy.deepcopy(lesson)),
        new_notebook(cells=copy.deepcopy(solutions)),
    )


def tags_of(cell):
    """Return the tags of a cell, a set of strings."""
    return set(cell.metadata.get("tags", ()))


def contents(notebook):
    """Return what a reader has of each cell: its kind, tags and text."""
    return [
        (cell.cell_type, sorted(tags_of(cell)), cell.source.strip())
        for cell in notebook.cells
    ]


def _check_tags(cells, source):
    exercises = 0
    for number, cell in enumerate(cells, start=1):
        tags = tags_of(cell)
        if tags - TAGS:
            raise ValueError(
                f"Cell {number} of {source.name} has a tag that means "
                f"nothing; there are {sorted(TAGS)}. "
                f"Received: {sorted(tags - TAGS)}"
            )
        exercises += "exercise" in tags
        if "solution" in tags and not exercises:
            raise ValueError(
                f"Cell {number} of {source.name} is a solution, and no "
                f"exercise comes before it. Received: tags={sorted(tags)}"
            )


def _solutions_title(cells, source):
    """The first cell of the solutions, from the first of the lesson."""
    first = cells[0].source if cells else ""
    title = re.match(r"# Lesson (\d+: .+)", first)
    if not title:
        raise ValueError(
            f"{source.name} must begin with a markdown cell whose first line "
            f'is like "# Lesson 1: growing". Received: {first[:40]!r}'
        )
    return new_markdown_cell(
        f"# Solutions to lesson {title[1]}\n\n"
        f"One way to solve each exercise of [the lesson](../{source.stem}"
        ".ipynb). The first cells are the lesson's own: imports and helpers."
    )
