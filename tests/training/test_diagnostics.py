"""What is measured at every tick, against the same written plainly."""

import gc
import weakref

import numpy as np
import pytest
import tensorflow as tf
from conftest import tiny_gan
from gan_checks import randomize
from test_resume import StopAt, assert_same_state

import progan_keras as pk
from progan_keras.training import callbacks
from progan_keras.training.diagnostics import COUNT, Probe
from progan_keras.training.runs import new_run

AT_4 = pk.Stage(4, batch_size=16)
FADE = pk.Stage(8, fade_in=True, batch_size=16)
SCALARS = {
    "gradient_norm",
    "drift",
    "stdev_real",
    "stdev_fake",
    "ema_distance",
}


def gan_in(stage, alpha=0.3, **network):
    """A GAN whose weights are all random, the average's too."""
    gan = randomize(tiny_gan(**network))
    gan.compile()
    gan.enter_stage(stage)
    gan.set_alpha(alpha)
    return gan


def model(gan, family):
    stage = gan.stage
    return gan.pair(stage.resolution, family).model(stage.fade_in)


def fixed(gan, images):
    """The images in [-1, 1], not faded, the latents, the images' numbers."""
    order = np.random.default_rng(0).choice(len(images), COUNT, replace=False)
    reals = images.at(gan.stage.resolution)[order].astype("float32")
    latents = pk.latents.sample(COUNT, gan.config.latent_dim)
    return reals / 127.5 - 1.0, latents, order


def rms(values):
    return np.sqrt(np.mean(np.square(values)))


def leaky_relu(x):
    return np.where(x > 0, x, 0.2 * x)


def deviation(features, group=4):
    """Mean over groups of the mean deviation, image n in group n mod M."""
    count = len(features) // group
    return np.mean(
        [
            np.sqrt(features[first::count].var(axis=0) + 1e-8).mean()
            for first in range(count)
        ]
    )


def test_gradient_and_drift_in_a_fade_are_those_of_faded_images(images):
    gan = gan_in(FADE, alpha=0.3)
    reals, latents, _ = fixed(gan, images)
    generator, discriminator = (
        model(gan, "generator"),
        model(gan, "discriminator"),
    )
    old = reals.reshape(COUNT, 4, 2, 4, 2, 3).mean(axis=(2, 4))
    old = old.repeat(2, axis=1).repeat(2, axis=2)
    faded = (0.7 * old + 0.3 * reals).astype("float32")
    mixed = tf.Variable((faded + generator(latents).numpy()) / 2)
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(discriminator(mixed))
    gradient = tape.gradient(score, mixed).numpy().reshape(COUNT, -1)

    measured, _ = Probe(gan, images).measure()

    expected = np.linalg.norm(gradient, axis=1).mean()
    np.testing.assert_allclose(measured["gradient_norm"], expected, rtol=1e-4)
    expected = np.mean(discriminator(faded).numpy() ** 2)
    np.testing.assert_allclose(measured["drift"], expected, rtol=1e-4)


def test_deviations_are_those_of_the_features_at_4x4(images):
    gan = gan_in(AT_4)
    reals, latents, _ = fixed(gan, images)
    fakes = model(gan, "generator")(latents).numpy()
    from_rgb = model(gan, "discriminator").get_layer("4x4_from_rgb")
    measured, activations = Probe(gan, images).measure()
    for name, pictures in (("stdev_real", reals), ("stdev_fake", fakes)):
        features = leaky_relu(from_rgb(pictures).numpy())
        np.testing.assert_allclose(
            measured[name], deviation(features), rtol=1e-4
        )
    activations = activations["discriminator"]["activations"]
    features = leaky_relu(from_rgb(reals).numpy())
    np.testing.assert_allclose(
        activations["4x4_from_rgb"], rms(features), rtol=1e-4
    )


def test_the_distance_of_the_average_is_relative(images):
    gan = gan_in(FADE)
    average = {v.path: v for v in model(gan, "ema_generator").variables}
    for variable in model(gan, "generator").trainable_variables:
        average[variable.path].assign(1.25 * variable)
    measured, _ = Probe(gan, images).measure()
    np.testing.assert_allclose(measured["ema_distance"], 0.25, rtol=1e-5)


