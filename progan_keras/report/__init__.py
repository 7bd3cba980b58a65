"""One page about a run, for people: `report.html`."""

from progan_keras.figures.history import as_history
from progan_keras.files import write_atomically
from progan_keras.report import facts, sections
from progan_keras.report.page import page

_SECTIONS = {
    "What it is": facts.overview,
    "Pictures": sections.pictures,
    "Warnings": sections.warnings,
    "Measurements": sections.metrics,
    "Curves": sections.curves,
    "Settings": facts.settings,
    "What to do next": sections.next_steps,
}


def write_report(run, path=None):
    """Write what is known of a run as one HTML page.

    The page needs nothing else: figures are inside of it, nothing in it runs
    and it asks no server for anything. It names no folder of this machine.

    Args:
        run: `RunFolder`, path of one, or path of a folder that holds runs
            (the newest is taken).
        path: File to write; None for `report.html` in the run's folder.

    Returns:
        `pathlib.Path` of the file.

    Raises:
        ValueError: if there is no run, a grid of it is damaged, or there is
            no matplotlib.
        OSError: if the file cannot be written.
    """
    history = as_history(run)
    content = [(name, make(history)) for name, make in _SECTIONS.items()]
    text = page(history.name, facts.lead(history), content)
    path = history.run.path / "report.html" if path is None else path
    return write_atomically(text.encode("utf-8"), path)
