"""Build the notebooks of the lessons, and those of their solutions.

    python tutorials/build.py                  # every lesson
    python tutorials/build.py 01_what_is_...   # the named ones
    python tutorials/build.py --quick          # do they run? writes nothing
    python tutorials/build.py --words          # keep outputs, renew text
    python tutorials/build.py --check          # only compare, execute nothing

A lesson is written in `src/<name>.py` (jupytext's percent format, with tags
that `lessons.py` describes). It is read in `<name>.ipynb` and in
`solutions/<name>.ipynb`.
"""

import argparse
import itertools
import sys
import time
from pathlib import Path

import jupytext
from execution import execute, tidy
from lessons import contents, read_lesson
from nbclient.exceptions import CellExecutionError

from progan_keras.files import write_atomically

FOLDER = Path(__file__).resolve().parent
SOURCES = FOLDER / "src"


def main(arguments=None):
    """Build or check lessons; return the exit code."""
    options = _parse(arguments)
    try:
        for source in find_sources(options.names):
            for path, notebook in notebooks(source).items():
                if options.check:
                    check(path, notebook)
                elif options.words:
                    renew_words(path, notebook)
                else:
                    build(path, notebook, options.quick)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except CellExecutionError as error:
        print(f"error: {path.name} stopped.\n{error}", file=sys.stderr)
        return 2
    return 0


def _parse(arguments):
    parser = argparse.ArgumentParser(description="Build the tutorial notebooks")
    parser.add_argument(
        "names", nargs="*", help="lessons to build, without suffix; default all"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check",
        action="store_true",
        help="compare notebooks with their sources, execute nothing",
    )
    what.add_argument(
        "--quick",
        action="store_true",
        help="execute with small budgets, write nothing",
    )
    what.add_argument(
        "--words",
        action="store_true",
        help="keep the outputs of code that is as it was, renew the text",
    )
    return parser.parse_args(arguments)


def find_sources(names):
    """Return the source files of the named lessons, or of all."""
    present = {source.stem: source for source in SOURCES.glob("*.py")}
    names = [Path(name).stem for name in names]
    unknown = sorted(set(names) - set(present))
    if unknown:
        raise ValueError(
            "There is no such lesson. Expected some of "
            f"{', '.join(sorted(present))}. Received: {', '.join(unknown)}"
        )
    return [present[name] for name in names or sorted(present)]


def notebooks(source, folder=FOLDER):
    """Return a lesson's notebooks, by the paths where they belong.

    Args:
        source: `pathlib.Path` of the lesson's source.
        folder: `pathlib.Path` of the tutorials.

    Returns:
        Dict from `pathlib.Path` to a notebook that has not been executed:
        the lesson's, then that of its solutions.
    """
    lesson, solutions = read_lesson(source)
    name = f"{source.stem}.ipynb"
    return {folder / name: lesson, folder / "solutions" / name: solutions}


def check(path, notebook):
    """Refuse a notebook whose cells are not those of its source.

    Args:
        path: `pathlib.Path` of the notebook that was built.
        notebook: What it is to be, from its source.

    Raises:
        ValueError: if it was not built, or from another source.
    """
    name = f"{path.parent.name}/{path.name}"
    advice = f"Run: python tutorials/build.py {path.stem}"
    if not path.exists():
        raise ValueError(f"{name} has not been built. {advice}")
    pairs = itertools.zip_longest(
        contents(jupytext.read(path)), contents(notebook)
    )
    for number, (found, expected) in enumerate(pairs, start=1):
        if found != expected:
            raise ValueError(
                f"Cell {number} of {name} is not that of its source. {advice}"
            )
    print(f"{name} matches its source")


def build(path, notebook, quick=False):
    """Execute a notebook and write it.

    Args:
        path: `pathlib.Path` to write.
        notebook: Notebook from its source.
        quick: Whether to take small budgets and write nothing.
    """
    name = f"{path.parent.name}/{path.name}"
    print(f"{name}: executing", flush=True)
    start = time.monotonic()
    execute(notebook, quick)
    if not quick:
        _write(notebook, path)
    done = "ran" if quick else "written"
    print(f"{name}: {done} after {time.monotonic() - start:.0f} s", flush=True)


def renew_words(path, notebook):
    """Write a notebook anew with the outputs that it has.

    Args:
        path: `pathlib.Path` of a notebook that was built.
        notebook: What it is to be, from its source.

    Raises:
        ValueError: if the notebook was made from other code.
        OSError: if there is none.
    """
    old = _code_cells(jupytext.read(path))
    new = _code_cells(notebook)
    if [cell.source.strip("\n") for cell in old] != [
        cell.source for cell in new
    ]:
        raise ValueError(
            f"The code of {path.parent.name}/{path.name} has changed and must "
            f"be executed. Run: python tutorials/build.py {path.stem}"
        )
    for before, cell in zip(old, new, strict=True):
        cell.outputs = before.outputs
        cell.execution_count = before.execution_count
    tidy(notebook, FOLDER)
    _write(notebook, path)
    print(f"{path.parent.name}/{path.name}: words renewed")


def _code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _write(notebook, path):
    write_atomically(jupytext.writes(notebook, fmt="ipynb").encode(), path)


if __name__ == "__main__":
    sys.exit(main())