def test_rms_are_of_the_layers_that_work_and_of_raw_kernels(images):
    gan = gan_in(FADE)
    _, found = Probe(gan, images).measure()
    new = ["8x8_conv0_up", "8x8_conv1", "8x8_to_rgb"]
    generator = found["generator"]
    assert set(generator["weights"]) == {
        *("4x4_dense", "4x4_conv", "4x4_to_rgb"),
        *new,
    }
    assert set(found["discriminator"]["weights"]) == {
        *("8x8_from_rgb", "8x8_conv0", "8x8_conv1_down"),
        *("4x4_from_rgb", "4x4_conv", "4x4_dense0", "4x4_dense1"),
    }
    for family, parts in found.items():
        assert list(parts["weights"]) == list(parts["activations"])
        for layer, value in parts["weights"].items():
            kernel = model(gan, family).get_layer(layer).kernel.numpy()
            np.testing.assert_allclose(value, rms(kernel), rtol=1e-5)
    # Pixel normalisation is the last that happens to a layer of G.
    np.testing.assert_allclose(generator["activations"]["8x8_conv1"], 1.0)
    gan.set_alpha(1.0)
    fakes = model(gan, "generator")(pk.latents.sample(16, 8)).numpy()
    _, found = Probe(gan, images).measure()
    value = found["generator"]["activations"]["8x8_to_rgb"]
    np.testing.assert_allclose(value, rms(fakes), rtol=1e-5)


def test_kernels_start_at_one(images):
    gan = tiny_gan()
    gan.compile()
    gan.enter_stage(FADE)
    measured, found = Probe(gan, images).measure()
    assert measured["ema_distance"] == 0.0
    for parts in found.values():
        assert np.mean(list(parts["weights"].values())) == pytest.approx(1, 0.1)


