"""A `tf.data.Dataset`: its images, its labels, and what is wrong with it."""

import numpy as np
import pytest
import tensorflow as tf

from progan_keras.data import load
from progan_keras.data.decode import decode_all
from progan_keras.data.sources.dataset_source import DatasetSource


def dataset_of(*parts):
    return tf.data.Dataset.from_tensor_slices(
        parts if len(parts) > 1 else parts[0]
    )


def read(source):
    """Images as arrays, and their labels."""
    results = list(decode_all(source.records(), np.asarray))
    assert not any(reason for *_, reason in results)
    images = [image for _, image, _ in results]
    return images, [record.labels for record, *_ in results]


def test_images_are_read_pixel_by_pixel_in_their_order(noise):
    images = noise(40, 6, 9, 3)
    source = DatasetSource(dataset_of(images))
    assert (source.count(), source.num_channels) == (40, 3)
    assert source.smallest_side() == 6
    assert np.array_equal(read(source)[0], images)


def test_floats_become_the_same_pixels(noise):
    images = noise(5, 4, 4, 3)
    floats = images.astype(np.float32) / 127.5 - 1
    source = DatasetSource(dataset_of(floats))
    assert np.array_equal(read(source)[0], images)


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1)])
def test_grey_images_may_have_an_axis_for_channels(noise, shape):
    images = noise(3, *shape)
    source = DatasetSource(dataset_of(images))
    assert source.num_channels == 1
    assert np.array_equal(read(source)[0], images.reshape(3, 4, 6))


def test_batches_are_taken_apart(noise):
    images, labels = noise(7, 4, 4, 3), np.arange(7)
    source = DatasetSource(dataset_of(images, labels).batch(3))
    assert source.count() is None
    found, found_labels = read(source)
    assert np.array_equal(found, images)
    assert found_labels == [{"label": i} for i in range(7)]
    whole = DatasetSource(dataset_of(images, labels))
    assert source.key() == whole.key()
    assert source.count() == 7  # known once the key is


def test_images_may_differ_in_size(noise):
    images = [noise(side, 2 * side, 3) for side in (4, 9, 5)]
    dataset = tf.data.Dataset.from_generator(
        lambda: iter(images),
        output_signature=tf.TensorSpec([None, None, None], tf.uint8),
    )
    source = DatasetSource(dataset)
    assert (source.smallest_side(), source.num_channels) == (None, 3)
    for found, image in zip(read(source)[0], images, strict=True):
        assert np.array_equal(found, image)


def test_an_unknown_rank_is_checked_when_it_is_known(noise):
    def generate(shape):
        return tf.data.Dataset.from_generator(
            lambda: iter([noise(*shape)]), output_types=tf.uint8
        )

    assert len(read(DatasetSource(generate((4, 4, 3))))[0]) == 1
    with pytest.raises(ValueError, match=r"last axis.*of shape \[4, 4, 5\]"):
        read(DatasetSource(generate((4, 4, 5))))


LABELS = {
    "numbers": (np.array([2, 0, 2]), [2, 0, 2]),
    "strings": (np.array(["cät", "dog", "cät"]), ["cät", "dog", "cät"]),
    "bools": (np.array([True, False, True]), [1, 0, 1]),
    "one-hot": (np.eye(3, dtype=np.float32)[[1, 2, 1]], [1, 2, 1]),
}


@pytest.mark.parametrize("case", LABELS)
def test_pairs_have_labels(noise, case):
    labels, expected = LABELS[case]
    source = DatasetSource(dataset_of(noise(3, 4, 4, 3), labels))
    assert source.label_fields() == ("label",)
    assert source.default_field == "label"
    assert read(source)[1] == [{"label": label} for label in expected]


def test_a_dict_keeps_what_can_be_a_label(noise):
    images = noise(3, 4, 4, 3)
    entries = {
        "box": np.zeros([3, 4], np.float32),
        "kind": np.array([1, 0, 1]),
        "photo": images,
        "score": np.zeros(3, np.float32),
        "smiling": np.array([True, False, False]),
        "steps": {"nested": np.arange(3)},
    }
    source = DatasetSource(tf.data.Dataset.from_tensor_slices(entries))
    assert source.label_fields() == ("kind", "smiling")
    assert source.default_field is None
    found, labels = read(source)
    assert np.array_equal(found, images)
    assert labels[0] == {"kind": 1, "smiling": 1}


def test_image_is_preferred_among_the_entries_of_a_dict(noise):
    entries = {"a": noise(2, 4, 4, 3), "image": noise(2, 4, 4, 3)}
    source = DatasetSource(tf.data.Dataset.from_tensor_slices(entries))
    assert np.array_equal(read(source)[0], entries["image"])


def test_the_key_is_the_same_in_any_order_and_changes_with_contents(noise):
    images, labels = noise(30, 4, 4, 3), np.arange(30)
    key = DatasetSource(dataset_of(images, labels)).key()
    shuffled = dataset_of(images, labels).shuffle(30)
    assert DatasetSource(shuffled).key() == key
    assert DatasetSource(shuffled).key() == key
    other = images.copy()
    other[7, 0, 0, 0] ^= 1
    assert DatasetSource(dataset_of(other, labels)).key() != key
    assert DatasetSource(dataset_of(images, labels[::-1])).key() != key
    assert DatasetSource(dataset_of(images)).key() != key
    assert DatasetSource(dataset_of(images, labels).take(29)).key() != key


