"""`evaluate` measures what it says, beside the same for real images."""

import json

import numpy as np
import pytest

import progan_keras as pk
from progan_keras.evaluation import evaluate
from progan_keras.metrics import features


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """600 real portraits at 16x16."""
    cache = tmp_path_factory.mktemp("cache")
    portraits = pk.data.load("emoji_portraits", 16, cache_dir=cache)
    return pk.data.load(
        np.asarray(portraits.at(16))[:600],
        labels=np.arange(600) % 3 // 2,  # two of the first, one of the second
        cache_dir=cache,
    )


def mean_colours(pictures):
    """A feature network: the mean colour of each quarter."""
    quarters = pictures.reshape(len(pictures), 2, 8, 2, 8, 3).mean((2, 4))
    values = quarters.reshape(len(pictures), -1) / 255
    return values, 5 * values[:, :4]


def test_scores_say_everything_about_themselves(images):
    fakes = np.asarray(images.at(16))[::-1][:200]
    scores = evaluate(
        fakes,
        images,
        metrics=["swd", "ms_ssim", "kid", "fid", "precision_recall"],
        features=mean_colours,
        count=200,
    )
    assert list(scores) == [
        "swd",
        "ms_ssim",
        "kid_mean_colours",
        "fid_mean_colours",
        "precision_mean_colours",
        "recall_mean_colours",
        "density_mean_colours",
        "coverage_mean_colours",
    ]
    for name, score in scores.items():
        assert score["count"] == score["floor_count"] == 200
        assert (score["seed"], score["resolution"]) == (0, 16)
        assert score["data"]["fingerprint"] == images.fingerprint
        assert score["split"] is None
        assert score["features"] == (
            "mean_colours" if name.endswith("colours") else None
        )
        assert np.isfinite([score["value"], score["floor"]]).all()
    assert set(scores["swd"]["levels"]) == {"16"}
    assert set(scores["swd"]["floor_levels"]) == {"16"}
    assert json.loads(json.dumps(scores)) == scores