@pytest.mark.parametrize(
    "network",
    [
        {"architecture": {"minibatch": None}},
        {"architecture": {"minibatch": "discrimination"}},
        {"architecture": {"generator_norm": "batch", "group_size": None}},
        {"architecture": {"discriminator_norm": "layer"}, "fused_scale": False},
        {"architecture": {"attention_resolution": 8, "equalized": False}},
        {"num_classes": 3},
        {"num_classes": 3, "architecture": {"conditioning": "projection"}},
    ],
    ids=[
        *("no minibatch layer", "discrimination", "batch norm", "layer norm"),
        *("attention", "acgan", "projection"),
    ],
)
def test_every_architecture_is_measured_and_left_as_it_was(labelled, network):
    gan = gan_in(FADE, **network)
    variables = [
        *gan.variables,
        *(
            v
            for optimizer in gan.optimizers.values()
            for v in optimizer.variables
        ),
    ]
    before = [variable.numpy() for variable in variables]
    measured, found = Probe(gan, labelled).measure()
    for variable, value in zip(variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    has_stdev = gan.config.architecture.minibatch == "stdev"
    stdev = {"stdev_real", "stdev_fake"}
    assert set(measured) == (SCALARS if has_stdev else SCALARS - stdev)
    assert all(np.isfinite(list(measured.values())))
    for family, parts in found.items():
        with_kernels = {
            layer.name
            for layer in model(gan, family).layers
            if any(v.path.endswith("/kernel") for v in layer.variables)
        }
        for values in parts.values():
            assert set(values) == with_kernels
            assert all(np.isfinite(list(values.values())))


@pytest.mark.parametrize("conditioning", ["acgan", "projection"])
def test_with_classes_g_and_d_are_given_those_of_the_reals(
    labelled, conditioning
):
    gan = gan_in(
        AT_4, num_classes=3, architecture={"conditioning": conditioning}
    )
    reals, latents, order = fixed(gan, labelled)
    labels = np.eye(3, dtype="float32")[labelled.labels[order]]
    fakes = model(gan, "generator")([latents, labels]).numpy()
    measured, found = Probe(gan, labelled).measure()
    value = found["generator"]["activations"]["4x4_to_rgb"]
    np.testing.assert_allclose(value, rms(fakes), rtol=1e-5)
    inputs = reals if conditioning == "acgan" else [reals, labels]
    scores = model(gan, "discriminator")(inputs)
    scores = scores[0] if conditioning == "acgan" else scores
    np.testing.assert_allclose(
        measured["drift"], np.mean(scores.numpy() ** 2), rtol=1e-4
    )


def test_small_batches_are_looked_at_one_after_the_other(images):
    """Alone among layers, those that compare images would see the batch."""
    found = []
    for batch_size in (16, 5):
        stage = pk.Stage(8, batch_size=batch_size)
        gan = gan_in(stage, architecture={"minibatch": None})
        found.append(Probe(gan, images).measure())
    (whole, whole_rms), (parts, parts_rms) = found
    assert parts == pytest.approx(whole, rel=1e-4)
    for family, kinds in whole_rms.items():
        for kind, expected in kinds.items():
            values = parts_rms[family][kind]
            assert values == pytest.approx(expected, rel=1e-4)


def test_deviations_in_small_batches_are_of_their_groups(images):
    gan = gan_in(pk.Stage(4, batch_size=5))
    reals, _, _ = fixed(gan, images)
    from_rgb = model(gan, "discriminator").get_layer("4x4_from_rgb")
    features = leaky_relu(from_rgb(reals).numpy())
    groups = [deviation(features[first : first + 4]) for first in (0, 4, 8, 12)]
    measured, _ = Probe(gan, images).measure()
    assert measured["stdev_real"] == pytest.approx(np.mean(groups), rel=1e-4)


def test_fewer_images_than_are_looked_at_are_taken_again(pictures, tmp_path):
    images = pk.data.load(pictures[:3], cache_dir=tmp_path)
    measured, _ = Probe(gan_in(FADE), images).measure()
    assert all(np.isfinite(list(measured.values())))


def test_two_devices_measure_what_one_does(images, two_devices):
    values = []
    for strategy in (tf.distribute.get_strategy(), two_devices):
        with strategy.scope():
            gan = tiny_gan()
        gan.compile()
        gan.enter_stage(pk.Stage(8, fade_in=True, batch_size=32))
        gan.set_alpha(0.5)
        values.append(Probe(gan, images).measure())
    assert values[0][0] == pytest.approx(values[1][0], rel=1e-4)


def test_a_run_that_is_looked_at_ends_bitwise_where_one_that_is_not_does(
    images, recipe, finished, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        callbacks.Diagnose, "on_epoch_end", lambda self, epoch, logs=None: None
    )
    run = pk.train(
        tiny_gan(),
        images,
        run_dir=tmp_path,
        recipe=recipe,
        tick_kimg=0.016,
        verbose=False,
    )
    assert "drift" not in run.records()[-1]
    assert_same_state(run, finished)


def test_a_resumed_run_measures_what_an_undisturbed_one_does(
    images, recipe, finished, tmp_path
):
    settings = {"run_dir": tmp_path, "recipe": recipe, "tick_kimg": 0.016}
    settings["verbose"] = False
    pk.train(tiny_gan(), images, callbacks=[StopAt(3)], **settings)
    run = pk.train(tiny_gan(), images, **settings)
    records = run.records()
    assert len(records) == 6
    for ours, theirs in zip(records, finished.records(), strict=True):
        for name in (*SCALARS, "rms"):
            assert ours[name] == theirs[name]


def test_nothing_of_a_stage_stays_when_it_is_left(images, tmp_path):
    gan = tiny_gan()
    gan.compile()
    options = {"network": {"resolution": 8}, "data": {}, "training": {}}
    diagnose = callbacks.Diagnose(new_run(tmp_path, "x", options), images)
    diagnose.set_model(gan)
    layer = gan.discriminators[0].straight.get_layer("4x4_conv")
    nodes = len(layer._inbound_nodes) + len(layer._outbound_nodes)
    logs = dict.fromkeys(("kimg", "alpha", "d_loss", "g_loss"), 1.0)
    logs |= dict.fromkeys(("penalty", "d_real", "d_fake"), 0.0)
    probes = []
    for stage in (AT_4, FADE):
        gan.enter_stage(stage)
        for tick in range(2):
            diagnose.on_epoch_end(tick, dict(logs))
            probes.append(weakref.ref(diagnose._probe))
    assert probes[2]() is probes[3]() is not None
    gc.collect()
    assert probes[0]() is None
    assert len(layer._inbound_nodes) + len(layer._outbound_nodes) == nodes
