"""What schemas are made of.

Every "description" ends the sentence "it is not ...".
"""

from progan_keras.checks import RESOLUTIONS


def value_of(description, kind, **limits):
    """A value of one of JSON's types, within limits."""
    return {"type": kind, "description": description, **limits}


def or_null(schema):
    """The same, or null."""
    both = {**schema, "type": [schema["type"], "null"]}
    both["description"] += ", or null"
    if "enum" in both:
        both["enum"] = [*both["enum"], None]
    return both


def list_of(description, items):
    """A list whose items all fit one schema."""
    return value_of(description, "array", items=items)


def an_object(description, required=(), closed=False, **properties):
    """An object of known keys; `closed` if it may have no others."""
    schema = value_of(description, "object", required=list(required))
    schema["properties"] = properties
    if closed:
        schema["additionalProperties"] = False
    return schema


def by_name(description, values):
    """An object of any keys whose values all fit one schema."""
    return value_of(description, "object", additionalProperties=values)


TEXT = value_of("a text", "string")
SWITCH = value_of("true or false", "boolean")
NUMBER = value_of("a finite number", "number")
SHARE = value_of("a number from 0 to 1", "number", minimum=0, maximum=1)
COUNT = value_of(
    "a whole number, at least 0", "integer", minimum=0, maximum=1e18
)
SIZE = value_of(
    "a whole number, at least 1", "integer", minimum=1, maximum=1e18
)
POSITIVE = value_of("a number above 0", "number", exclusiveMinimum=0)
RESOLUTION = value_of(
    "a power of two from 4 to 1024", "integer", enum=list(RESOLUTIONS)
)
NAMES = list_of("a list of texts", TEXT)


def one_of(*names):
    """One of some texts."""
    return value_of(f"one of {', '.join(names)}", "string", enum=list(names))
