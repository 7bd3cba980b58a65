"""The lessons: notebooks match their sources, and their code runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

TUTORIALS = Path(__file__).resolve().parents[1] / "tutorials"
sys.path.insert(0, str(TUTORIALS))
import build  # noqa: E402

SOURCES = sorted((TUTORIALS / "src").glob("*.py"))
MOST_BYTES = 500_000  # more is slow to open on a code-hosting site

lessons = pytest.mark.parametrize("source", SOURCES, ids=lambda x: x.stem)


def notebook_of(source):
    """Return the path of the notebook built from a source."""
    return TUTORIALS / f"{source.stem}.ipynb"


def cells_of(source):
    """Return the cells of the notebook built from a source."""
    text = notebook_of(source).read_text(encoding="utf-8")
    return json.loads(text)["cells"]


def outputs_of(source):
    """Return all outputs of the notebook built from a source."""
    return [
        output
        for cell in cells_of(source)
        for output in cell.get("outputs", [])
    ]


def solutions_of(source):
    """Return the Python code of a lesson's solutions, block by block."""
    path = TUTORIALS / "solutions" / f"{source.stem}.md"
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_there_are_lessons():
    assert SOURCES


@lessons
def test_notebook_matches_its_source(source):
    build.check(source, notebook_of(source))


@lessons
def test_notebook_holds_figures_and_no_error(source):
    outputs = outputs_of(source)
    assert any("image/png" in output.get("data", {}) for output in outputs)
    for output in outputs:
        assert output["output_type"] != "error"
        # Neither warnings nor log lines.
        assert output.get("name") != "stderr", output["text"]


@lessons
def test_every_figure_is_followed_by_a_caption(source):
    cells = cells_of(source)
    for number, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                following = "".join(cells[number + 1]["source"])
                assert following.startswith("*Figure "), cell["id"]


@lessons
def test_notebook_is_small(source):
    assert notebook_of(source).stat().st_size < MOST_BYTES


@lessons
def test_notebook_and_source_name_no_place_of_a_machine(source):
    for path in (source, notebook_of(source)):
        text = path.read_text(encoding="utf-8")
        assert str(TUTORIALS.parent) not in text
        assert not re.search(r"/(home|root|tmp|Users)/", text), path.name


@lessons
def test_links_to_files_are_not_broken(source):
    text = "".join(
        "".join(cell["source"])
        for cell in cells_of(source)
        if cell["cell_type"] == "markdown"
    )
    for target in re.findall(r"\]\(\s*([^)\s]+)\s*\)", text):
        if not target.startswith(("http", "#")):
            assert (TUTORIALS / target).exists(), target


@pytest.mark.slow
@lessons
def test_lesson_and_its_solutions_run_on_a_small_budget(
    source, monkeypatch, tmp_path
):
    # The least that enters every stage and takes some steps in each.
    monkeypatch.setenv("PROGAN_LESSON_KIMG", "0.5")
    notebook = jupytext.read(source, fmt="py:percent")
    for code in solutions_of(source):
        notebook.cells.append(new_code_cell(code))
    NotebookClient(
        notebook,
        kernel_manager_class=build._ThisInterpreter,
        extra_arguments=["--IPKernelApp.log_level=40"],
        timeout=600,
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()


def test_check_refuses_a_notebook_that_is_out_of_date(tmp_path):
    source = tmp_path / "lesson.py"
    source.write_text("# %%\n1 + 1\n", encoding="utf-8")
    notebook = tmp_path / "lesson.ipynb"
    with pytest.raises(ValueError, match="has not been built"):
        build.check(source, notebook)
    notebook.write_text(
        jupytext.writes(jupytext.read(source), fmt="ipynb"), encoding="utf-8"
    )
    build.check(source, notebook)
    source.write_text("# %%\n1 + 2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Cell 1"):
        build.check(source, notebook)


def test_build_py_check_says_that_all_match():
    done = subprocess.run(
        [sys.executable, str(TUTORIALS / "build.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("matches its source") == len(SOURCES)
