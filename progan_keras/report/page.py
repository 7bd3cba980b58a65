"""The page around the sections: head, styles, contents."""

from progan_keras.report.html import Html, element, join
from progan_keras.version import __version__

# Light and dark by the reader's settings; figures are drawn for paper and
# stay on white. Nothing is wider than the screen but tables and code, which
# scroll by themselves.
_STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2127; --soft: #555e68; --line: #d3d9e0;
  --panel: #f4f6f8; --link: #0b57a4; --alarm: #a33b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e7eaee; --soft: #a9b2bd; --line: #39414b;
    --panel: #1e2329; --link: #86bdff; --alarm: #ffab70;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 52rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 {
  font-size: 1.3rem; margin: 2.8rem 0 .6rem; padding-top: .8rem;
  border-top: 1px solid var(--line);
}
h3 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
a { color: var(--link); }
nav ul {
  display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none;
  padding: 0; margin: 1rem 0 0;
}
.lead { font-size: 1.1rem; color: var(--soft); margin: 0; }
dl { margin: 1rem 0; }
dl div {
  display: grid; grid-template-columns: minmax(7rem, 13rem) 1fr; gap: 1rem;
  padding: .3rem 0; border-bottom: 1px solid var(--line);
}
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
figure { margin: 1.2rem 0; }
figure picture {
  display: block; background: #ffffff; border: 1px solid var(--line);
  border-radius: .5rem; padding: .6rem;
}
img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
figcaption, caption { color: var(--soft); font-size: .92rem; }
figcaption { margin-top: .4rem; }
caption { text-align: left; padding-bottom: .4rem; }
.scroller { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td {
  text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0;
  border-bottom: 1px solid var(--line);
}
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 14rem; }
td { white-space: nowrap; }
pre {
  background: var(--panel); padding: .8rem 1rem; overflow-x: auto;
  border-radius: .5rem; font-size: .88rem; line-height: 1.45;
}
.warning { border-left: .3rem solid var(--alarm); padding: .1rem .8rem; }
.warning strong { color: var(--alarm); }
footer { margin-top: 3rem; color: var(--soft); font-size: .92rem; }
@media (max-width: 30rem) {
  dl div { grid-template-columns: 1fr; gap: 0; }
  figure picture { padding: .2rem; }
  tbody th { min-width: 8rem; }
}
@media print {
  :root {
    --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb;
    --panel: #f4f6f8; --link: #000000; --alarm: #000000;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2, h3 { break-after: avoid; }
  figure, tr, dl div, .warning { break-inside: avoid; }
  figure picture { border: 0; padding: 0; }
  img { max-height: 23cm; width: auto; }
  pre, .scroller { overflow: visible; white-space: pre-wrap; }
  td { white-space: normal; }
}
"""

# Whatever a name in it may say, the page asks for nothing and runs nothing.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(title, lead, sections):
    """Return a whole page.

    Args:
        title: String.
        lead: String, a sentence below it.
        sections: List of tuples (title, `Html`).

    Returns:
        String.
    """
    names = {name: name.lower().replace(" ", "-") for name, _ in sections}
    links = [
        element("li", element("a", name, href=f"#{key}"))
        for name, key in names.items()
    ]
    bodies = [
        element(
            "section",
            element("h2", name, id=names[name]),
            content,
            aria_labelledby=names[name],
        )
        for name, content in sections
    ]
    body = element(
        "body",
        element(
            "header",
            element("h1", title),
            element("p", lead, class_="lead"),
            element("nav", element("ul", links), aria_label="Contents"),
        ),
        element("main", bodies),
        element("footer", f"Written by progan_keras {__version__}."),
    )
    return join(
        [
            Html("<!DOCTYPE html>\n"),
            element("html", _head(title), "\n", body, lang="en"),
            "\n",
        ]
    )


def _head(title):
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element(
            "meta",
            name="viewport",
            content="width=device-width, initial-scale=1",
        ),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(_STYLE)),
    )
