"""Which features count as the image, and which as labels."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from progan_keras.data.sources.tfds.features import (
    class_names,
    default_label,
    find_features,
    nest,
)

F = tfds.features


def test_image_and_labels_are_found_however_nested():
    features = F.FeaturesDict(
        {
            "boxes": F.Sequence({"box": F.BBoxFeature(), "kind": F.Text()}),
            "photo": {"bytes": F.Image(), "width": np.int32},
            "score": np.float32,
            "tags": {"sunny": np.bool_, "more": {"name": F.Text()}},
        }
    )
    image, labels = find_features(features, "set")
    assert image == ("photo", "bytes")
    assert labels == {
        "photo/width": ("photo", "width"),
        "tags/sunny": ("tags", "sunny"),
        "tags/more/name": ("tags", "more", "name"),
    }


def test_masks_and_measurements_are_no_images():
    features = F.FeaturesDict(
        {
            "depth": F.Image(shape=(8, 8, 1), dtype=np.float32),
            "mask": F.LabeledImage(labels=3, shape=(None, None, 1)),
            "scan": F.Image(shape=(8, 8, 1), dtype=np.uint16),
            "video": F.Video(shape=(None, 8, 8, 3)),
        }
    )
    assert find_features(features, "set")[0] == ("scan",)


def test_several_images_need_one_that_is_called_so():
    images = {"a": F.Image(), "b": {"image": F.Image()}}
    with pytest.raises(ValueError, match="several images.*: a, b/image. "):
        find_features(F.FeaturesDict(images), "set")
    features = F.FeaturesDict({**images, "image": F.Image()})
    assert find_features(features, "set")[0] == ("image",)


def test_no_image_is_an_error():
    with pytest.raises(ValueError, match="no images.*source='set'"):
        find_features(F.FeaturesDict({"text": F.Text()}), "set")


def test_the_default_is_the_label_or_the_only_classes():
    kind = F.ClassLabel(num_classes=2)

    def default(**features):
        return default_label(features, {name: (name,) for name in features})

    assert default(label=F.Text(), kind=kind) == "label"
    assert default(id=F.Text(), kind=kind) == "kind"
    assert default(a=kind, b=kind) is None
    assert default(id=F.Text()) is None


def test_only_classes_have_names():
    assert class_names(F.ClassLabel(names=["cat", "dog"])) == ("cat", "dog")
    assert class_names(F.ClassLabel(num_classes=2)) == ("0", "1")
    assert class_names(F.ClassLabel()) is None
    assert class_names(F.Text()) is None
    assert class_names(F.Scalar(np.int64)) is None
    assert class_names(F.Scalar(np.bool_)) == ("no", "yes")


def test_paths_become_nested_dicts():
    paths = [("a",), ("b", "c"), ("b", "d", "e")]
    assert nest(paths, True) == {"a": True, "b": {"c": True, "d": {"e": True}}}
