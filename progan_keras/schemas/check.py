"""Reading JSON that may come from anybody.

A file is read up to a size, as JSON in the strict sense, and then checked
against a schema. Whatever is wrong is told in a sentence with the name of the
field.
"""

import functools
import json
import math
import os
import reprlib
from typing import NamedTuple

LARGEST_FILE = 2**26  # bytes; ours take some thousands
LONGEST_NAME = 100


class Problem(NamedTuple):
    """What is wrong with a document.

    Attributes:
        what: String such as "network.seed is not a whole number".
        received: String such as "network.seed='x'".
    """

    what: str
    received: str


def read(path, schema):
    """Read a JSON file and check what it holds.

    Args:
        path: Path of the file.
        schema: One of this package's.

    Returns:
        What it holds: dicts, lists, texts, numbers, booleans and None.

    Raises:
        ValueError: if it holds anything else; a sentence that names the file,
            the field, what was expected and what was found.
        OSError: if it cannot be read.
    """
    try:
        document = parse(path)
    except ValueError as error:
        raise ValueError(
            f"{path} cannot be read: {error}. Write or copy it again."
        ) from error
    return check(document, schema, path)


def parse(path):
    """Read a JSON file of a bounded size, without checking what it holds.

    Infinite numbers, NaN and keys that are there twice are refused: they
    are not JSON, or mean different things to different readers.

    Raises:
        ValueError: with the reason, if it is not JSON, or too large.
        OSError: if it cannot be read.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE >> 20} MiB")
        data = file.read(size)
    try:
        # Names of files that are no UTF-8 are written so, too.
        text = data.decode("utf-8", "surrogateescape")
        return json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_refuse_constant
        )
    except RecursionError:
        reason = "it nests too many lists and objects"
    except ValueError as error:
        reason = str(error).splitlines()[0]
    raise ValueError(f"it is not JSON as this package writes it ({reason})")


def _pairs(pairs):
    found = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {reprlib.repr(name)} is there twice")
        found[name] = value
    return found


def _refuse_constant(name):
    raise ValueError(f"{name} is no number")


def check(document, schema, where):
    """Return a document that fits a schema, or raise.

    Args:
        document: What JSON can hold.
        schema: One of this package's.
        where: Path or words, where it was found.

    Raises:
        ValueError: with one sentence as in `read`.
    """
    found = problem(document, schema)
    if found is not None:
        raise ValueError(
            f"{where} cannot be read: it does not describe "
            f"{schema['description']}, since {found.what}. "
            f"Received: {found.received}"
        )
    return document


def problem(document, schema):
    """Return the `Problem` of a document that does not fit a schema.

    Returns:
        None where it fits.
    """
    from jsonschema.exceptions import best_match

    key, version = schema.get("version", (None, None))
    if isinstance(document, dict) and document.get(key) != version:
        # All else may be otherwise there.
        found = _short(document.get(key))
        what = f"its format is {found}, not {version}"
        if type(document.get(key)) is int and document[key] > version:
            what += ", as newer versions of progan_keras write it: upgrade"
        return Problem(what, f"{key}={found}")
    error = best_match(_validator_class()(schema).iter_errors(document))
    return None if error is None else _explain(error)


def _explain(error):
    """A `Problem` from what jsonschema found."""
    field, schema = _spelled(error.absolute_path), error.schema
    inside = f"{field}." if field else ""
    received = f"{field or 'it'}={_short(error.instance)}"
    if error.validator == "required":
        missing = [n for n in error.validator_value if n not in error.instance]
        expected = schema["properties"][missing[0]]["description"]
        what = f"it lacks {inside}{missing[0]}, which is {expected}"
        return Problem(what, received)
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(schema["properties"]))
        name = _cut(inside + unknown[0])
        value = _short(error.instance[unknown[0]])
        return Problem(
            f"{name} is not known to this version", f"{name}={value}"
        )
    return Problem(f"{field or 'it'} is not {schema['description']}", received)


def _spelled(path):
    """A path in a document: `training.stages[3].images`."""
    parts = (f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return _cut("".join(parts).removeprefix("."))


def _cut(text):
    """A name in one short line, whatever it is made of."""
    line = "".join(c if c.isprintable() else "?" for c in text)
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}..."


def _short(value):
    """A value in one short line, however large or deep it is."""
    short = reprlib.Repr()
    short.maxdict, short.maxlist, short.maxstring = 2, 3, 60
    short.maxlevel = 2
    return " ".join(short.repr(value).split())


@functools.cache
def _validator_class():
    # Imported here: most commands read no file.
    from jsonschema import Draft202012Validator, validators

    # JSON has no infinity, but 1e999 becomes one; 32.0 is no size.
    types = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: type(value) is int,
            "number": lambda _, value: (
                type(value) is int
                or (isinstance(value, float) and math.isfinite(value))
            ),
        }
    )
    return validators.extend(Draft202012Validator, type_checker=types)
