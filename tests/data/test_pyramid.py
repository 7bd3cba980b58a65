import json
import shutil

import numpy as np
import pytest

from progan_keras.data import ImagePyramid
from progan_keras.data.atomic_folder import new_folder
from progan_keras.data.labels import encode_labels
from progan_keras.data.pyramid_writer import PyramidWriter

DESCRIPTION = {
    "name": "noise",
    "source": "made up",
    "licence": None,
    "mirror": False,
    "fit": "crop",
    "background": "white",
    "skipped": [],
    "default_field": None,
    "unusable_labels": {"id": "Every image has another value."},
}


@pytest.fixture
def build(tmp_path):
    """Builds a pyramid of given images, in chunks of 3."""

    def run(images, chunks=None, labels=None):
        if chunks is None:
            chunks = (images[i : i + 3] for i in range(0, len(images), 3))
        folder = tmp_path / "pyramid"
        with new_folder(folder) as hidden:
            with PyramidWriter(hidden, *images.shape[2:]) as writer:
                for chunk in chunks:
                    writer.append(chunk)
            writer.describe(labels, **DESCRIPTION)
        return ImagePyramid(folder)

    return run


def test_levels_are_rounded_box_means_of_the_top_level(build, noise):
    images = noise(7, 32, 32, 3)
    pyramid = build(images)
    for r in (4, 8, 16, 32):
        blocks = images.reshape(7, r, 32 // r, r, 32 // r, 3)
        means = np.rint(blocks.mean((2, 4), dtype=np.float64))
        np.testing.assert_array_equal(pyramid.at(r), means)


def test_averages_are_exact_at_the_largest_resolution(build, noise):
    images = noise(1, 1024, 1024, 1)
    blocks = images.reshape(1, 4, 256, 4, 256, 1)
    means = np.rint(blocks.mean((2, 4), dtype=np.float64))
    np.testing.assert_array_equal(build(images).at(4), means)


def test_levels_are_read_only_memory_maps(build, noise):
    level = build(noise(2, 8, 8, 3)).at(8)
    assert isinstance(level, np.memmap)
    assert level.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        level[0] = 0


def test_a_pyramid_describes_itself(build, noise):
    pyramid = build(noise(5, 16, 16, 4))
    assert len(pyramid) == 5
    assert pyramid.resolutions == (4, 8, 16)
    assert (pyramid.resolution, pyramid.num_channels) == (16, 4)
    for part in ("noise", "5 images", "16x16", pyramid.fingerprint):
        assert part in repr(pyramid)


def test_the_fingerprint_depends_on_pixels_and_shape_only(
    build, noise, tmp_path
):
    def fingerprint(images, step):
        shutil.rmtree(tmp_path / "pyramid", ignore_errors=True)
        chunks = [images[i : i + step] for i in range(0, len(images), step)]
        return build(images, chunks).fingerprint

    images = noise(4, 8, 8, 1)
    changed = images.copy()
    changed[3, 7, 7] ^= 1
    first = fingerprint(images, 4)
    assert fingerprint(images, 1) == first
    assert fingerprint(changed, 4) != first
    assert fingerprint(images.reshape(1, 16, 16, 1), 1) != first


def test_an_error_while_building_leaves_nothing(build, noise, tmp_path):
    images = noise(6, 8, 8, 3)

    def interrupted():
        yield images[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(images, interrupted())
    assert not list(tmp_path.iterdir())
    np.testing.assert_array_equal(build(images).at(8), images)


def test_leftovers_of_a_killed_process_are_cleaned(build, noise, tmp_path):
    leftover = tmp_path / ".0123456789abcdef.partial"
    leftover.mkdir()
    (leftover / "4.npy").write_bytes(b"half")
    build(noise(2, 8, 8, 3))
    assert [path.name for path in tmp_path.iterdir()] == ["pyramid"]


def test_the_slower_of_two_builders_uses_the_faster_ones_work(
    build, noise, tmp_path
):
    images = noise(6, 8, 8, 3)

    def slow():
        yield images[:3]
        build(images)  # "another process" begins and ends meanwhile
        (tmp_path / "pyramid" / "winner").touch()
        yield images[3:]

    pyramid = build(images, slow())
    np.testing.assert_array_equal(pyramid.at(8), images)
    assert (pyramid.folder / "winner").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["pyramid"]


def test_images_of_another_kind_are_refused(build, noise):
    images = noise(6, 8, 8, 3)
    with pytest.raises(ValueError, match=r"uint8 \[n, 8, 8, 3\]"):
        build(images, [images[..., :1]])


def test_the_number_of_images_need_not_be_known_before(tmp_path, noise):
    images = noise(123, 8, 8, 1)
    with PyramidWriter(tmp_path, 8, 1) as writer:
        for image in images:
            writer.append(image[None])
    # An ordinary `.npy` file, as if it had been saved at once.
    np.testing.assert_array_equal(np.load(tmp_path / "8.npy"), images)
    np.save(tmp_path / "at_once.npy", images)
    at_once = (tmp_path / "at_once.npy").read_bytes()
    assert (tmp_path / "8.npy").read_bytes() == at_once


def test_a_folder_holds_all_labels_and_travels(build, noise, tmp_path):
    images = noise(4, 8, 8, 3)
    labels = {
        "kind": encode_labels(["b", "a", "b", "b"], 4),
        "face/smiling": encode_labels([0, 1, 1, 0], 4, ["no", "yes"]),
    }
    shutil.move(build(images, labels=labels).folder, tmp_path / "elsewhere")
    pyramid = ImagePyramid(tmp_path / "elsewhere")
    assert pyramid.labels is None  # unless they are asked for
    assert pyramid.label_fields == ("kind", "face/smiling")
    found = pyramid.stored_labels("kind")
    assert found.indices.tolist() == [1, 0, 1, 1]
    assert found.class_names == ("a", "b")
    assert found.fingerprint == labels["kind"].fingerprint
    for name in ("face/smiling", "smiling"):
        assert pyramid.stored_labels(name).class_names == ("no", "yes")
    with pytest.raises(ValueError, match="kind, face/smiling;.*labels='age'"):
        pyramid.stored_labels("age")
    with pytest.raises(ValueError, match="has another value"):
        pyramid.stored_labels("id")


def test_a_pyramid_can_be_shown_up_to_a_lower_resolution(build, noise):
    whole = build(noise(3, 16, 16, 3))
    part = ImagePyramid(whole.folder, resolution=8)
    assert (part.resolution, part.resolutions) == (8, (4, 8))
    np.testing.assert_array_equal(part.at(8), whole.at(8))
    assert part.fingerprint != whole.fingerprint
    again = ImagePyramid(whole.folder, resolution=16)
    assert again.fingerprint == whole.fingerprint
    with pytest.raises(ValueError, match="it has 4, 8. Received.*=16"):
        part.at(16)
    with pytest.raises(ValueError, match="it has 4, 8, 16. Received.*=32"):
        ImagePyramid(whole.folder, resolution=32)


def _forget_version(folder):
    path = folder / "pyramid.json"
    fields = json.loads(path.read_text()) | {"format_version": 99}
    path.write_text(json.dumps(fields))


DAMAGES = {
    "missing level": (lambda f: (f / "4.npy").unlink(), "4.npy: it is missing"),
    "cut off": (
        lambda f: (f / "8.npy").write_bytes((f / "8.npy").read_bytes()[:200]),
        "8.npy: ",
    ),
    "wrong shape": (
        lambda f: np.save(f / "4.npy", np.zeros((2, 5, 5, 3), np.uint8)),
        "not uint8 [2, 4, 4, 3]",
    ),
    "wrong dtype": (
        lambda f: np.save(f / "4.npy", np.zeros((2, 4, 4, 3), np.float32)),
        "it holds float32",
    ),
    "other version": (_forget_version, "its format is 99, not 2"),
    "not JSON": (lambda f: (f / "pyramid.json").write_text("{"), "not JSON"),
    "no fields": (
        lambda f: (f / "pyramid.json").write_text('{"format_version": 2}'),
        "it lacks name",
    ),
    "no labels": (
        lambda f: (f / "labels.npz").write_text("x"),
        "labels.npz: ",
    ),
    "no description": (lambda f: (f / "pyramid.json").unlink(), "no file"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_pyramid_says_what_is_wrong(build, noise, damage):
    harm, words = DAMAGES[damage]
    labels = {"kind": encode_labels([0, 1], 2)}
    folder = build(noise(2, 8, 8, 3), labels=labels).folder
    harm(folder)
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        ImagePyramid(folder).stored_labels("kind")
    assert words in str(error.value)
    assert "Received: folder=" in str(error.value)


def test_a_missing_level_names_those_that_exist(build, noise):
    with pytest.raises(ValueError, match="it has 4, 8. Received.*=16"):
        build(noise(2, 8, 8, 3)).at(16)


def test_a_pyramid_without_labels_says_so(build, noise):
    pyramid = build(noise(2, 8, 8, 3))
    assert pyramid.labels is None
    assert (pyramid.class_names, pyramid.num_classes) == ((), 0)
    assert pyramid.class_frequencies is None
    assert pyramid.label_fingerprint is None
    assert "class" not in repr(pyramid)
    with pytest.raises(ValueError, match="has no labels.*`labels=`.*Received"):
        pyramid.class_examples(2)


def test_a_pyramid_knows_its_classes(build, noise):
    folder = build(noise(5, 8, 8, 3)).folder
    labels = encode_labels(["b", "a", "b", "c", "b"], 5)
    pyramid = ImagePyramid(folder, labels=labels)
    assert pyramid.labels.dtype == np.int64
    assert pyramid.labels.tolist() == [1, 0, 1, 2, 1]
    assert pyramid.class_names == ("a", "b", "c")
    assert pyramid.num_classes == 3
    assert pyramid.class_frequencies.tolist() == [0.2, 0.6, 0.2]
    assert "3 classes ('a', 'b', 'c')" in repr(pyramid)
    with pytest.raises(ValueError, match="read-only"):
        pyramid.labels[0] = 0


def test_many_classes_are_shown_briefly(build, noise):
    folder = build(noise(50, 4, 4, 1)).folder
    pyramid = ImagePyramid(folder, labels=encode_labels(range(50), 50))
    assert "50 classes ('0', '1', '2', '3', '4', ...)" in repr(pyramid)


def test_labels_of_another_data_set_are_refused(build, noise):
    folder = build(noise(5, 8, 8, 3)).folder
    with pytest.raises(ValueError, match="Received: 4 labels for 5 images"):
        ImagePyramid(folder, labels=encode_labels([0, 1, 0, 1], 4))


def test_examples_are_the_first_of_each_class_repeated_where_few(build, noise):
    images = noise(7, 8, 8, 3)
    labels = encode_labels([2, 0, 1, 0, 0, 2, 0], 7)
    pyramid = ImagePyramid(build(images).folder, labels=labels)
    rows = [1, 3, 4, 2, 2, 2, 0, 5, 0]
    examples = pyramid.class_examples(3)
    np.testing.assert_array_equal(examples, images[rows])
    small = pyramid.class_examples(3, resolution=4)
    np.testing.assert_array_equal(small, pyramid.at(4)[rows])
    examples[:] = 0  # a copy, not the data set
    np.testing.assert_array_equal(pyramid.at(8), images)
    with pytest.raises(ValueError, match="columns.*at least 1.*=0"):
        pyramid.class_examples(0)
    with pytest.raises(ValueError, match="it has 4, 8.*=16"):
        pyramid.class_examples(1, resolution=16)
