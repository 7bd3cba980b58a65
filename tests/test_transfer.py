"""A new GAN from trained weights: copied, grown, partly frozen."""

import hashlib

import numpy as np
import pytest
from gan_checks import (
    BATCH,
    FADE,
    assert_equal,
    changed,
    images,
    randomize,
    step,
    tiny,
    variables,
    weights,
)

import progan_keras as pk
from progan_keras import transfer

AT_8 = pk.Stage(8, images=100, batch_size=BATCH)


def trained(resolution=8, seed=1, **settings):
    """A GAN whose weights are all its own."""
    return randomize(tiny(resolution, **settings), seed)


@pytest.fixture(scope="module")
def source():
    source = trained(num_classes=2, architecture={"generator_norm": "batch"})
    source.class_names = ("cat", "dog")
    source.notice = "Not for sale."
    source.clock.assign(1234)
    source.enter_stage(AT_8)
    return source


@pytest.fixture(scope="module")
def branched(source):
    """What came out, and the source's weights from before."""
    before = weights(source)
    return source.branch(resolution=16), before


def is_of(name, resolution):
    return f"/{resolution}x{resolution}_" in name


# --------------------------------------------------------------- copying


def test_all_weights_are_copied_and_new_layers_are_new(source, branched):
    new, before = branched
    ours = weights(new)
    for name, value in before.items():
        np.testing.assert_array_equal(ours[name], value, err_msg=name)
    fresh = weights(tiny(16, **settings_of(source)))
    added = set(ours) - set(before)
    assert len(added) > 15
    assert all(is_of(name, 16) for name in added)
    for name in added:
        np.testing.assert_array_equal(ours[name], fresh[name], err_msg=name)


def settings_of(gan):
    config = gan.config
    return {
        "num_classes": config.num_classes,
        "architecture": config.architecture,
    }


def test_the_source_stays_as_it_is(source):
    before = weights(source)
    new = source.branch(resolution=16)
    new.compile()
    new.enter_stage(AT_8)
    step(new, images(BATCH, 8), np.arange(BATCH) % 2)
    assert changed(before, weights(new))
    assert_equal(weights(source), before)
    assert source.images_seen == 1234
    assert source.stage.resolution == 8
    assert source.origin is None


def test_a_branch_is_a_start_that_knows_where_it_came_from(source, branched):
    new, _ = branched
    assert new.images_seen == 0
    assert new.start_resolution == 8
    assert new.class_names == ("cat", "dog")
    assert new.notice == "Not for sale."
    assert new.frozen_below is None
    assert new.config.resolution == 16
    assert new.config.latent_dim == source.config.latent_dim
    assert new.config.architecture == source.config.architecture


def test_grown_by_nothing_it_is_the_same_gan():
    source = trained()
    new = source.branch()
    assert new.config == source.config
    assert_equal(weights(new), weights(source))
    np.testing.assert_array_equal(new.generate(3), source.generate(3))


def test_a_seed_is_of_the_new_layers_and_the_training():
    source = trained()
    new, other = (source.branch(16, seed=seed) for seed in (5, 6))
    assert new.config.seed == 5
    differ = changed(weights(new), weights(other))
    assert differ
    assert all(is_of(name, 16) for name in differ)


def test_what_was_not_reached_is_not_copied():
    source = trained(16)
    source.enter_stage(FADE)
    new = source.branch()
    assert new.start_resolution == 4  # before the fade that was left
    fresh, ours, theirs = weights(tiny(16)), weights(new), weights(source)
    for name, value in ours.items():
        expected = fresh if is_of(name, 16) else theirs
        np.testing.assert_array_equal(value, expected[name], err_msg=name)


def test_a_branch_may_be_smaller():
    source = trained(16)
    new = source.branch(8)
    assert new.start_resolution == 8
    np.testing.assert_array_equal(
        new.generate(3), source.generate(3, resolution=8)
    )


def test_grown_from_8_to_16_it_makes_the_same_pictures_at_8(source):
    new = source.branch(resolution=16)
    expected = source.generate(4, seed=2)
    np.testing.assert_array_equal(
        new.generate(4, seed=2, resolution=8), expected
    )
    new.enter_stage(pk.Stage(16, fade_in=True))
    np.testing.assert_array_equal(
        new.generate(4, seed=2), expected.repeat(2, 1).repeat(2, 2)
    )


@pytest.mark.parametrize("resolution", [12, 2, "16", 2048])
def test_a_resolution_that_cannot_be_grown_to_is_refused(source, resolution):
    with pytest.raises(ValueError, match=f"resolution={resolution!r}"):
        source.branch(resolution)


# ----------------------------------------------------------- fingerprint


def test_a_fingerprint_follows_from_all_weights_and_nothing_else():
    """Written out, so that it is the same in every process."""
    gan = tiny(8)
    names, digest = [], hashlib.sha256()
    for number, (name, variable) in enumerate(variables(gan).items()):
        value = np.full(variable.shape, number, "float32")
        variable.assign(value)
        digest.update(name.encode() + value.tobytes())
        names.append(name)
    expected = digest.hexdigest()[:16]
    assert transfer.fingerprint(gan) == expected == "d161bf30055fbd40"
    gan.set_alpha(0.5)
    gan.clock.assign(3)
    assert transfer.fingerprint(gan) == expected
    for name in names:
        variable = variables(gan)[name]
        old = variable.numpy()
        variable.assign(old + 1e-3)
        assert transfer.fingerprint(gan) != expected, name
        variable.assign(old)


def test_the_origin_is_the_fingerprint_of_what_was_copied():
    source = trained()
    origin = source.branch().origin
    assert origin == transfer.fingerprint(source)
    assert trained(seed=2).branch().origin != origin


# -------------------------------------------------------------- freezing