def test_the_same_images_score_like_the_floor_and_others_worse(images):
    def scores_of(fakes):
        scores = evaluate(
            fakes, images, ["swd", "kid"], features=mean_colours, seed=1
        )
        return {name: score["value"] for name, score in scores.items()}

    reals = np.asarray(images.at(16))
    order = np.random.default_rng(7).permutation(600)[:300]
    same = scores_of(reals[order])
    dark = scores_of(reals[order] // 2)
    noisy = scores_of(reals[order] ^ 48)
    assert dark["kid_mean_colours"] > 10 * abs(same["kid_mean_colours"])
    assert noisy["swd"] > 1.5 * same["swd"]


def test_scores_are_what_the_metrics_say_of_the_same_images(images):
    fakes = 255 - np.asarray(images.at(16))[:100]
    scores = evaluate(fakes, images, ["swd", "ms_ssim"], count=100, seed=3)
    order = np.random.default_rng(3).permutation(600)
    real = images.at(16)[order[:100]]
    other = images.at(16)[order[100:200]]
    swd = pk.metrics.sliced_wasserstein
    assert scores["swd"]["value"] == swd(real, fakes, seed=3)["mean"]
    assert scores["swd"]["floor"] == swd(real, other, seed=3)["mean"]
    assert scores["ms_ssim"]["value"] == pk.metrics.ms_ssim(fakes)
    assert scores["ms_ssim"]["floor"] == pk.metrics.ms_ssim(other)


def test_a_gan_is_measured_by_its_average_at_its_stage(images):
    gan = pk.ProGAN(16, fmap_base=32, fmap_max=8, latent_dim=4)
    scores = evaluate(gan, images, ["ms_ssim"], count=100, seed=5)
    pictures = gan.generate(100, seed=5)
    assert scores["ms_ssim"]["value"] == pk.metrics.ms_ssim(pictures)
    assert gan.images_seen == 0  # nothing moved


def test_a_conditional_gan_is_asked_for_classes_as_often_as_they_occur(
    images, monkeypatch
):
    gan = pk.ProGAN(16, fmap_base=32, fmap_max=8, latent_dim=4, num_classes=2)
    asked = []
    generate = gan.generate

    def watch(*args, labels=None, **kwargs):
        asked.append(labels)
        return generate(*args, labels=labels, **kwargs)

    monkeypatch.setattr(gan, "generate", watch)
    evaluate(gan, images, ["ms_ssim"], count=300)
    labels = np.concatenate([batch for batch in asked if batch is not None])
    assert len(labels) == 300
    assert 0.25 < labels.mean() < 0.42  # a third
    assert (np.diff(labels) != 0).any()  # in random order


def test_features_of_reals_are_computed_once(images):
    seen = []

    def network(pictures):
        seen.append(len(pictures))
        return mean_colours(pictures)

    network.__name__ = "counted"
    fakes = np.asarray(images.at(16))[:128]

    def score():
        seen.clear()
        scores = evaluate(fakes, images, ["kid"], count=128, features=network)
        return scores["kid_counted"]["value"], sum(seen)

    first, work = score()
    again, less = score()
    assert again == first
    assert (work, less) == (3 * 128, 128)
    # They are part of the prepared data, and a damaged file is no harm.
    (path, *_) = (images.folder / "statistics").glob("*.npz")
    path.write_bytes(b"cut")
    assert score() == (first, 2 * 128)


def test_a_read_only_data_set_is_measured_all_the_same(images, monkeypatch):
    from progan_keras.evaluation import kept_features

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(kept_features, "atomic_path", refuse)
    fakes = np.asarray(images.at(16))[:64]
    scores = evaluate(
        fakes, images, ["kid"], count=64, features=lambda p: p.mean((1, 2))
    )
    assert len(scores) == 1


def test_a_split_is_told_where_the_data_set_has_some(images, monkeypatch):
    pytest.importorskip("tensorflow_datasets")
    from progan_keras.data.sources.tfds.tfds_source import TfdsSource

    source = TfdsSource("cifar10", "test[:10%]").description
    monkeypatch.setattr(images, "source", source)
    fakes = np.asarray(images.at(16))[:50]
    scores = evaluate(fakes, images, ["ms_ssim"], count=50)
    assert scores["ms_ssim"]["split"] == "test[:10%]"


def test_many_images_are_gathered_in_a_file(images, monkeypatch):
    from progan_keras.evaluation import image_set

    fakes = np.asarray(images.at(16))[:50]
    in_memory = evaluate(fakes, images, ["swd"], count=50)
    monkeypatch.setattr(image_set, "_IN_MEMORY", 0)
    monkeypatch.setattr(image_set, "_SLICE_BYTES", 16 * 16 * 3 * 7)
    assert evaluate(fakes, images, ["swd"], count=50) == in_memory


def test_copies_are_found_among_all_training_images(images):
    reals = np.asarray(images.at(16))
    scores = evaluate(reals[:200], images, ["duplicates"], count=100)
    assert scores["duplicates"]["value"] > 0.95
    assert scores["duplicates"]["count_training"] == 600
    assert scores["duplicates"]["floor"] is None


def test_without_enough_reals_there_is_no_floor(images):
    fakes = np.asarray(images.at(16))
    scores = evaluate(fakes, images, ["swd"], count=600)
    assert scores["swd"]["floor"] is None
    assert scores["swd"]["floor_count"] == 0


def array(*shape, dtype=np.uint8):
    return np.zeros(shape, dtype)


# Description: (arguments, words of the message).
BAD = {
    "metric": ({"metrics": ["sdw"]}, "Did you mean 'swd'"),
    "no metric": ({"metrics": []}, "at least one of swd"),
    "seed": ({"seed": -1}, "seed is a whole number.*=-1"),
    "count": ({"count": 601}, "600 real ones.*count=601"),
    "none": ({"count": 1}, "at least 2 images.*count=1"),
    "few fakes": (
        {"generated": array(5, 16, 16, 3), "count": 6},
        "5 generated.*count=6",
    ),
    "float": ({"generated": array(9, 16, 16, 3, dtype=float)}, "to_uint8"),
    "size": ({"generated": array(9, 32, 32, 3)}, "one size.*32, 32, 3"),
    "grey": ({"generated": array(9, 16, 16, 1)}, "number of channels"),
    "RGBA": ({"generated": array(9, 16, 16, 4)}, "transparent"),
    "below 16": ({"resolution": 8}, "at least 16x16"),
    "resolution": ({"resolution": 32}, "no level of this resolution"),
    "network": (
        {"metrics": ["kid"], "features": "inception"},
        "Did you mean 'inception_v3'",
    ),
    "wrong shape": (
        {"metrics": ["kid"], "features": lambda p: p / 1},
        "a row of numbers for each picture",
    ),
    "NaN": (
        {"metrics": ["kid"], "features": lambda p: p.mean((1, 2)) * np.nan},
        "NaN|finite",
    ),
    "no classifier": (
        {"metrics": "inception_score", "features": lambda p: p.mean((1, 2))},
        "needs a feature network with a classifier",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_mistakes_get_one_sentence(case, images):
    arguments, words = BAD[case]
    arguments = {"generated": array(20, 16, 16, 3), "count": 20} | arguments
    if len(arguments["generated"]) < 20 and "count" not in BAD[case][0]:
        arguments["count"] = 4
    with pytest.raises(ValueError, match=words) as error:
        evaluate(images=images, **arguments)
    assert "Received: " in str(error.value)


def test_a_table_shows_value_error_floor_and_count(images):
    fakes = np.asarray(images.at(16))[:100]
    scores = evaluate(fakes, images, ["swd", "ms_ssim"], count=100)
    lines = pk.evaluation.table(scores).splitlines()
    assert lines[0].split() == ["metric", "value", "error", "reals", "images"]
    assert lines[1].split()[0] == "swd"
    assert lines[2].split()[:2] == ["level", "16x16"]
    assert len(lines[3].split()) == 5
    assert lines[3].endswith("100")


def test_a_feature_network_can_be_passed(images):
    network = features.get(mean_colours, name="quarters")
    fakes = np.asarray(images.at(16))[:64]
    scores = evaluate(fakes, images, "kid", count=64, features=network)
    assert list(scores) == ["kid_quarters"]
