"""How the documentation site is built.

`make docs` does it, or

    python -m sphinx --fail-on-warning --conf-dir docs . site/html

Sources are Markdown files and notebooks all over the project, where their
links also work on a code-hosting site, and the docstrings of public names.
Lessons and guides are found by their places; a new one needs no entry here.
Notebooks are shown with the outputs they have, nothing is executed.
"""

import inspect
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The package of this checkout, whatever is installed, and the extensions.
sys.path[:0] = [str(HERE.parent), str(HERE / "extensions")]

from sphinx import addnodes  # noqa: E402
from sphinx.util.inspect import stringify_signature  # noqa: E402

from progan_keras.version import __version__  # noqa: E402

project = "progan_keras"
author = "the progan_keras authors"
copyright = author  # noqa: A001 - Sphinx's name
release = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "markdown_docstrings",
    "mathml",
    "own_host",
]

# What becomes a page.
root_doc = "README"
include_patterns = [
    "*.md",
    "benchmarks/README.md",
    "docs/**.md",
    "progan_keras/**README.md",
    "saved_models/**README.md",
    "tutorials/*.md",
    "tutorials/*.ipynb",
    "tutorials/solutions/*.ipynb",
    "tutorials/solutions/*.md",
]
exclude_patterns = [".*", "build", "demo", "runs", "site"]

NAVIGATION = """

```{toctree}
:hidden:
:glob:
:caption: Lessons

tutorials/README
tutorials/*
```

```{toctree}
:hidden:
:glob:
:caption: Guides

docs/training
docs/images
docs/latents_and_classes
docs/measuring
docs/by_hand
docs/serving
docs/several_machines
docs/*
```

```{toctree}
:hidden:
:glob:
:caption: Reference

docs/api/progan_keras
docs/api/*
```

```{toctree}
:hidden:
:glob:
:caption: Models and data

saved_models/README
saved_models/*/README
progan_keras/**/README
```

```{toctree}
:hidden:
:glob:
:caption: Project

benchmarks/README
[A-Z]*
```
"""

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False
nb_execution_mode = "off"
# Solutions have exercises, headings of the third rank, below their title.
# Replies that are shortened by dots are shown as the JSON that they are not.
suppress_warnings = ["misc.highlighting_failure", "myst.header"]
# Figures of the lessons are pictures: nothing to fetch to show widgets.
nb_ipywidgets_js = {}

autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_custom_sections = ["Input shape", "Output shape", "Reference"]
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
# Furo's own for dark pages underlines imported names, as if they were links.
pygments_dark_style = "github-dark"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_math_renderer = "mathml"


def add_navigation(app, docname, source):
    """Append the navigation to the README, which code hosts show without."""
    if docname == root_doc:
        source[0] += NAVIGATION


def leave_out_of_navigation(app, doctree):
    """Let solutions be found from their lessons only."""
    docname = app.env.docname
    if docname.startswith("tutorials/solutions/"):
        app.env.metadata[docname]["orphan"] = True


def show_folders_as_text(app, doctree):
    """Keep the words of links to folders, for which there are no pages."""
    for link in list(doctree.findall(addnodes.pending_xref)):
        if link["reftype"] == "myst" and not link["refdomain"]:
            target = app.env.relfn2path(link["reftarget"], app.env.docname)[1]
            if Path(target).is_dir():
                link.replace_self(link.children)


def skip_members(app, what, name, obj, skip, options):
    """Leave out what classes inherit from Keras, and fields of named tuples.

    Those fields are among the "Attributes" of their class.
    """
    module = getattr(getattr(obj, "fget", obj), "__module__", None) or project
    text = getattr(obj, "__doc__", None) or ""
    is_field = text.startswith("Alias for field number")
    return True if is_field or not module.startswith(project) else None


def show_own_arguments(app, what, name, obj, options, signature, returns):
    """Say what a class takes, where Keras' `__new__` takes anything."""
    if what != "class" or signature != "(*args, **kwargs)":
        return None
    if not getattr(obj.__init__, "__module__", "").startswith(project):
        return "(**kwargs)", returns
    parameters = list(inspect.signature(obj.__init__).parameters.values())
    own = inspect.Signature(parameters[1:])  # without self
    return stringify_signature(own), returns


def write_index(app, exception):
    """Open the site with the README."""
    if exception is None and app.builder.format == "html":
        pages = Path(app.outdir)
        shutil.copyfile(pages / f"{root_doc}.html", pages / "index.html")


def setup(app):
    """Connect the functions above; called by Sphinx."""
    app.connect("source-read", add_navigation)
    app.connect("doctree-read", leave_out_of_navigation)
    app.connect("doctree-read", show_folders_as_text)
    app.connect("autodoc-skip-member", skip_members)
    app.connect("autodoc-process-signature", show_own_arguments)
    app.connect("build-finished", write_index)
