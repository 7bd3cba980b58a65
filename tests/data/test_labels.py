"""What users call labels becomes class indices, or one clear sentence."""

import numpy as np
import pytest

from progan_keras.data.labels import encode_labels

# Description: (labels, class names, expected indices, expected names).
GOOD = {
    "0 to K - 1": ([2, 0, 1, 0], None, [2, 0, 1, 0], "0 1 2"),
    "other numbers": ([7, 10, 7, 9], None, [0, 2, 0, 1], "7 9 10"),
    "strings": (["b", "a", "c", "a"], None, [1, 0, 2, 0], "a b c"),
    "a column": ([[1], [0], [1], [1]], None, [1, 0, 1, 1], "0 1"),
    "uint8": (np.array([1, 0, 1, 1], "u1"), None, [1, 0, 1, 1], "0 1"),
    "bool": (np.array([True, False] * 2), None, [1, 0] * 2, "False True"),
    "bytes": (np.array([b"b", b"\xc3\xa9"] * 2), None, [0, 1] * 2, "b é"),
    "objects": (np.array(["b", "a"] * 2, object), None, [1, 0] * 2, "a b"),
    "one-hot": (np.eye(3)[[2, 0, 1, 0]], None, [2, 0, 1, 0], "0 1 2"),
    "named one-hot": (np.eye(2)[[1, 0, 1, 0]], ["y", "x"], [1, 0] * 2, "y x"),
    "named numbers": ([1, 0, 1, 0], np.array(["y", "x"]), [1, 0] * 2, "y x"),
    "named strings": (["x", "y"] * 2, ["y", "x"], [1, 0] * 2, "y x"),
}


@pytest.mark.parametrize("case", GOOD)
def test_labels_of_all_kinds_become_indices_and_names(case):
    labels, class_names, indices, names = GOOD[case]
    encoded = encode_labels(labels, 4, class_names)
    assert encoded.indices.dtype == np.int64
    assert encoded.indices.tolist() == indices
    assert encoded.class_names == tuple(names.split())
    assert all(type(name) is str for name in encoded.class_names)


NAN = float("nan")

# Description: (labels of 4 images, class names, words of the message).
BAD = {
    "too few": ([0, 1, 1], None, "one label for each.*3 labels for 4 images"),
    "none": ([], None, "0 labels for 4 images"),
    "a number": (3, None, r"of shape \[\]"),
    "3 axes": (np.zeros((4, 2, 2)), None, r"of shape \[4, 2, 2\]"),
    "NaN": ([0, 1, NAN, NAN], None, "Every image needs.*NaN as 2 of 4"),
    "fractions": ([0, 0.5, 1, 1], None, r"astype\(int\).*float64"),
    "dates": (np.zeros(4, "M8[D]"), None, "whole numbers or str.*datetime64"),
    "negative": ([0, -1, 1, 1], None, "0 or more.*label of -1"),
    "None": ([0, None, 1, 1], None, "all whole numbers or.*NoneType, int"),
    "mixed": (["a", 1, "b", "b"], None, "all whole numbers or all.*int, str"),
    "ragged": ([[0, 1], [1], [0], [1]], None, "all whole numbers.*type list"),
    "dict": ({0: 1}, None, "type dict"),
    "empty name": (["a", "", "b", "b"], None, "that can be seen.*'', 'a'"),
    "two ones": (
        [[0, 1], [1, 1], [1, 0], [1, 0]],
        None,
        "single 1.*first at 1",
    ),
    "no one": ([[0, 1], [1, 0], [0, 0], [1, 0]], None, "single 1.*first at 2"),
    "soft": ([[0, 1], [1, 0], [0, 1], [1, 0.5]], None, "single 1.*first at 3"),
    "NaN rows": ([[NAN, 1], [1, 0]] * 2, None, "single 1.*: 2 other.*at 0"),
    "words in rows": ([["a", "b"]] * 4, None, "single 1.*: 4 other"),
    "empty column": ([[0, 1]] * 4, None, "at least one image.*1 of 2.*'0'"),
    "beyond names": ([0, 1, 2, 1], ["a", "b"], "from 0. Rec.*of 2, 2 class"),
    "unused names": (
        [0, 1, 2, 1],
        list("abcdefghij"),
        r"names\[labels\].*7 of 10 classes.*: 'd', 'e', 'f', 'g', 'h', \.\.\.",
    ),
    "unknown name": (["a", "b", "x", "a"], ["a", "b"], "among the.*: 'x'"),
    "more columns": (np.eye(4), ["a", "b"], "4 columns and 2 class names"),
    "names twice": ([0, 1, 0, 1], ["a", "a"], "name of its own.*'a'"),
    "numbers as names": ([0, 1, 0, 1], [5, 6], "list of strings.*int64"),
    "one string": ([0, 1, 0, 1], "ab", "list of strings"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_labels_are_refused_in_one_clear_sentence(case):
    labels, class_names, words = BAD[case]
    with pytest.raises(ValueError, match=words) as error:
        encode_labels(labels, 4, class_names)
    assert "Received: " in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_what_was_passed_is_not_changed_or_locked():
    labels = np.array([1, 0, 1])
    encoded = encode_labels(labels, 3, ["a", "b"])
    labels[0] = 0
    assert encoded.indices.tolist() == [1, 0, 1]


def test_frequencies_are_shares_of_the_images():
    encoded = encode_labels([2, 1, 2, 0, 2, 2, 1, 2], 8)
    assert encoded.frequencies.dtype == np.float64
    assert encoded.frequencies.tolist() == [0.125, 0.25, 0.625]


def test_the_fingerprint_depends_on_indices_and_names_only():
    def fingerprint(*arguments):
        return encode_labels(arguments[0], 3, *arguments[1:]).fingerprint

    first = fingerprint([0, 1, 0])
    assert len(first) == 16 and int(first, 16) >= 0
    assert fingerprint(np.array([0, 1, 0], np.uint8)) == first
    assert fingerprint([[1, 0], [0, 1], [1, 0]]) == first
    assert fingerprint([0, 1, 0], ["0", "1"]) == first
    others = {
        first,
        fingerprint([1, 0, 1]),
        fingerprint([0, 1, 1]),
        fingerprint(["a", "b", "a"]),
        fingerprint(["a,", "b", "a,"]),
    }
    assert len(others) == 5


def test_the_fingerprint_is_the_same_on_every_machine():
    encoded = encode_labels(["é", "a", "é"], 3)
    assert encoded.fingerprint == "39ef7ec09ec0e31a"
