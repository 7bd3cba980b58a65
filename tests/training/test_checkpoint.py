"""Checkpoints hold everything, of every kind of network."""

import numpy as np
import pytest
from gan_checks import FADE, assert_equal, images, step, tiny, tiny_in, weights

from progan_keras.training import checkpoint

NETWORKS = {
    "AC-GAN, batch and layer norm, attention": {
        "num_classes": 2,
        "architecture": {
            "generator_norm": "batch",
            "discriminator_norm": "layer",
            "attention_resolution": 8,
        },
    },
    "projection, minibatch discrimination": {
        "num_classes": 2,
        "architecture": {
            "conditioning": "projection",
            "minibatch": "discrimination",
        },
    },
}
LABELS = [0, 1, 1, 0]
SETTINGS = {"loss": "non_saturating"}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_a_restored_gan_goes_on_bitwise_as_the_first_one(network, tmp_path):
    gan = tiny_in(FADE, SETTINGS, **network)
    step(gan, images(4, 8), LABELS)
    checkpoint.save(gan, tmp_path / "it.npz")
    meta, arrays = checkpoint.read(tmp_path / "it.npz")
    assert meta["stage"]["n_critic"] == 1

    again = tiny(seed=9, **network)
    checkpoint.restore_networks(again, arrays)
    assert_equal(weights(again), weights(gan))
    again = tiny(**network)
    again.compile(**SETTINGS)
    checkpoint.restore_networks(again, arrays)
    again.enter_stage(gan.stage)
    checkpoint.restore_optimizers(again, arrays)
    assert again.images_seen == gan.images_seen == 4
    for one in (gan, again):
        step(one, images(4, 8, seed=1), LABELS)
    assert_equal(weights(again), weights(gan))
    for family, optimizer in gan.optimizers.items():
        theirs = again.optimizers[family].variables
        for ours, other in zip(optimizer.variables, theirs, strict=True):
            np.testing.assert_array_equal(ours, other)


def test_networks_alone_start_at_zero(tmp_path):
    gan = tiny()
    gan.clock.assign(77)
    checkpoint.save_networks(gan, tmp_path / "networks.npz")
    meta, arrays = checkpoint.read(tmp_path / "networks.npz")
    assert "stage" not in meta
    again = tiny(seed=1)
    again.clock.assign(5)
    checkpoint.restore_networks(again, arrays)
    assert again.images_seen == 0
    assert_equal(weights(again), weights(gan))
    assert gan.images_seen == 77


@pytest.mark.parametrize(
    "other",
    [{"num_classes": 3}, {"architecture": {"generator_norm": "batch"}}],
    ids=str,
)
def test_weights_of_another_network_are_refused(other, tmp_path):
    checkpoint.save_networks(tiny(num_classes=2), tmp_path / "it.npz")
    _, arrays = checkpoint.read(tmp_path / "it.npz")
    with pytest.raises(checkpoint.CheckpointError, match="another network"):
        checkpoint.restore_networks(tiny(**other), arrays)


def test_alphas_are_not_kept_since_the_clock_decides_them(tmp_path):
    gan = tiny_in(FADE)
    checkpoint.save(gan, tmp_path / "it.npz")
    _, arrays = checkpoint.read(tmp_path / "it.npz")
    assert not any(name.endswith("alpha") for name in arrays)
