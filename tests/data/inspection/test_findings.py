import copy

import pytest

from progan_keras.data.inspection.findings import find_all

# Nothing to complain of.
FINE = {
    "mirror": False,
    "images": {"found": 40000, "usable": 40000, "broken": []},
    "files": {"grey": 0, "transparent": 0, "several_frames": 0},
    "labels": {
        "default_field": "kind",
        "fields": {"kind": {"cat": 20000, "dog": 20000}},
        "unusable": {},
    },
    "duplicates": {
        "exact": [],
        "near": [],
        "in_several_classes": [],
        "distinct": 40000,
    },
    "resolution": {
        "supported": 64,
        "supported_by_most": 64,
        "chosen": 64,
        "asked": False,
        "enlarged": 0,
    },
    "fit": {
        "shape": "crop",
        "background": "black",
        "channels": 3,
        "over_a_third": 0,
    },
}


def _changed(**changes):
    facts = copy.deepcopy(FINE)
    for key, values in changes.items():
        facts[key].update(values)
    return facts


def test_a_set_as_large_as_the_papers_needs_nothing():
    (finding,) = find_all(FINE)
    assert finding["topic"] == "amount"
    assert "as many as in the paper's" in finding["text"]
    assert finding["advice"] is None


CASES = {
    "broken": (
        {"images": {"broken": [{"name": "a", "reason": "b"}] * 3}},
        ["3 of 40,000 images cannot be used", "`--skip-broken`"],
    ),
    "tiny": (
        {"resolution": {"supported": None, "enlarged": 2}},
        ["less than 4 pixels", "`--resolution 64`"],
    ),
    "enlarged": (
        {"resolution": {"chosen": 128, "asked": True, "enlarged": 2}},
        ["2 images are smaller than 128x128", "`--resolution 64`"],
    ),
    "kept down": (
        {"resolution": {"supported": 32, "chosen": 32}},
        ["95 % of all would do for 64x64", "`--resolution 64`"],
    ),
    "duplicates": (
        {"duplicates": {"exact": [["a", "b", "c"]], "near": [["d", "e"]]}},
        ["2 exact and 1 near copies", "`--json`"],
    ),
    "several classes": (
        {"duplicates": {"in_several_classes": [["a", "b", "c"]]}},
        ["1 time, for instance a and b", "Keep it where it belongs"],
    ),
    "crop": (
        {"fit": {"over_a_third": 1}},
        ["1 image has more than a third cut away", "`--fit pad`"],
    ),
    "pad": (
        {"fit": {"over_a_third": 7, "shape": "pad"}},
        ["7 images are more than a third background", "`--fit crop`"],
    ),
    "stretch": (
        {"fit": {"over_a_third": 7, "shape": "stretch"}},
        ["squeezed by more than a third", "`--fit pad`"],
    ),
    "small class": (
        {"labels": {"fields": {"kind": {"cat": 20000, "dog": 99}}}},
        ["1 of 2 classes are small", "dog (99)", "merge"],
    ),
    "rare classes": (
        {
            "labels": {
                "fields": {
                    "kind": dict(
                        zip("abcde", range(100, 90000, 20000), strict=True)
                    )
                }
            }
        },
        ["1 of 5 classes are small", "a (100)"],
    ),
    "unusable labels": (
        {"labels": {"fields": {}, "unusable": {"kind": "No classes."}}},
        ["'kind' cannot be used. No classes.", "`--conditional`"],
    ),
    "all grey": (
        {"files": {"grey": 40000}},
        ["All images are grey", "`--channels 1`"],
    ),
    "some grey": (
        {"files": {"grey": 5}},
        ["5 images are grey among coloured ones", "`--channels 1`"],
    ),
    "transparent": (
        {"files": {"transparent": 5}},
        ["5 images are transparent in places, which become black", "`--bac"],
    ),
    "frames": (
        {"files": {"several_frames": 1}},
        ["1 image has several frames", "files of their own"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_matters_is_said_with_what_to_do(case):
    changes, expected = CASES[case]
    findings = find_all(_changed(**changes))
    (finding,) = [f for f in findings if f["topic"] != "amount"]
    for words in expected:
        assert words in f"{finding['text']} {finding['advice']}"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 different image: fewer than a batch of 16"),
        (15, "15 different images: fewer than a batch of 16"),
        (16, "16 different images are few"),
        (1999, "1,999 different images are few"),
        (2000, "enough to begin with"),
        (29999, "enough to begin with"),
        (30000, "as many as in the paper's"),
    ],
)
def test_the_amount_is_judged_by_different_images(count, words):
    (finding,) = find_all(_changed(duplicates={"distinct": count}))
    assert words in finding["text"]


def test_mirroring_is_advised_unless_it_is_on_already():
    few = _changed(duplicates={"distinct": 500})
    assert "`--mirror`" in find_all(few)[0]["advice"]
    few["mirror"] = True
    assert "`--mirror`" not in find_all(few)[0]["advice"]


def test_grey_and_transparent_images_are_fine_with_such_channels():
    facts = _changed(files={"grey": 5, "transparent": 5})
    facts["fit"]["channels"] = 1
    topics = [finding["topic"] for finding in find_all(facts)]
    assert "grey" not in topics
    facts["fit"]["channels"] = 4
    topics = [finding["topic"] for finding in find_all(facts)]
    assert "transparent" not in topics


def test_what_the_papers_crop_of_celeba_cuts_is_wanted():
    facts = _changed(fit={"over_a_third": 7, "shape": "celeba_128"})
    assert [finding["topic"] for finding in find_all(facts)] == ["amount"]


def test_without_usable_images_nothing_else_is_said():
    facts = _changed(images={"usable": 0}, files={"grey": 0})
    (finding,) = find_all(facts)
    assert "nothing can be trained" in finding["text"]


def test_broken_images_come_first():
    facts = _changed(
        images={"broken": [{"name": "a", "reason": "b"}]},
        files={"several_frames": 1},
    )
    topics = [finding["topic"] for finding in find_all(facts)]
    assert topics == ["broken", "amount", "several_frames"]
