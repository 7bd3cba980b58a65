"""Write where the lessons can be opened without installing anything.

    python tutorials/hosted.py          # after changing the address
    python tutorials/hosted.py --check  # only compare

The address of the project stands in one place, pyproject.toml:

    [project.urls]
    Repository = "https://github.com/OWNER/NAME"

From it come the links in `README.md` beside this file. They are words rather
than pictures, since the pages of this project load nothing from elsewhere.
Without an address, the file says so. `.binder` has what Binder installs. As
long as there is no address, none of that can be tried.
"""

import argparse
import re
import sys
from pathlib import Path

from progan_keras.files import write_atomically

FOLDER = Path(__file__).resolve().parent
PYPROJECT = FOLDER.parent / "pyproject.toml"
PAGE = FOLDER / "README.md"
START, END = "<!-- hosted -->\n", "<!-- end of hosted -->"
BRANCH = "main"
HOSTS = {
    "Colab": "https://colab.research.google.com/github/{0}/blob/{1}/{2}",
    "Binder": "https://mybinder.org/v2/gh/{0}/{1}?labpath={2}",
    "nbviewer": "https://nbviewer.org/github/{0}/blob/{1}/{2}",
}
NOWHERE = """\
This project has no public address yet, so there is nothing to click. Whoever
gives it one on GitHub writes it into `pyproject.toml`,

```toml
[project.urls]
Repository = "https://github.com/OWNER/NAME"
```

and runs `python tutorials/hosted.py`: here are then, for every lesson, links to
Colab and Binder, which run it, and to nbviewer, which shows it.
"""
SOMEWHERE = """\
Links to Colab and Binder run a lesson, those to nbviewer show it. In Colab, put
this into a cell above the first; Colab's own TensorFlow stays in place:

```text
!git clone --depth 1 {address} project
!pip install --quiet -e "./project[figures,litert,metrics,mp4,notebooks,onnx]"
import sys; sys.path.insert(0, "project")
```

| lesson | | | |
|---|---|---|---|
{rows}
"""


def main(arguments=None):
    """Write or compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    text = PAGE.read_text(encoding="utf-8")
    names = sorted(path.stem for path in (FOLDER / "src").glob("*.py"))
    expected = with_links(text, read_address(PYPROJECT), names)
    if options.check and text != expected:
        print(
            "error: the links of tutorials/README.md are not those of the "
            "address in pyproject.toml. Run: python tutorials/hosted.py",
            file=sys.stderr,
        )
        return 2
    if text != expected:
        write_atomically(expected.encode(), PAGE)
    return 0


def read_address(path):
    """Return the address in a pyproject.toml; None if there is none.

    Raises:
        ValueError: for an address that these hosts cannot open.
    """
    found = re.search(
        r'^Repository\s*=\s*"(.*)"', path.read_text("utf-8"), re.MULTILINE
    )
    if not found:
        return None
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", found[1]):
        raise ValueError(
            "The address is like https://github.com/OWNER/NAME, which Colab, "
            f"Binder and nbviewer can open. Received: Repository={found[1]!r}"
        )
    return found[1]


def with_links(text, address, names):
    """Return a page with the links of an address, or with none.

    Args:
        text: The page, with the two marks between which the links stand.
        address: As `read_address` returns it.
        names: Lessons, without suffix.

    Raises:
        ValueError: if there are no marks.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(
            f"The page has no place for links. Expected {START.strip()} and, "
            f"below it, {END}. Received: text={text[:40]!r}"
        )
    return before + start + _links(address, names) + end + after


def _links(address, names):
    if address is None:
        return NOWHERE
    repository = address.removeprefix("https://github.com/")
    rows = "\n".join(_row(repository, name) for name in names)
    return SOMEWHERE.format(address=address, rows=rows)


def _row(repository, name):
    cells = [name.replace("_", " ")]
    for host, pattern in HOSTS.items():
        place = f"tutorials/{name}.ipynb"
        if "labpath" in pattern:
            place = place.replace("/", "%2F")
        cells.append(f"[{host}]({pattern.format(repository, BRANCH, place)})")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
