"""The built notebooks: they match their sources, and can be read."""

import re
import subprocess
import sys

import course
import nbformat
import pytest
from lessons import read_lesson, tags_of

MOST_BYTES = 500_000  # more is slow to open on a code-hosting site

lessons = pytest.mark.parametrize("source", course.SOURCES, ids=course.name_of)
notebooks = pytest.mark.parametrize(
    "path", course.NOTEBOOKS, ids=course.name_of
)


def text_of(cells, kind="markdown"):
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == kind)


def test_there_are_lessons():
    assert course.SOURCES


def test_all_notebooks_match_their_sources():
    done = subprocess.run(
        [sys.executable, str(course.TUTORIALS / "build.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    matches = done.stdout.count("matches its source")
    assert matches == len(course.NOTEBOOKS)


def test_there_is_no_notebook_without_a_source():
    found = course.TUTORIALS.glob("**/*.ipynb")
    hidden = ".ipynb_checkpoints"
    found = {path for path in found if path.parent.name != hidden}
    assert found == set(course.NOTEBOOKS)


@notebooks
def test_notebook_was_run_without_errors_or_warnings(path):
    code = [c for c in course.read(path).cells if c.cell_type == "code"]
    counts = [cell.execution_count for cell in code]
    assert counts == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell.outputs:
            assert output.output_type != "error"
            # Neither warnings nor log lines.
            assert output.get("name") != "stderr", output.text


@lessons
def test_every_figure_of_a_lesson_has_a_numbered_caption(source):
    cells = course.read(course.TUTORIALS / f"{source.stem}.ipynb").cells
    captions = [
        following.source
        for cell, following in zip(cells, cells[1:], strict=False)
        if course.shows_picture(cell)
    ]
    numbers = [
        int(number)
        for caption in captions
        for number in re.findall(r"^\*Figure (\d+)\. ", caption)
    ]
    assert numbers == list(range(1, len(captions) + 1)), captions


@notebooks
def test_every_picture_has_an_alternative_text(path):
    for cell in course.read(path).cells:
        for output in course.outputs(cell):
            if "image/png" in output.get("data", {}):
                text = output.metadata["image/png"]["alt"]
                assert len(text) > 20, cell.id


@notebooks
def test_notebook_is_small(path):
    assert path.stat().st_size < MOST_BYTES


@notebooks
def test_notebook_names_no_place_of_a_machine(path):
    notebook = course.read(path)
    for cell in notebook.cells:
        for output in course.outputs(cell):
            # Base64 spells any word, if it is long enough.
            output.get("data", {}).pop("image/png", None)
    text = nbformat.writes(notebook)
    assert str(course.TUTORIALS.parent) not in text
    assert not re.search(r"/(home|root|tmp|Users)/", text)


@notebooks
def test_links_to_files_are_not_broken(path):
    text = text_of(course.read(path).cells)
    for target in re.findall(r"\]\(\s*([^)\s]+)\s*\)", text):
        if not target.startswith(("http", "#")):
            assert (path.parent / target.partition("#")[0]).exists(), target


@lessons
def test_a_lesson_has_all_its_parts(source):
    lesson, _ = read_lesson(source)
    text = text_of(lesson.cells)
    first = lesson.cells[0].source
    for part in ("**At the end**", "**You need**", "**The paper**"):
        assert part in first, part
    for part in ("**Question.**", "**Check.**", "## Summary", "## Exercises"):
        assert part in text, part
    assert "goes wrong" in text
    assert f"](solutions/{source.stem}.ipynb)" in text
    assert any("check" in tags_of(cell) for cell in lesson.cells)


@lessons
def test_three_exercises_have_code_and_words_for_a_solution(source):
    _, solutions = read_lesson(source)
    kinds = []
    for cell in solutions.cells:
        if "exercise" in tags_of(cell):
            kinds.append(set())
        if "solution" in tags_of(cell):
            kinds[-1].add(cell.cell_type)
    assert kinds == [{"code", "markdown"}] * 3
