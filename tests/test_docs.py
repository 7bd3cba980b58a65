"""The documentation site: what it is made from is complete and can be read.

`make docs` builds it, with warnings as errors.
"""

import re
import sys
from pathlib import Path
from unittest import mock

import pytest

import progan_keras as pk

DOCS = Path(__file__).resolve().parents[1] / "docs"
sys.path.insert(0, str(DOCS / "extensions"))
from markdown_docstrings import setup, to_rest  # noqa: E402
from own_host import loaded_from_elsewhere  # noqa: E402


def rest(text):
    """Return a docstring as the text that Sphinx reads."""
    return "\n".join(to_rest(text.split("\n"))).rstrip("\n")


def test_every_public_module_has_its_page_in_the_reference():
    pages = "".join(
        path.read_text("utf-8") for path in (DOCS / "api").glob("*.md")
    )
    documented = set(re.findall(r"automodule:: (\S+)", pages))
    modules = {f"progan_keras.{name}" for name in pk._MODULES}
    assert modules | {"progan_keras"} <= documented


def test_an_indented_example_stays_one_block_of_code():
    assert rest("See\n\n    a_ = `b`\n\n    c\n\nMore.") == (
        "See\n\n::\n\n    a_ = `b`\n\n    c\n\nMore."
    )


def test_sections_of_google_are_no_code():
    text = "Do.\n\nArgs:\n    x: Integer,\n        large.\n\nReturns:\n    It."
    assert rest(text) == text


def test_names_become_links_and_other_code_is_literal():
    assert rest("A `Stage`, `[N, 3]`, `pk.data.load`.") == (
        "A :py:obj:`Stage <Stage>`, ``[N, 3]``, "
        ":py:obj:`pk.data.load <progan_keras.data.load>`."
    )


def test_code_in_the_plural_ends_before_the_letter():
    assert rest("Two `[N]`s.") == "Two ``[N]``\\ s."


def test_code_may_go_over_the_end_of_a_line():
    assert rest("All of `a =\nb` so.") == "All of ``a =\nb`` so."


def test_examples_at_a_prompt_are_untouched():
    prompt = ">>> a_ | `b`\n '|'\n>>> 1"
    assert rest(f"Example:\n{prompt}") == f"Example:\n\n{prompt}"


def test_a_list_right_below_a_sentence_is_a_list():
    text = "Args:\n    x: one of\n        - a\n        - b\n    y: d"
    assert rest(text) == (
        "Args:\n    x: one of\n\n        - a\n        - b\n    y: d"
    )


def test_what_rest_would_take_for_marks_is_escaped():
    assert rest("|x| of a_ and b_c") == "\\|x\\| of a\\_ and b_c"


@pytest.mark.parametrize(
    ("what", "first"), [("property", ".."), ("method", "Weight: a float.")]
)
def test_a_colon_in_a_property_s_first_line_makes_no_type(what, first):
    app = mock.Mock()
    setup(app)
    _, convert = app.connect.call_args.args
    lines = ["Weight: a float."]
    convert(app, what, "alpha", None, None, lines)
    assert lines[0] == first
    assert "Weight: a float." in lines


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.html", '<script async src="https://cdn.org/a.js">', 1),
        ("a.html", "<link rel=stylesheet href=//cdn.org/a.css>", 1),
        ("a.html", '<img alt="a" src="http://cdn.org/a.png">', 1),
        ("a.css", "@import 'https://cdn.org/a.css'; b {}", 1),
        ("a.css", "a { background: url(https://cdn.org/a.png) }", 1),
        ("a.html", '<a class="b" href="https://cdn.org">c</a>', 0),
        ("a.html", '<img src="../a.png"><math xmlns="http://w3.org">', 0),
        ("a.css", "a { background: url('data:image/png;//') }", 0),
    ],
)
def test_a_page_may_link_to_other_hosts_but_load_nothing(
    tmp_path, name, text, found
):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert len(loaded_from_elsewhere(path)) == found
