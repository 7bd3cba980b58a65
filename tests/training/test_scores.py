"""Metrics while it trains: measured in time, recorded, the best kept."""

import json

import numpy as np
import pytest

import progan_keras as pk
from progan_keras.training import scores as module
from progan_keras.training.runs import new_run
from progan_keras.training.scores import Scores

OPTIONS = {"network": {"resolution": 8}, "data": {}, "training": {}}


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """uint8 noise [64, 16, 16, 3] as a pyramid."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 16, 16, 3), np.uint8)
    return pk.data.load(noise, cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def gan():
    return pk.ProGAN(16, latent_dim=4, fmap_base=32, fmap_max=8)


@pytest.fixture
def run(tmp_path):
    return new_run(tmp_path, "x", OPTIONS)


def callback(run, images, gan, metrics=("swd",), kimg=2.0, **settings):
    made = Scores(images, metrics, kimg, **settings)
    made.attach(run, 10.0)
    made.set_model(gan)
    made.on_train_begin()
    return made


def kimg_of(run):
    return [record["kimg"] for record in run.records()]


def test_it_measures_every_so_often_and_at_the_end(run, images, gan):
    gan.enter_stage(pk.Stage(16))
    scores = callback(run, images, gan)
    for tick, kimg in enumerate([0.8, 1.6, 2.4, 3.2, 4.0, 9.6, 10.0]):
        scores.on_epoch_end(tick, {"kimg": kimg})
    assert kimg_of(run) == [2.4, 4.0, 9.6, 10.0]
    record = run.records()[0]
    assert record["resolution"] == 16
    assert record["metrics"]["swd"]["count"] == 32


def test_below_16x16_there_is_nothing_to_measure(run, images, gan):
    gan.enter_stage(pk.Stage(8))
    callback(run, images, gan).on_epoch_end(1, {"kimg": 5.0})
    assert not run.records()


def test_in_a_fade_the_stage_is_measured(run, images, gan):
    gan.enter_stage(pk.Stage(16, fade_in=True))
    gan.set_alpha(0.0)
    callback(run, images, gan, ["ms_ssim"]).on_epoch_end(1, {"kimg": 5.0})
    pictures = gan.generate(32, seed=0)
    value = run.records()[0]["metrics"]["ms_ssim"]["value"]
    assert value == pk.metrics.ms_ssim(pictures)


def quarters(pictures):
    return pictures.mean((1, 2)), pictures.mean((1, 2))


# Metric: values as training goes on, and at which kimg the best was.
BEST = {
    "swd": ([5.0, 3.0, 4.0], 2.0),
    "inception_score": ([5.0, 3.0, 6.0], 3.0),
    "ms_ssim": ([0.9, 0.1, 0.35], 3.0),  # nearest to 0.3, that of the reals
}


@pytest.mark.parametrize("metric", BEST)
def test_the_best_generator_is_kept(metric, run, images, gan, monkeypatch):
    values, best = BEST[metric]
    measured = iter(values)

    def evaluate(*args, **kwargs):
        value = {"value": next(measured), "floor": 0.3, "resolution": 16}
        return {metric: value}

    monkeypatch.setattr(module, "evaluate", evaluate)
    gan.enter_stage(pk.Stage(16))
    for kimg in (1.0, 2.0, 3.0):
        # As after a resume: what was best is read from the run.
        scores = callback(
            run, images, gan, [metric], kimg=1.0, features=quarters
        )
        scores.on_epoch_end(1, {"kimg": kimg + 0.5})
    kept = json.loads((run.path / "best" / "scores.json").read_text())
    assert kept["kimg"] == best + 0.5
    assert (run.path / "best" / "generator.keras").exists()


def test_of_lower_resolutions_none_is_the_best(run, images, gan, tmp_path):
    taller = pk.ProGAN(32, latent_dim=4, fmap_base=32, fmap_max=8)
    taller.enter_stage(pk.Stage(16))
    callback(run, images, taller).on_epoch_end(1, {"kimg": 5.0})
    assert len(run.records()) == 1
    assert not (run.path / "best").exists()


BAD = {
    "metric": ({"metrics": ["sdw"]}, "Did you mean 'swd'"),
    "kimg": ({"kimg": 0}, "metrics_kimg=0"),
    "count": ({"count": 65}, "64 real ones.*count=65"),
    "features": ({"metrics": ["kid"], "features": "vgg"}, "'vgg'"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_measured_is_told_before_the_training(case, images):
    arguments, words = BAD[case]
    arguments = {"metrics": ["swd"], "kimg": 1.0} | arguments
    with pytest.raises(ValueError, match=words):
        Scores(images, **arguments)


@pytest.mark.parametrize("resumed", [False, True])
def test_a_run_that_is_resumed_measures_at_the_same_moments(
    resumed, run, images, gan, monkeypatch
):
    moments = []

    def evaluate(*args, **kwargs):
        moments.append(kimg)
        return {"swd": {"value": 1.0, "floor": 0.3, "resolution": 16}}

    monkeypatch.setattr(module, "evaluate", evaluate)
    gan.enter_stage(pk.Stage(8))
    gan.enter_stage(pk.Stage(16, fade_in=True))
    scores = callback(run, images, gan, kimg=0.2)
    for tick in range(1, 11):
        kimg = tick / 10
        if resumed:
            scores = callback(run, images, gan, kimg=0.2)
        scores.on_epoch_end(tick, {"kimg": kimg})
        run.append({"kimg": kimg, "tick": tick})
    assert moments == [0.2, 0.4, 0.6, 0.8, 1.0]
