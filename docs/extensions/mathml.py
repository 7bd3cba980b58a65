"""Sphinx extension: formulas as MathML, which browsers show by themselves.

No script and no font has to be loaded, and screen readers can read them. The
conversion is that of docutils.
"""

import re

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.util import logging

_logger = logging.getLogger(__name__)

# Docutils knows sizes of delimiters by the names for left ones only, and how
# large signs are drawn from the place where a formula stands.
_SIZE = re.compile(r"\\([Bb]igg?)(?![A-Za-z])")
_STYLE = re.compile(r"\\(?:display|text)style(?![A-Za-z])")


def visit_inline(translator, node):
    """Write a formula within a line."""
    _write(translator, node, as_block=False)


def visit_block(translator, node):
    """Write a formula that stands by itself."""
    _write(translator, node, as_block=True)


def _write(translator, node, as_block):
    text = node.astext()
    try:
        known = _STYLE.sub("", _SIZE.sub(r"\\\1l", text))
        formula = latex2mathml.tex2mathml(known, as_block=as_block)
    except (ValueError, SyntaxError) as error:
        _logger.warning(
            "This formula cannot be shown (%s): %s", error, text, location=node
        )
        formula = ""
    translator.body.append(formula)
    raise nodes.SkipNode


def setup(app):
    """Make it a way to show formulas; called by Sphinx."""
    app.add_html_math_renderer(
        "mathml", (visit_inline, None), (visit_block, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