@pytest.fixture(scope="module")
def frozen():
    """A branch with 4x4 frozen, its start and its state two steps later."""
    source = trained(architecture={"generator_norm": "batch"})
    gan = source.branch(frozen_below=8)
    gan.compile(ema_decay=0.5)
    gan.enter_stage(AT_8)
    before = weights(gan)
    for seed in (0, 1):
        step(gan, images(BATCH, 8, seed))
    return source, gan, before


def frozen_names(names):
    return {
        name
        for name in names
        if is_of(name, 4) and not name.startswith("discriminator")
    }


def test_frozen_layers_stay_bitwise_and_all_others_learn(frozen):
    _, gan, before = frozen
    moved = changed(before, weights(gan))
    # Only what the straight 8x8 models use can learn in this stage.
    used = {
        f"{family}/{variable.path}"
        for family in gan.families
        for variable in gan.pair(8, family).straight.variables
    }
    assert moved == used - frozen_names(before)
    assert any(name.startswith("discriminator/4x4_conv") for name in moved)


def test_a_frozen_generator_starts_from_its_average(frozen):
    source, gan, before = frozen
    assert gan.frozen_below == 8
    average = weights(source, "ema_generator")
    for name, value in average.items():
        np.testing.assert_array_equal(before[name], value)
        generators = name.replace("ema_", "")
        np.testing.assert_array_equal(before[generators], value)


def test_the_average_of_frozen_layers_is_the_generators(frozen):
    _, gan, _ = frozen
    after = weights(gan)
    for name in frozen_names(after):
        if name.startswith("generator"):
            np.testing.assert_array_equal(after[name], after[f"ema_{name}"])


def test_optimizers_hold_what_is_trained_only(frozen):
    _, gan, _ = frozen
    for family, optimizer in gan.optimizers.items():
        model = gan.pair(8, family).straight
        trained = [
            v
            for v in model.variables
            if not v.path.endswith(("moving_mean", "moving_variance"))
            and (family == "discriminator" or not v.path.startswith("4x4"))
        ]
        held = optimizer.variables[2:]
        assert len(held) == 2 * len(trained)


def test_frozen_layers_of_the_discriminator_are_those_between():
    gan = trained(16).branch(frozen_below=16)
    model = gan.pair(16, "discriminator").straight
    trainable = {v.path.split("/")[0] for v in model.trainable_variables}
    assert trainable == {
        "16x16_from_rgb",
        "16x16_conv0",
        "16x16_conv1_down",
        "4x4_conv",
        "4x4_dense0",
        "4x4_dense1",
    }
    model = gan.pair(16, "generator").straight
    trainable = {v.path.split("/")[0] for v in model.trainable_variables}
    assert trainable == {"16x16_conv0_up", "16x16_conv1", "16x16_to_rgb"}


def test_attention_and_norms_freeze_with_their_resolution():
    switches = {"attention_resolution": 8, "discriminator_norm": "layer"}
    gan = trained(16, architecture=switches).branch(frozen_below=16)
    for family in ("generator", "discriminator"):
        for variable in gan.pair(16, family).straight.trainable_variables:
            assert not variable.path.startswith("8x8_"), variable.path


def test_frozen_below_4_trains_everything():
    gan = trained().branch(frozen_below=4)
    everything = tiny().pair(8, "generator").straight.trainable_variables
    model = gan.pair(8, "generator").straight
    assert len(model.trainable_variables) == len(everything)


@pytest.mark.parametrize("frozen_below", [16, 32])
def test_freezing_all_that_is_there_at_the_start_is_refused(frozen_below):
    """Also where growing on would add layers: it starts before that."""
    with pytest.raises(ValueError) as error:
        trained().branch(resolution=16, frozen_below=frozen_below)
    assert "starts at 8x8" in str(error.value)
    assert f"frozen_below={frozen_below}" in str(error.value)


@pytest.mark.parametrize("frozen_below", [0, 12, "8", True])
def test_a_freeze_at_no_resolution_is_refused(frozen_below):
    with pytest.raises(ValueError, match=f"resolution={frozen_below!r}"):
        trained().branch(frozen_below=frozen_below)


# ----------------------------------------------------------------- adopt


def test_adopted_weights_are_a_start():
    gan = trained(16)
    transfer.adopt(gan, 8, "CC BY")
    assert gan.start_resolution == 8
    assert gan.notice == "CC BY"
    assert gan.origin == transfer.fingerprint(gan)


def test_other_classes_start_afresh_and_the_rest_is_kept():
    old = trained(num_classes=2)
    new = old.branch(num_classes=5)
    assert new.config.num_classes == 5
    assert new.class_names == ("0", "1", "2", "3", "4")
    ours = transfer.weights(new.generators)
    theirs = transfer.weights(old.generators)
    known = old.config.latent_dim + 2
    np.testing.assert_array_equal(
        ours["4x4_dense/kernel"].numpy()[:known],
        theirs["4x4_dense/kernel"].numpy(),
    )
    assert ours["4x4_dense/kernel"].numpy()[known:].std() > 0
    np.testing.assert_array_equal(
        ours["8x8_conv1/kernel"].numpy(), theirs["8x8_conv1/kernel"].numpy()
    )
    fewer = new.branch(num_classes=2)
    assert_same_pictures(old, fewer)


def assert_same_pictures(one, other):
    np.testing.assert_array_equal(
        one.generate(4, labels=[0, 1, 0, 1]),
        other.generate(4, labels=[0, 1, 0, 1]),
    )


@pytest.mark.parametrize("names", ["ab", None, 2, ["a", "a"], ["a"]])
def test_every_class_has_a_name_of_its_own(names):
    gan = tiny(num_classes=2)
    with pytest.raises(ValueError, match="name of its own"):
        gan.class_names = names
