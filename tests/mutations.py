"""Documents that are nearly what was written, for property-based tests."""

import copy

from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from([4, 8, "rest", "4", "hinge", 10**20]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(document, path=()):
    """All places in a document, the whole of it first."""
    yield path
    parts = ()
    if isinstance(document, dict):
        parts = document.items()
    elif isinstance(document, list):
        parts = enumerate(document)
    for key, value in parts:
        yield from places(value, (*path, key))


def replaced(document, path, value):
    """A document with another value, or without it, at a place."""
    if not path:
        return value
    document = copy.copy(document)
    if len(path) == 1 and value is places:
        del document[path[0]]
    else:
        document[path[0]] = replaced(document[path[0]], path[1:], value)
    return document


@st.composite
def mutated(draw, document):
    """A document with one to three of its places changed or missing."""
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(document))))
        value = draw(JSON | st.just(places) if path else JSON)
        document = replaced(document, path, value)
    return document
