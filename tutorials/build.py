"""Build the notebooks: each from its source, executed, and tidied up.

    python tutorials/build.py                  # every lesson
    python tutorials/build.py 01_what_is_...   # the named ones
    python tutorials/build.py --check          # only compare, execute nothing

A lesson is written in `src/<name>.py` (jupytext's percent format) and read in
`<name>.ipynb`. What changes from build to build without a reason (times,
paths, addresses, ids) is removed, so that a rebuild shows real changes only.
"""

import argparse
import itertools
import os
import re
import sys
from pathlib import Path

import jupytext
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets import default

from progan_keras.images import write_atomically

FOLDER = Path(__file__).resolve().parent
SOURCES = FOLDER / "src"
CELL_TIMEOUT = 3600  # seconds


class _ThisInterpreter(AsyncKernelManager):
    """Starts the kernel of the interpreter that runs this script.

    Without folders to search, the kernel named python3 cannot turn out to be
    one that another environment has registered.
    """

    @default("kernel_spec_manager")
    def _search_nowhere(self):
        return KernelSpecManager(kernel_dirs=[])


def main(arguments=None):
    """Build or check lessons; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the tutorial notebooks")
    parser.add_argument(
        "names", nargs="*", help="lessons to build, without suffix; default all"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare notebooks with their sources, execute nothing",
    )
    options = parser.parse_args(arguments)
    try:
        for source in find_sources(options.names):
            notebook = FOLDER / f"{source.stem}.ipynb"
            if options.check:
                check(source, notebook)
            else:
                build(source, notebook)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except CellExecutionError as error:
        print(f"error: {source.name} stopped.\n{error}", file=sys.stderr)
        return 2
    return 0


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


def check(source, path):
    """Refuse a notebook whose cells are not those of its source."""
    advice = f"Run: python tutorials/build.py {source.stem}"
    if not path.exists():
        raise ValueError(f"{path.name} has not been built. {advice}")
    pairs = itertools.zip_longest(_cells(path), _cells(source))
    for number, (found, expected) in enumerate(pairs, start=1):
        if found != expected:
            raise ValueError(
                f"Cell {number} of {path.name} is not that of its source. "
                f"{advice}"
            )
    print(f"{path.name} matches its source")


def _cells(path):
    """Return the kind and the text of each cell of a notebook or source."""
    form = "py:percent" if path.suffix == ".py" else "ipynb"
    return [
        (cell.cell_type, cell.source.strip())
        for cell in jupytext.read(path, fmt=form).cells
    ]


def build(source, path):
    """Make a notebook from its source, execute it and write it."""
    print(f"{path.name}: executing", flush=True)
    notebook = jupytext.read(source, fmt="py:percent")
    # TensorFlow's start-up lines belong to the machine, not to the lesson.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    NotebookClient(
        notebook,
        kernel_manager_class=_ThisInterpreter,
        # Its notes on transport and shutdown are of no use here.
        extra_arguments=["--IPKernelApp.log_level=40"],
        timeout=CELL_TIMEOUT,
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute()
    tidy(notebook)
    text = jupytext.writes(notebook, fmt="ipynb")
    write_atomically(text.encode(), path)
    print(f"{path.name}: written", flush=True)


def tidy(notebook):
    """Remove from a notebook, in place, what differs without a reason."""
    notebook.metadata.clear()
    notebook.metadata.update(
        kernelspec={
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        language_info={"name": "python"},
    )
    notebook.nbformat_minor = 5  # the first with cell ids
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            _tidy_output(output)


def _tidy_output(output):
    """Shorten what a cell printed, and keep each picture once."""
    if "text" in output:
        output["text"] = _neutral(output["text"])
    data = output.get("data", {})
    data.pop("application/vnd.jupyter.widget-view+json", None)
    if "image/png" in data:
        data.pop("image/jpeg", None)
    for kind, content in data.items():
        if kind.startswith("text/"):
            data[kind] = _neutral(content)


def _neutral(text):
    """Return the text without places of this machine."""
    for place, name in (
        (FOLDER.parent, "progan_keras"),
        (Path(sys.prefix), ".venv"),
        (Path.home(), "~"),
    ):
        # A home of "/" would turn every slash into a tilde.
        if place != Path(place.anchor):
            text = text.replace(str(place), name)
    return re.sub(r"\b0x[0-9a-f]{6,}\b", "0x...", text)


if __name__ == "__main__":
    sys.exit(main())
