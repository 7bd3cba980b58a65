from collections import Counter

import numpy as np

from progan_keras.data import load
from progan_keras.data.emoji_portraits import (
    EMBEDDED_FOLDER,
    load_labels,
    load_tiles,
)


def test_the_embedded_set_is_the_default():
    pyramid = load()
    assert len(pyramid) == 2251
    assert pyramid.resolutions == (4, 8, 16, 32, 64)
    assert pyramid.num_channels == 3
    assert pyramid.mirror
    assert pyramid.at(64).dtype == np.uint8
    assert pyramid.fingerprint == "540b1931f242a37a"


def test_smaller_resolutions_are_levels_of_the_large_one():
    small, large = load(resolution=16), load()
    difference = small.at(16).astype(int) - large.at(16)
    assert np.abs(difference).max() <= 1  # ties: Pillow up, NumPy to even


def test_labels_count_people_and_faces_in_both_styles():
    labels = load_labels()
    counts = Counter((label["style"], label["category"]) for label in labels)
    assert counts == {
        ("noto", "person"): 997,
        ("noto", "face"): 130,
        ("fluent", "person"): 997,
        ("fluent", "face"): 127,
    }
    names = {(label["style"], label["code_points"]) for label in labels}
    assert len(names) == len(labels)


def test_labels_belong_to_the_tiles():
    labels, tiles = load_labels(), load_tiles()
    assert labels[0]["short_name"] == "santa"
    assert labels[-1]["short_name"] == "relaxed"
    # Santa's hat is red, and smiling faces are yellow.
    red, green, _ = tiles[0][8, 28].astype(int)
    assert red > green + 80
    smileys = [
        tile
        for label, tile in zip(labels, tiles, strict=True)
        if label["subcategory"] == "face-smiling"
    ]
    red, green, blue = np.mean(smileys, 0)[20, 20]
    assert red > 180 and green > 140 and blue < 80


def test_pictures_stand_on_white():
    tiles = load_tiles()
    corners = tiles[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == 255).all(-1).mean() > 0.8
    assert tiles.std((1, 2, 3)).min() > 10  # and none is blank


def test_all_notices_are_there():
    for name, holder in {
        "LICENSE-noto-emoji.txt": "Google Inc.",
        "LICENSE-fluent-emoji.txt": "Microsoft Corporation",
        "LICENSE-emoji-data.txt": "Cal Henderson",
    }.items():
        assert holder in (EMBEDDED_FOLDER / name).read_text()
