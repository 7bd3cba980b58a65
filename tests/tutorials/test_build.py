"""From one source to two notebooks, and from the outputs to what is kept."""

import course
import jupytext
import numpy as np
import pytest
from build import build, check, find_sources, notebooks, renew_words
from execution import tidy
from lessons import read_lesson
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

SOURCE = """\
# %% [markdown]
# # Lesson 3: growing
#
# Text.

# %% tags=["setup"]
import os

# %%


value = 1

# %% tags=["check"]
assert value == 1

# %% [markdown] tags=["exercise"]
# ### 1. Add

# %% tags=["solution"]
print(1 + 1, os.environ["PROGAN_LESSON"], os.getcwd())

# %% [markdown] tags=["solution"]
# It is two.
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "03_growing.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def texts(notebook):
    return [cell.source.split("\n")[0] for cell in notebook.cells]


def test_the_lesson_has_all_cells_but_the_solutions(source):
    lesson, _ = read_lesson(source)
    assert texts(lesson) == [
        "# Lesson 3: growing",
        "import os",
        "value = 1",
        "assert value == 1",
        "### 1. Add",
    ]


def test_the_solutions_have_a_title_the_setup_and_the_exercises(source):
    _, solutions = read_lesson(source)
    assert texts(solutions) == [
        "# Solutions to lesson 3: growing",
        "import os",
        "### 1. Add",
        'print(1 + 1, os.environ["PROGAN_LESSON"], os.getcwd())',
        "It is two.",
    ]
    assert "(../03_growing.ipynb)" in solutions.cells[0].source


@pytest.mark.parametrize(
    ("present", "instead", "message"),
    [
        ('tags=["setup"]', 'tags=["set-up"]', "Cell 2 .*means nothing"),
        ('tags=["exercise"]', "", "Cell 6 .*no exercise comes before"),
        ("# # Lesson 3: ", "# # ", "must begin with .*# growing"),
    ],
)
def test_a_source_out_of_order_is_refused(source, present, instead, message):
    text = SOURCE.replace(present, instead)
    source.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_lesson(source)


CHANGES = {
    "text": lambda cells: cells[1].update(source="import os, sys"),
    "tags": lambda cells: cells[1].metadata.update(tags=[]),
    "one cell less": lambda cells: cells.pop(1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_check_refuses_a_notebook_that_is_out_of_date(change, source, tmp_path):
    for path, notebook in notebooks(source, tmp_path).items():
        with pytest.raises(ValueError, match="has not been built"):
            check(path, notebook)
        path.parent.mkdir(exist_ok=True)
        jupytext.write(notebook, path)
        check(path, notebook)
        CHANGES[change](notebook.cells)
        with pytest.raises(ValueError, match="Cell 2 of .*ipynb is not that"):
            check(path, notebook)


def test_an_unknown_lesson_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="01_what.*Received: 99_no"):
        find_sources(["99_no"])
    (source,) = find_sources(["tutorials/01_what_is_progressive_growing.ipynb"])
    assert source.suffix == ".py"


@pytest.mark.slow
def test_building_executes_in_a_folder_that_goes_away(source, tmp_path):
    *_, (path, notebook) = notebooks(source, tmp_path).items()
    build(path, notebook, quick=True)
    assert not path.exists()
    assert notebook.cells[3].outputs[0].text == "2 quick .\n"
    build(path, notebook)
    assert course.read(path).cells[3].outputs[0].text == "2 full .\n"


def test_new_words_keep_the_outputs_but_new_code_does_not(source, tmp_path):
    (path, notebook), *_ = notebooks(source, tmp_path).items()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[1].outputs = [new_output("stream", text="one")]
    jupytext.write(notebook, path)
    source.write_text(SOURCE.replace("# Text.", "# More."), encoding="utf-8")
    (_, notebook), *_ = notebooks(source, tmp_path).items()
    renew_words(path, notebook)
    cells = course.read(path).cells
    assert cells[0].source.endswith("More.")
    assert cells[2].outputs[0].text == "one"
    source.write_text(SOURCE.replace("= 1\n", "= 2\n"), encoding="utf-8")
    (_, notebook), *_ = notebooks(source, tmp_path).items()
    with pytest.raises(ValueError, match="code of .* has changed"):
        renew_words(path, notebook)


def test_pictures_take_their_caption_as_alternative_text():
    text = course.png(np.zeros((2, 2, 3), "uint8"))
    picture = new_output("display_data", {"image/png": text})
    notebook = new_notebook(
        cells=[
            new_code_cell("plot()", outputs=[picture]),
            new_markdown_cell("*Figure 1. A `face`\nin blue.*\n\nMore."),
        ]
    )
    tidy(notebook, "/nowhere")
    (output,) = notebook.cells[0].outputs
    assert output.metadata == {
        "image/png": {"alt": "Figure 1. A face in blue."}
    }


def test_outputs_lose_places_addresses_and_widgets(tmp_path):
    widget = "application/vnd.jupyter.widget-view+json"
    notebook = new_notebook(
        cells=[
            new_code_cell(
                "slider()",
                outputs=[
                    new_output("display_data", {widget: {}, "text/plain": "x"}),
                    new_output(
                        "stream", text=f"{tmp_path}/a <at 0x7f0123456789>"
                    ),
                ],
            )
        ]
    )
    tidy(notebook, tmp_path)
    (output,) = notebook.cells[0].outputs
    assert output.text == "./a <at 0x...>"
    assert notebook.cells[0].id == "cell-01"


def test_tensorflow_may_start_without_being_quoted():
    began = (
        "WARNING: All log messages before absl::InitializeLog() is called\n"
        "I0000 00:00:17.2 1 port.cc:153] oneDNN custom operations are on. More"
        "\n"
    )
    texts = [began, began + "W0000 00:00:17.3 a warning\n", "a result\n"]
    outputs = [new_output("stream", name="stderr", text=t) for t in texts]
    notebook = new_notebook(cells=[new_code_cell("import", outputs=outputs)])
    tidy(notebook, "/nowhere")
    kept = [output.text for output in notebook.cells[0].outputs]
    assert kept == ["W0000 00:00:17.3 a warning\n", "a result\n"]
