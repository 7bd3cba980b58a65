"""What people read: the project's Markdown pages, and what is in them."""

import ast
import json
import re
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
COURSE = ROOT / "tutorials" / "README.md"
GUIDES = sorted((ROOT / "docs").glob("*.md"))
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *GUIDES,
        COURSE,
        *ROOT.glob("saved_models/**/README.md"),
        ROOT / "benchmarks" / "README.md",
        ROOT / "progan_keras" / "data" / "embedded" / "README.md",
    ]
)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def name_of(path):
    """How a test calls a page."""
    return path.relative_to(ROOT).as_posix()


def read(path):
    return path.read_text("utf-8")


def blocks(path):
    """Return tuples (language, text, number of its first line)."""
    text = read(path)
    return [
        (found[1], found[2], text[: found.start(2)].count("\n") + 1)
        for found in _BLOCK.finditer(text)
    ]


def prose(path):
    """Return a page's text without its blocks of code."""
    return _BLOCK.sub("", read(path))


def inline_code(path):
    """Return what stands between backticks, on one line each."""
    found = re.findall(r"`([^`]+)`", prose(path))
    return [" ".join(text.split()) for text in found]


def anchors(path):
    """Return the names by which links reach a page's headings.

    They are made of the words of the heading as code hosts and MyST do it.
    """
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in kept}


def section(path, heading):
    """Return the text below a heading, up to the next of its rank or more."""
    level = heading.index(" ")
    text = read(path)
    start = text.index(f"\n{heading}\n") + len(heading) + 2
    end = re.search(rf"^#{{1,{level}}} ", text[start:], re.MULTILINE)
    return text[start : start + end.start()] if end else text[start:]


def table(text):
    """Return the rows of the first table, each a list of cells, bare."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.search(r"(^\|.*\n)+", text, re.MULTILINE)[0].splitlines()
    ]
    return [rows[0], *rows[2:]]


def run_python(code, folder, names=None):
    """Run a block in the present folder, statement by statement.

    What a line says of the array that it makes, as in "# uint8 [16, 8, 8, 3]",
    has to be true.

    Args:
        code: Text.
        folder: Path where the code is kept, for TensorFlow to look at.
        names: Dict of names that are there already.

    Returns:
        Dict of all names.
    """
    script = folder / "block.py"
    script.write_text(code, encoding="utf-8")
    lines = code.splitlines()
    names = {"__name__": "block"} if names is None else names
    for node in ast.parse(code).body:
        statement = ast.Module([node], type_ignores=[])
        exec(compile(statement, str(script), "exec"), names)
        said = re.search(r"# (\w+) (\[[\d, ]+\])", lines[node.end_lineno - 1])
        if said:
            value = np.asarray(names[node.targets[0].id])
            assert value.dtype.name == said[1], lines[node.end_lineno - 1]
            assert list(value.shape) == json.loads(said[2])
    return names
