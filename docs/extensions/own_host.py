"""Sphinx extension: the site must work without a network.

A page that loads a script, a style, a font or a picture from another host
would not, and would tell that host who reads it. Such a page stops the build.
Links to other hosts are welcome.
"""

import re
from pathlib import Path

_ELSEWHERE = r"[\"']?\s*((?:https?:)?//[^\"'\s)>]+)"
_LOADED = {
    ".html": re.compile(
        r"<(?!a\b)[a-z]+\b[^>]*?\s(?:src|srcset|href|data|poster)\s*=\s*"
        + _ELSEWHERE,
        re.IGNORECASE,
    ),
    ".css": re.compile(
        r"(?:@import|url\()\s*" + _ELSEWHERE,
        re.IGNORECASE,
    ),
}


def loaded_from_elsewhere(path):
    """Return what a page or style sheet loads from other hosts.

    Args:
        path: `pathlib.Path` of a file; kinds but .html and .css load nothing.

    Returns:
        List of addresses.
    """
    pattern = _LOADED.get(path.suffix)
    return pattern.findall(path.read_text("utf-8")) if pattern else []


def check(app, exception):
    """Refuse a site with such pages, by a ValueError."""
    if exception is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*")):
        addresses = loaded_from_elsewhere(path)
        if addresses:
            raise ValueError(
                "Pages load nothing from other hosts. Received: "
                f"{path.relative_to(app.outdir)} loads {addresses[0]}"
            )


def setup(app):
    """Look at what was written at the end of a build; called by Sphinx."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
