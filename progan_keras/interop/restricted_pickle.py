"""Unpickling that can build data but cannot run code.

A pickle is a small program: it may name any function of any module and call
it. Here it may name what is on a list, and nothing else is ever imported.
"""

import os
import pickle
import struct


class UnsafePickleError(ValueError):
    """A pickle asks for something that is not on the list.

    Attributes:
        module: String, where the pickle looks for it.
        name: String, what it asks for.
    """

    def __init__(self, module, name):
        super().__init__(
            "A pickle of weights names nothing but arrays and what holds "
            "them; this one asks for something else, and was not run. "
            f"Received: {f'{module}.{name}'[:200]!r}"
        )
        self.module = module
        self.name = name


def restricted_load(file, allowed, persistent_load=None, encoding="ASCII"):
    """Read one pickle, calling only what is allowed.

    Args:
        file: Seekable binary file, at the start of the pickle.
        allowed: Dict from (module, name), as the pickle spells them, to what
            stands for them: a class or a function that is harmless whatever
            its arguments are. Nothing is looked up in any module.
        persistent_load: Function of a pickle's persistent id, or None to
            refuse such ids.
        encoding: String, of text that Python 2 wrote; "latin1" where that
            may be the bytes of an array.

    Returns:
        What the pickle builds.

    Raises:
        UnsafePickleError: where the pickle names something else.
        ValueError: where it is damaged, or no pickle at all.
        OSError: where the file cannot be read.
    """
    unpickler = _Unpickler(_BoundedFile(file), encoding=encoding)
    unpickler.allowed = allowed
    if persistent_load is not None:
        unpickler.persistent_load = persistent_load
    try:
        return unpickler.load()
    except (UnsafePickleError, OSError):
        raise
    # Random bytes are a program with random mistakes: wrong types, missing
    # keys, an empty stack, numbers too large. All of them mean the same.
    except Exception as error:
        raise ValueError(
            "This is not a pickle, or a damaged one; fetch the file again. "
            f"Received: {type(error).__name__}: {_first_line(error)}"
        ) from error


def _first_line(error):
    lines = str(error).splitlines()
    return lines[0][:200] if lines else ""


class _BoundedFile:
    """A file that knows its end, and is never asked for more.

    Otherwise a few bytes that announce a terabyte would get the memory.
    """

    def __init__(self, file):
        self._file = file
        start = file.tell()
        self._left = file.seek(0, os.SEEK_END) - start
        file.seek(start)

    def read(self, size):
        if size > self._left:
            raise EOFError(f"the file ends {size - self._left:,} bytes early")
        data = self._file.read(size)
        self._left -= len(data)
        return data

    def readline(self):
        line = self._file.readline()
        self._left -= len(line)
        return line


# The one that is written in Python: its opcodes can be overridden, and its
# memory follows the file's size. The one in C sets aside room for as many
# objects as the highest number that a file mentions.
class _Unpickler(pickle._Unpickler):
    """Looks names up in `allowed` and nowhere else."""

    allowed = {}
    dispatch = dict(pickle._Unpickler.dispatch)

    def find_class(self, module, name):
        try:
            return self.allowed[module, name]
        except KeyError:
            raise UnsafePickleError(module, name) from None

    def get_extension(self, code):
        """Refuse Python's registry of numbered names: it has its own cache."""
        raise UnsafePickleError("copyreg", f"extension {code}")

    def load_build(self):
        """Set an object's state, unless that is an allowed name itself.

        Functions and classes outlive the file; none of them may be altered.
        """
        if callable(self.stack[-2]):
            raise TypeError("a state is given to a function or a class")
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build

    def load_bytearray8(self):
        """Read the bytes of an array, as what they are: bytes.

        The original sets the announced length aside before it reads.
        """
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(self.read(size))

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8
