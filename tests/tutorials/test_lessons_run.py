"""The code of the lessons runs, and their checks notice mistakes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import course
import pytest
from lessons import read_lesson
from run_lesson import code_cells, run

SECONDS = 600

lessons = pytest.mark.parametrize("source", course.SOURCES, ids=course.name_of)


def run_apart(kind, source, folder):
    """Run in a process of its own and return what the mistakes did."""
    program = Path(__file__).with_name("run_lesson.py")
    done = subprocess.run(
        [sys.executable, str(program), kind, str(source)],
        env={**os.environ, "PROGAN_LESSON": "quick", "MPLBACKEND": "Agg"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.course
@lessons
def test_lesson_runs_and_every_check_notices_a_mistake(source, tmp_path):
    found = run_apart("lesson", source, tmp_path)
    unnoticed = [mistake for mistake in found if not mistake["is_check"]]
    assert not unnoticed
    lesson, _ = read_lesson(source)
    checks = {number for number, check, _ in code_cells(lesson) if check}
    assert {mistake["cell"] for mistake in found} == checks


@pytest.mark.course
@lessons
def test_solutions_run_on_the_setup_alone(source, tmp_path):
    run_apart("solutions", source, tmp_path)


CELLS = [
    (1, False, "import numpy as np\nrandom = np.random.default_rng(1)"),
    (2, False, "def double(x):\n    return 2 * x"),
    (4, True, "assert double(3) == 6"),
    (5, False, "value = double(random.integers(1, 9))\ndivided = 1 / value"),
    (6, True, "assert value == 2 * np.random.default_rng(1).integers(1, 9)"),
]


def test_a_mistake_is_tried_and_the_lesson_goes_on_unharmed():
    broken = [
        ("triples", "2 * x", "3 * x"),
        ("adds", "double(random", "1 + double(random"),
    ]
    found = run(CELLS, broken)
    assert [mistake["cell"] for mistake in found] == [4, 6]
    assert all(mistake["is_check"] for mistake in found)
    assert found[0]["error"] == "AssertionError"


def test_an_error_before_the_check_and_no_error_count_as_unnoticed():
    broken = [
        ("nothing", "2 * x", "x * 2"),
        ("zero", "(random.integers(1, 9))", "(0)"),
    ]
    nothing, zero = run(CELLS, broken)
    assert (nothing["cell"], nothing["is_check"]) == (None, False)
    assert (zero["cell"], zero["is_check"]) == (5, False)
    assert "ZeroDivisionError" in zero["error"]


def test_a_patch_of_a_library_ends_with_its_trial():
    cells = [
        (1, False, "import math\nfrom unittest import mock"),
        (2, True, "assert math.floor(2.5) == 2"),
    ]
    patch = "\nmock.patch.object(math, 'floor', math.ceil).start()"
    broken = [("rounds up", "import mock", f"import mock{patch}")]
    (found,) = run(cells, broken)
    assert (found["cell"], found["is_check"]) == (2, True)


def test_a_lesson_that_fails_itself_fails():
    with pytest.raises(NameError):
        run([(1, True, "nowhere")])


@pytest.mark.parametrize("text", ["absent", "double"])
def test_the_text_of_a_mistake_stands_in_one_place(text):
    with pytest.raises(ValueError, match="once. Received"):
        run(CELLS, [("a name", text, "")])
