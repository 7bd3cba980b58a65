"""Every switch together with others: growing, training, saving."""

import keras
import numpy as np
import pytest
from gan_checks import (
    FADE,
    LATENT,
    assert_equal,
    images,
    randomize,
    step,
    tiny,
    weights,
)

import progan_keras as pk
from progan_keras.losses import NonSaturating, WassersteinGP

COUNT = 4
LABELS = np.arange(COUNT) % 3
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
NETWORKS = {
    "plain": {
        "architecture": {
            "equalized": False,
            "normalize_latents": False,
            "norm_after_dense": False,
            "minibatch": None,
        }
    },
    "no norm, attention at 4, discrimination": {
        "architecture": {
            "generator_norm": None,
            "attention_resolution": 4,
            "minibatch": "discrimination",
            "score_units": 3,
        }
    },
    "batch and layer norm, attention at 8, AC-GAN": {
        "num_classes": 3,
        "architecture": {
            "generator_norm": "batch",
            "discriminator_norm": "layer",
            "attention_resolution": 8,
            "group_size": None,
        },
    },
    "batch norm but for the dense layer, projection, unfused": {
        "num_classes": 3,
        "fused_scale": False,
        "architecture": {
            "generator_norm": "batch",
            "norm_after_dense": False,
            "conditioning": "projection",
            "attention_resolution": 8,
        },
    },
}


@pytest.fixture(scope="module", params=NETWORKS.values(), ids=NETWORKS)
def gan(request):
    """A GAN of 16x16 whose weights are all random."""
    return randomize(tiny(16, **request.param))


def generate(gan, family, resolution, fade_in):
    z = pk.latents.sample(COUNT, LATENT)
    model = gan.pair(resolution, family).model(fade_in)
    return model([z, ONE_HOT] if gan.config.num_classes else z).numpy()


def judge(gan, x, fade_in):
    """D's outputs on images, scores and logits side by side."""
    model = gan.pair(x.shape[1], "discriminator").model(fade_in)
    outputs = model([x, ONE_HOT] if gan.config.projection else x)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return np.concatenate(outputs, axis=-1)


@pytest.mark.parametrize("resolution", [8, 16])
@pytest.mark.parametrize("family", ["generator", "ema_generator"])
def test_a_fade_starts_at_the_old_image_and_ends_at_the_new(
    gan, family, resolution
):
    gan.set_alpha(0.0)
    old = generate(gan, family, resolution // 2, False)
    np.testing.assert_array_equal(
        generate(gan, family, resolution, True), old.repeat(2, 1).repeat(2, 2)
    )
    gan.set_alpha(1.0)
    new = generate(gan, family, resolution, False)
    np.testing.assert_array_equal(generate(gan, family, resolution, True), new)
    assert np.abs(new - old.repeat(2, 1).repeat(2, 2)).max() > 0.1


@pytest.mark.parametrize("resolution", [8, 16])
def test_a_fade_starts_at_the_old_verdict_and_ends_at_the_new(gan, resolution):
    x = images(COUNT, resolution) / np.float32(127.5) - 1
    gan.set_alpha(0.0)
    halved = pk.layers.BoxDownscale2D()(x).numpy()
    old = judge(gan, halved, False)
    np.testing.assert_array_equal(judge(gan, x, True), old)
    gan.set_alpha(1.0)
    new = judge(gan, x, False)
    np.testing.assert_array_equal(judge(gan, x, True), new)
    assert np.abs(new - old).max() > 0.01


def test_both_models_of_every_family_are_saved_and_loaded(gan, tmp_path):
    gan.set_alpha(0.25)
    pair = gan.pair(16)
    for number, model in enumerate((pair.straight, pair.fade_in)):
        path = tmp_path / f"{number}.keras"
        model.save(path)
        z = pk.latents.sample(COUNT, LATENT)
        inputs = [z, ONE_HOT] if gan.config.num_classes else z
        loaded = keras.models.load_model(path)
        np.testing.assert_array_equal(loaded(inputs), model(inputs))
    model = gan.pair(16, "discriminator").fade_in
    model.save(tmp_path / "discriminator.keras")
    loaded = keras.models.load_model(tmp_path / "discriminator.keras")
    x = images(COUNT, 16) / np.float32(127.5) - 1
    inputs = [x, ONE_HOT] if gan.config.projection else x
    for ours, theirs in zip(loaded(inputs), model(inputs), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_whole_gan_is_saved_and_loaded(gan, tmp_path):
    gan.clock.assign(123)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert type(loaded) is pk.ProGAN
    assert loaded.config == gan.config
    assert loaded.images_seen == 123
    assert_equal(weights(loaded), weights(gan))
    np.testing.assert_array_equal(loaded.generate(3), gan.generate(3))


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize(
    ("loss", "update"),
    [
        (WassersteinGP(), "alternating"),
        (NonSaturating(penalty_interval=1), "simultaneous"),
    ],
    ids=["WGAN-GP", "non-saturating"],
)
def test_every_layer_learns_and_stays_finite(network, loss, update):
    """Twice: attention's gamma starts at 0 and holds the others back."""
    gan = tiny(**network)
    gan.compile(loss=loss, update=update)
    gan.enter_stage(pk.Stage(8, fade_in=True, images=32, start=-8))
    before = weights(gan, "generator", "discriminator")
    data, labels = (
        images(COUNT, 8),
        LABELS if "num_classes" in network else None,
    )
    for _ in range(2):
        logs = step(gan, data, labels)
    assert np.isfinite(list(logs.values())).all()
    after = weights(gan)
    assert all(np.isfinite(value).all() for value in after.values())
    for name, value in before.items():
        assert (after[name] != value).any(), name


@pytest.mark.parametrize("fade_in", [False, True])
def test_statistics_of_a_batch_are_for_training_only(fade_in):
    """Pictures are made with the average's copy of the moving ones."""
    gan = tiny(architecture={"generator_norm": "batch"})
    gan.compile()
    gan.enter_stage(FADE if fade_in else pk.Stage(8, images=8))
    step(gan, images(COUNT, 8))
    names = [n for n in weights(gan) if n.endswith(("_mean", "_variance"))]
    values = weights(gan)
    assert len(names) == 2 * 2 * 4
    for name in names:
        start = 0.0 if name.endswith("_mean") else 1.0
        assert (values[name] != start).all()
    pictures = gan.generate(8)
    # Others in the batch do not matter, but for rounding.
    alone = gan.generate(1).astype(int)
    assert np.abs(alone - pictures[:1]).max() <= 1
    np.testing.assert_array_equal(gan.generate(8), pictures)
    assert_equal(weights(gan), values)
    norm = gan.pair(8).straight.get_layer("4x4_conv_norm")
    norm.moving_mean.assign(norm.moving_mean + 1.0)
    assert (gan.generate(8) != pictures).any()
