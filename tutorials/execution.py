"""Executing a notebook, and keeping of its outputs what a reader needs.

What changes from build to build without a reason (times, paths, addresses,
ids) is removed, so that a rebuild shows real changes only.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from pictures import shrink
from traitlets import default

PROJECT = Path(__file__).resolve().parents[1]
# Lessons take small budgets where this is "quick".
BUDGET = "PROGAN_LESSON"
CELL_TIMEOUT = 3600  # seconds
_WIDGET = "application/vnd.jupyter.widget-view+json"
# What TensorFlow says when it starts with oneDNN. Its settings do not reach it.
_START = re.compile(
    r"WARNING: All log messages before absl::InitializeLog\(\) .*\n"
    r"|I0000 .*] oneDNN custom operations are on\. .*\n"
)


class _ThisInterpreter(AsyncKernelManager):
    """Starts the kernel of the interpreter that runs this script.

    Without folders to search, the kernel named python3 cannot turn out to be
    one that another environment has registered.
    """

    @default("kernel_spec_manager")
    def _search_nowhere(self):
        return KernelSpecManager(kernel_dirs=[])


def execute(notebook, quick=False):
    """Execute all cells of a notebook, in place.

    The kernel works in a temporary folder: what the cells write goes away
    with it.

    Args:
        notebook: Notebook as nbformat reads it.
        quick: Whether lessons take small budgets, and poor results.

    Raises:
        CellExecutionError: of nbclient, if a cell raises.
    """
    environment = {**os.environ, BUDGET: "quick" if quick else "full"}
    # TensorFlow's start-up lines belong to the machine, not to the lesson.
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        NotebookClient(
            notebook,
            kernel_manager_class=_ThisInterpreter,
            # Its notes on transport and shutdown are of no use here.
            extra_arguments=["--IPKernelApp.log_level=40"],
            timeout=CELL_TIMEOUT,
            record_timing=False,
            coalesce_streams=True,
            store_widget_state=False,
            resources={"metadata": {"path": folder}},
        ).execute(env=environment)
        tidy(notebook, folder)


def tidy(notebook, folder):
    """Remove from a notebook, in place, what differs without a reason.

    Each picture gets the caption below it as its alternative text.

    Args:
        notebook: Notebook as nbformat reads it.
        folder: Path of the folder in which it was executed.
    """
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
    following = [*notebook.cells[1:], None]
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            _tidy_output(output, folder)
        # Without a kernel a widget is an empty frame.
        cell.outputs = [
            output
            for output in cell.outputs
            if _WIDGET not in _data(output) and output.get("text") != ""
        ]
        for output in cell.outputs:
            if "image/png" in _data(output):
                text = _first_paragraph(following[number - 1])
                output.metadata = {"image/png": {"alt": text}} if text else {}


def _data(output):
    """What an output shows, by its type; empty for printed text."""
    return output.get("data", {})


def _tidy_output(output, folder):
    """Shorten what a cell printed, and keep each picture once."""
    if "text" in output:
        output["text"] = _START.sub("", _neutral(output["text"], folder))
    data = _data(output)
    if "image/png" in data:
        data.pop("image/jpeg", None)
        data["image/png"] = shrink(data["image/png"])
    for kind, content in data.items():
        if kind.startswith("text/"):
            data[kind] = _neutral(content, folder)


def _neutral(text, folder):
    """Return the text without places of this machine."""
    for place, name in (
        (Path(folder).resolve(), "."),
        (Path(folder), "."),
        (PROJECT, "progan_keras"),
        (Path(sys.prefix), ".venv"),
        (Path.home(), "~"),
    ):
        # A home of "/" would turn every slash into a tilde.
        if place != Path(place.anchor):
            text = text.replace(str(place), name)
    return re.sub(r"\b0x[0-9a-f]{6,}\b", "0x...", text)


def _first_paragraph(cell):
    """The first paragraph of a markdown cell as plain text, or nothing."""
    if cell is None or cell.cell_type != "markdown":
        return ""
    paragraph = cell.source.strip().split("\n\n")[0]
    return " ".join(re.sub(r"[*`$]", "", paragraph).split())
