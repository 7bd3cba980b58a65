import keras
import pytest

from progan_keras.networks import NetworkConfig


@pytest.mark.parametrize(
    ("fmap_base", "fmap_max", "channels"),
    [
        (8192, 512, [512, 512, 512, 512, 256, 128, 64, 32, 16]),
        (4096, 128, [128, 128, 128, 128]),
        (2048, 512, [512, 512, 256, 128, 64, 32]),
    ],
    ids=["CelebA-HQ and LSUN", "CIFAR-10", "ablation"],
)
def test_channels_are_those_of_the_paper(fmap_base, fmap_max, channels):
    config = NetworkConfig(
        4 * 2 ** (len(channels) - 1), fmap_base=fmap_base, fmap_max=fmap_max
    )
    assert [config.channels(r) for r in config.resolutions] == channels


def test_resolutions_double_from_4():
    assert NetworkConfig(4).resolutions == (4,)
    assert NetworkConfig(64).resolutions == (4, 8, 16, 32, 64)


def test_at_1024_the_default_sizes_are_the_papers():
    config = NetworkConfig(1024)
    sizes = (config.fmap_base, config.fmap_max, config.latent_dim)
    assert sizes == (8192, 512, 512)


def test_the_latent_is_as_long_as_the_widest_layer():
    assert NetworkConfig(32, fmap_max=128).latent_dim == 128
    assert NetworkConfig(32, fmap_max=128, latent_dim=7).latent_dim == 7


def test_there_is_always_a_feature_map():
    assert NetworkConfig(64, fmap_base=4, fmap_max=4).channels(64) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resolution", 0),
        ("resolution", 2),
        ("resolution", 12),
        ("resolution", 2048),
        ("resolution", 8.0),
        ("resolution", "8"),
        ("resolution", [8]),
        ("resolution", None),
        ("num_channels", 0),
        ("num_channels", 2),
        ("num_channels", 3.0),
        ("num_channels", True),
        ("num_channels", None),
        ("latent_dim", 0),
        ("latent_dim", 8.5),
        ("fmap_base", -1),
        ("fmap_base", "8192"),
        ("fmap_max", True),
        ("fmap_max", 0),
        ("seed", True),
        ("seed", 0.5),
        ("seed", None),
        ("precision", "float16"),
        ("precision", 16),
    ],
)
def test_a_bad_size_is_refused_by_name_and_value(name, value):
    with pytest.raises(ValueError) as error:
        NetworkConfig(**{name: value})
    assert f"{name}={value!r}" in str(error.value)


def test_the_precision_is_that_of_keras_unless_it_is_given():
    assert NetworkConfig(8).precision == "float32"
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert NetworkConfig(8).precision == "mixed_bfloat16"
        assert NetworkConfig(8, precision="float32").precision == "float32"
    finally:
        keras.config.set_dtype_policy("float32")


def test_a_policy_to_train_in_that_is_unknown_is_refused():
    keras.config.set_dtype_policy("float16")
    try:
        with pytest.raises(ValueError, match="precision='float16'$"):
            NetworkConfig(8)
    finally:
        keras.config.set_dtype_policy("float32")
