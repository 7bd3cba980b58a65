"""HTML from Python, in which every text is escaped unless it is HTML already.

element("p", "a < b, ", element("b", "always"), id="x")
# <p id="x">a &lt; b, <b>always</b></p>
"""

import html

_VOID = {"img", "meta", "source"}


class Html(str):
    """A text that is HTML."""


def element(name, /, *children, **attributes):
    """Return an element.

    Args:
        name: String, its tag.
        *children: `Html`, strings and numbers, which are escaped, and lists
            of these.
        **attributes: Strings; an underscore at the end, as in `class_`, is
            left out, others become hyphens.

    Returns:
        `Html`.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def join(children):
    """Return one `Html` of HTML, texts, numbers and lists of these."""
    return Html("".join(map(_escaped, children)))


def table(caption, header, rows):
    """Return a table that scrolls by itself where there is no room for it.

    Args:
        caption: String.
        header: List of strings.
        rows: List of lists of texts; the first of each names its row.
    """
    head = element("tr", [element("th", cell, scope="col") for cell in header])
    body = [
        element(
            "tr",
            element("th", first, scope="row"),
            [element("td", cell) for cell in others],
        )
        for first, *others in rows
    ]
    # Whoever has no pointer scrolls by the arrow keys, hence the tabindex.
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", head),
            element("tbody", body),
        ),
        class_="scroller",
        role="region",
        aria_label=caption,
        tabindex="0",
    )


def definitions(pairs):
    """Return a list of names and what they stand for.

    Args:
        pairs: List of tuples (name, text).
    """
    groups = [
        element("div", element("dt", name), element("dd", text))
        for name, text in pairs
    ]
    return element("dl", groups)


def code(text):
    """Return lines of code, as they are."""
    return element("pre", element("code", text), tabindex="0")


def _escaped(child):
    if isinstance(child, Html):
        return child
    if isinstance(child, (list, tuple)):
        return join(child)
    return html.escape(str(child))