def test_a_shuffled_dataset_loads_with_each_image_beside_its_label(noise):
    labels = np.arange(40) % 4
    images = noise(40, 8, 8, 3)
    images[:, 0, 0, 0] = labels
    loaded = load(dataset_of(images, labels).shuffle(40), resolution=8)
    assert np.array_equal(loaded.labels, loaded.at(8)[:, 0, 0, 0])
    assert loaded.class_names == ("0", "1", "2", "3")


def test_names_of_folders_that_keras_has_read_become_classes(photos):
    for path in sorted(photos.glob("*.png")):
        (photos / "a").mkdir(exist_ok=True)
        path.rename(photos / "a" / path.name)
    dataset = tf.keras.utils.image_dataset_from_directory(
        photos, image_size=(8, 8), verbose=False
    )
    source = DatasetSource(dataset)
    assert source.class_names("label") == dataset.class_names
    with pytest.raises(ValueError, match="images / 127.5 - 1"):
        read(source)


def test_floats_without_a_negative_value_are_warned_about():
    images = np.linspace(0, 1, 2 * 4 * 4 * 3, dtype=np.float32)
    source = DatasetSource(dataset_of(images.reshape(2, 4, 4, 3)))
    with pytest.warns(UserWarning, match="No value is below 0"):
        read(source)


PIXELS = np.zeros((3, 8, 8, 3), np.uint8)


def with_value(value):
    images = np.zeros((3, 8, 8, 3), np.float32)
    images[1, 2, 3] = value
    return dataset_of(images)


# Description: (makes the dataset, words of the message).
BAD = {
    "endless": (lambda: dataset_of(PIXELS).repeat(), "never ends.*take"),
    "encoded": (lambda: dataset_of(["a", "b"]), "decode_image.*string"),
    "int64": (lambda: dataset_of(PIXELS.astype(int)), "dtype.*int64 .8, 8, 3"),
    "rank 1": (
        lambda: dataset_of(PIXELS[0, 0, :, 0]),
        r"another shape.*shape \[\]",
    ),
    "rank 5": (lambda: dataset_of(PIXELS[None, None]), "another shape"),
    "no pixels": (lambda: dataset_of(PIXELS[:, :0]), "another shape"),
    "2 channels": (lambda: dataset_of(PIXELS[..., :2]), "C = 1, 3 or 4"),
    "channels first": (
        lambda: dataset_of(np.moveaxis(PIXELS, -1, 1)),
        r"last axis.*transpose\(image, \[1, 2, 0\]\)",
    ),
    "ragged": (
        lambda: dataset_of(tf.ragged.constant([[[1, 2]], [[3]]])),
        "dense tensor.*RaggedTensorSpec",
    ),
    "sparse": (
        lambda: dataset_of(tf.sparse.from_dense(PIXELS)),
        "dense tensor.*SparseTensorSpec",
    ),
    "triple": (
        lambda: dataset_of(PIXELS, [1, 2, 3], [1, 2, 3]),
        "dense tensor.*TensorSpec",
    ),
    "no image": (
        lambda: dataset_of({"text": ["a", "b"], "y": [1, 2]}),
        "Which entry is the image of 'text', 'y'",
    ),
    "two images": (
        lambda: dataset_of({"a": PIXELS, "b": PIXELS}),
        "Which entry is the image of 'a', 'b'",
    ),
    "float label": (
        lambda: dataset_of(PIXELS, [0.5, 1.0, 2.0]),
        r"A label is.*float32 \[\]",
    ),
    "label of one column": (
        lambda: dataset_of(PIXELS, [[0], [1], [1]]),
        r"A label is.*int32 \[1\]",
    ),
    "several classes": (
        lambda: dataset_of(PIXELS, [[0, 1], [1, 1], [0, 1]]),
        r"single 1 among 0s.*\[1, 1\]",
    ),
    "one label for a batch": (
        lambda: dataset_of(PIXELS[None], [1]),
        "in batches, and their labels do not",
    ),
    "NaN": (lambda: with_value(np.nan), r"lie in \[-1, 1\].*nan"),
    "0 to 255": (lambda: with_value(255), r"images / 127.5 - 1.*255"),
    "an error inside": (
        lambda: dataset_of(PIXELS).map(
            lambda image: tf.debugging.check_numerics(
                tf.cast(image, tf.float32) / 0.0, "division"
            )
        ),
        "cannot be read to its end.*division",
    ),
    "empty": (lambda: dataset_of(PIXELS).take(0), "no images"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_loaded_is_said_in_one_sentence(case, cache):
    make, words = BAD[case]
    with pytest.raises(ValueError, match=words) as error:
        load(make(), resolution=8)
    assert "Received: " in str(error.value)
    assert "\n" not in str(error.value)
    assert not cache.exists() or not list(cache.iterdir())
