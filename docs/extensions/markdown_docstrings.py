"""Sphinx extension: docstrings in Markdown, which autodoc takes for reST.

The docstrings of this project are read in editors and terminals, and written
in the Markdown that Keras uses: `code` in single backticks, examples indented
after an empty line, lists right below a sentence. Each becomes what it means
in reStructuredText. Google's sections (Args, Returns, ...) stay as they are,
for `sphinx.ext.napoleon` to read.
"""

import re

_CODE = re.compile(r"(\w?)`([^`]+)`(\w?)")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
# In reST a bar begins a substitution, and an underscore ends a link.
_SPECIAL = re.compile(r"\||(?<=\w)_(?!\w)")
_BULLET = re.compile(r" *- ")
# Ends code, or begins it, within a word.
_JOINT = "\\ "


def to_rest(lines):
    """Turn a docstring into reStructuredText.

    Args:
        lines: List of strings without line ends, indented as by
            `inspect.cleandoc`.

    Returns:
        List of strings.
    """
    result, indent, in_code = [], 0, False
    for paragraph in _paragraphs(lines):
        first = paragraph[0]
        # Deeper than the text before: shown as it is.
        is_deeper = bool(result) and _indent(first) > indent
        is_code = is_deeper and not _BULLET.match(first)
        if is_code and not in_code:
            result += [" " * indent + "::", ""]
        if not is_code:
            indent = _indent(paragraph[-1])
            if not _is_example(first):
                paragraph = _with_lists(_inline(paragraph))
        result += [*paragraph, ""]
        in_code = is_code
    return result


def _paragraphs(lines):
    """Yield lists of lines between empty lines, or up to an example."""
    paragraph = []
    for line in [*lines, ""]:
        begins = _is_example(line) and not _is_example("".join(paragraph[:1]))
        if paragraph and (begins or not line.strip()):
            yield paragraph
            paragraph = []
        if line.strip():
            paragraph.append(line)


def _is_example(line):
    return line.lstrip().startswith(">>> ")


def _indent(line):
    return len(line) - len(line.lstrip())


def _inline(paragraph):
    """Replace code, which may go over a line's end, in a paragraph."""
    parts, end = [], 0
    text = "\n".join(paragraph)
    for found in _CODE.finditer(text):
        parts += [
            _escaped(text[end : found.start()]),
            _literal(*found.groups()),
        ]
        end = found.end()
    parts.append(_escaped(text[end:]))
    return "".join(parts).split("\n")


def _literal(before, code, after):
    """Code, as a link where it names something, and what touches it."""
    if _NAME.fullmatch(code):
        target = re.sub(r"^pk\.", "progan_keras.", code)
        literal = f":py:obj:`{code} <{target}>`"
    else:
        literal = f"``{code}``"
    before = before and before + _JOINT
    after = after and _JOINT + after
    return f"{before}{literal}{after}"


def _escaped(text):
    return _SPECIAL.sub(r"\\\g<0>", text)


def _with_lists(paragraph):
    """Put an empty line before each list that follows a sentence."""
    result, list_indent = [], None
    for line in paragraph:
        here = _indent(line)
        if _BULLET.match(line):
            if result and here != list_indent:
                result.append("")
            list_indent = here
        elif list_indent is not None and here <= list_indent:
            list_indent = None
        result.append(line)
    return result


def setup(app):
    """Convert docstrings before napoleon reads them; called by Sphinx."""

    def convert(app, what, name, obj, options, lines):
        lines[:] = to_rest(lines)
        if what in ("attribute", "data", "property"):
            # Napoleon takes what stands before a colon in their first line
            # for a type.
            lines[:0] = ["..", ""]  # a comment without words

    app.connect("autodoc-process-docstring", convert, priority=100)
    return {"parallel_read_safe": True}
