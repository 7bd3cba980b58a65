"""A restricted pickle builds data and runs nothing."""

import collections
import copyreg
import io
import pickle
import struct

import numpy as np
import pytest

from progan_keras.interop.pickled_arrays import ARRAY_NAMES, as_array
from progan_keras.interop.restricted_pickle import (
    UnsafePickleError,
    restricted_load,
)

PROTO = b"\x80\x04"


def load(data, allowed=None, **options):
    return restricted_load(io.BytesIO(data), allowed or {}, **options)


def text(value):
    data = value.encode()
    return b"\x8c" + bytes([len(data)]) + data


def name(module, value):
    return text(module) + text(value) + b"\x93"


def call(module, value, *arguments):
    """The opcodes that call a function with texts."""
    return name(module, value) + b"(" + b"".join(arguments) + b"tR"


class WatchedFile(io.BytesIO):
    """Remembers how much was asked for at once."""

    largest = 0

    def read(self, size=-1):
        self.largest = max(self.largest, size)
        return super().read(size)


class Harmless:
    """A class that may be named."""


def harmless():
    """A function that may be called."""


def test_data_is_read_as_it_was():
    value = {"a": [1, 2.5, None, True], b"b": ("text", {3}, 10**30)}
    for protocol in range(2, 6):
        allowed = {("_codecs", "encode"): lambda x, _: x.encode("latin1")}
        if protocol < 4:
            value.pop("set", None)
            allowed["__builtin__", "set"] = set
            allowed["builtins", "set"] = set
        assert load(pickle.dumps(value, protocol), allowed) == value


@pytest.mark.parametrize(
    "data",
    [
        PROTO + call("posix", "mkdir", text("executed")) + b".",
        PROTO + call("os", "system", text("mkdir executed")) + b".",
        PROTO + call("builtins", "eval", text("__import__('os')")) + b".",
        PROTO + call("builtins", "getattr", text("a"), text("b")) + b".",
        PROTO + name("builtins", "__import__") + b".",
        # By the opcodes of older protocols.
        b"cposix\nmkdir\n(S'executed'\ntR.",
        b"(S'executed'\niposix\nmkdir\n.",
        b"(cposix\nmkdir\nS'executed'\no.",
        # By way of what may be named.
        PROTO + name("home", "Harmless.__init__.__globals__") + b".",
        PROTO + name("home", "__builtins__") + b".",
        # Never reached by what is returned, but run on the way.
        PROTO + call("posix", "mkdir", text("executed")) + b"0N.",
    ],
)
def test_names_that_are_not_allowed_are_not_looked_up(
    data, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnsafePickleError, match="Received: '"):
        load(data, {("home", "Harmless"): Harmless})
    assert list(tmp_path.iterdir()) == []


def test_names_that_python_has_numbered_are_not_looked_up():
    copyreg.add_extension("posix", "mkdir", 240)
    try:
        with pytest.raises(UnsafePickleError, match="240"):
            load(b"\x80\x02\x82\xf0.")
    finally:
        copyreg.remove_extension("posix", "mkdir", 240)


@pytest.mark.parametrize("value", [harmless, Harmless])
def test_what_may_be_named_may_not_be_altered(value):
    state = b"}" + text("changed") + b"K\x01s"
    for data in (state, b"N" + state + b"\x86"):
        with pytest.raises(ValueError, match="damaged"):
            load(
                PROTO + name("home", "it") + data + b"b.",
                {("home", "it"): value},
            )
    assert not hasattr(value, "changed")


def test_a_state_reaches_an_object():
    data = collections.OrderedDict(a=1)
    data.note = "kept"
    allowed = {("collections", "OrderedDict"): collections.OrderedDict}
    read = load(pickle.dumps(data), allowed)
    assert (read, read.note) == (data, "kept")


def test_persistent_ids_are_refused_unless_expected():
    data = PROTO + text("id") + b"Q."
    with pytest.raises(ValueError, match="damaged"):
        load(data)
    assert load(data, persistent_load=lambda pid: pid * 2) == "idid"


@pytest.mark.parametrize(
    "opcode",
    [b"\x8e", b"\x96", b"\x8d", b"\x95"],
    ids=["bytes", "bytearray", "text", "frame"],
)
def test_a_length_beyond_the_file_takes_no_memory(opcode):
    for size in (1 << 20, 1 << 40, 1 << 62, (1 << 64) - 1):
        file = WatchedFile(b"\x80\x05" + opcode + struct.pack("<Q", size))
        with pytest.raises(ValueError, match="damaged"):
            restricted_load(file, {})
        assert file.largest <= 8


def test_a_high_number_of_an_object_takes_no_memory():
    data = b"\x80\x02Nr\xff\xff\xff\x7f."  # LONG_BINPUT 2^31 - 1
    assert load(data) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80", b"abc", b".", b"\x80\x04", b"0.", b"\x80\xff.", b"e."],
)
def test_what_is_no_pickle_is_told_in_one_line(data):
    with pytest.raises(ValueError, match="damaged.*Received: ") as caught:
        load(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "value",
    [
        np.arange(6, dtype="float32").reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(24.0).reshape(2, 3, 4).transpose(1, 2, 0),
        np.arange(3, dtype=">i2"),
        np.array(5, "uint8"),
        np.float16(0.5),
        np.bool_(True),
        np.zeros((0, 3)),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}",
)
def test_arrays_are_read_as_they_were(value, protocol):
    allowed = {**ARRAY_NAMES, ("__builtin__", "bytes"): bytes}
    read = as_array(load(pickle.dumps(value, protocol), allowed))
    np.testing.assert_array_equal(read, value)
    assert read.dtype.kind == value.dtype.kind


@pytest.mark.parametrize(
    "value",
    [
        np.array([print, "text"], object),
        np.array(["text"]),
        np.array([b"text"]),
        np.zeros(2, [("field", "f4")]),
        np.zeros(2, "M8[s]"),
    ],
    ids=lambda value: str(value.dtype),
)
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_arrays_of_anything_but_numbers_are_refused(value, protocol):
    with pytest.raises(ValueError):
        load(pickle.dumps(value, protocol), ARRAY_NAMES)


def array_opcodes(shape, raw=b"\0\0\0\0", state=None):
    """The opcodes of an array with a state of one's own."""
    kind = call("numpy", "dtype", text("f4"))
    state = state or (
        b"(K\x01" + shape + kind + b"\x89C" + bytes([len(raw)]) + raw + b"t"
    )
    made = call("numpy._core.multiarray", "_reconstruct", shape)
    return PROTO + made + state + b"b."


@pytest.mark.parametrize(
    "data",
    [
        array_opcodes(b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86"),
        array_opcodes(b"K\x02\x85"),
        array_opcodes(b"K\x01\x85", raw=b"odd"),
        array_opcodes(b"K\x01\x85", state=b"N"),
        array_opcodes(b"K\x01\x85", state=b"}"),
        array_opcodes(b"K\x01\x85", state=b"(NNNNNt"),
        PROTO + call("_codecs", "encode", text("code"), text("rot13")) + b".",
        PROTO + call("_codecs", "encode", text("code"), text("zip")) + b".",
        PROTO + call("numpy", "ndarray", b"J\xff\xff\xff\x7f\x85") + b".",
    ],
)
def test_arrays_with_an_odd_state_are_refused(data):
    with pytest.raises(ValueError, match="damaged"):
        load(data, ARRAY_NAMES)
