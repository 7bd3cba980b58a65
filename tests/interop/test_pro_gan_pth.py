"""Files of pro_gan_pth: the same outputs, or one sentence that says why not.

`parity/` holds two files that pro_gan_pth 3.4 wrote, and what its networks
computed with these weights.
"""

import copy
import logging
import os
from pathlib import Path

import numpy as np
import pytest
import torch_writer

import progan_keras as pk
from progan_keras.interop.restricted_pickle import UnsafePickleError
from progan_keras.interop.torch_file import StoredTensor, load_torch_file

FOLDER = Path(__file__).parents[1] / "parity"
RGB, GREY = FOLDER / "pro_gan_pth_rgb16.bin", FOLDER / "pro_gan_pth_grey8.bin"
FAMILIES = {"generator": "generator", "shadow_generator": "ema_generator"}
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def rgb():
    return pk.interop.load_pro_gan_pth(RGB)


@pytest.fixture(scope="module")
def grey():
    return pk.interop.load_pro_gan_pth(GREY)


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING, "progan_keras")
    return caplog


@pytest.fixture(scope="module")
def contents():
    """What the smaller file holds, with arrays for tensors."""
    return with_arrays(load_torch_file(GREY))


@pytest.fixture
def saved(contents):
    """A copy of it to change."""
    return copy.deepcopy(contents)


def with_arrays(thing):
    if isinstance(thing, StoredTensor):
        return thing.read()
    if isinstance(thing, dict):
        return {key: with_arrays(value) for key, value in thing.items()}
    return thing


def load(saved, tmp_path, name="model.bin"):
    return pk.interop.load_pro_gan_pth(
        torch_writer.save(saved, tmp_path / name)
    )


def assert_refused(saved, tmp_path, *words):
    with pytest.raises(ValueError) as caught:
        load(saved, tmp_path)
    message = str(caught.value)
    assert "Received: " in message
    assert "\n" not in message
    for word in words:
        assert word in message


def assert_close(ours, theirs):
    """Largest difference, relative to the largest value."""
    ours = np.asarray(ours)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


def to_nhwc(images):
    return np.transpose(images, (0, 2, 3, 1))


def shrink(images, resolution):
    count, size, _, channels = images.shape
    box = size // resolution
    shape = count, resolution, box, resolution, box, channels
    return images.reshape(shape).mean(axis=(2, 4))


def recorded(stem, network):
    """Resolution, alpha, number of images and outputs of one network."""
    with np.load(FOLDER / f"{stem}_outputs.npz") as file:
        for key in file.files:
            if key in ("latents", "images"):
                continue
            name, depth, alpha = key.rsplit("_", 2)
            if name.rstrip("0123456789") == network:
                yield 2 ** int(depth), float(alpha), file[key]


def inputs(stem):
    with np.load(FOLDER / f"{stem}_outputs.npz") as file:
        return file["latents"], to_nhwc(file["images"])


@pytest.mark.parametrize(
    ("fixture", "stem", "network", "count"),
    [
        ("rgb", RGB.stem, "generator", 7),
        ("rgb", RGB.stem, "shadow_generator", 7),
        ("grey", GREY.stem, "generator", 4),
    ],
)
def test_images_are_those_of_pro_gan_pth(
    request, fixture, stem, network, count
):
    gan, (latents, _) = request.getfixturevalue(fixture), inputs(stem)
    compared = 0
    for resolution, alpha, expected in recorded(stem, network):
        gan.set_alpha(alpha)
        pair = gan.pair(resolution, FAMILIES[network])
        images = pair.model(fade_in=resolution > 4)(latents)
        assert_close(images, to_nhwc(expected))
        if alpha == 1.0:
            assert_close(pair.straight(latents), to_nhwc(expected))
        compared += 1
    assert compared == count


@pytest.mark.parametrize(
    ("fixture", "stem", "count"),
    [("rgb", RGB.stem, 14), ("grey", GREY.stem, 8)],
)
def test_scores_are_those_of_pro_gan_pth(request, fixture, stem, count):
    gan, (_, images) = request.getfixturevalue(fixture), inputs(stem)
    compared = 0
    for resolution, alpha, expected in recorded(stem, "scores"):
        gan.set_alpha(alpha)
        model = gan.pair(resolution, "discriminator").model(resolution > 4)
        batch = shrink(images[: len(expected)], resolution)
        assert_close(model(batch), expected[:, None])
        compared += 1
    assert compared == count


def test_the_pictures_come_from_the_average(rgb):
    latents, _ = inputs(RGB.stem)
    images = rgb.pair(16).straight(latents).numpy()
    pictures = rgb.generate(latents=latents).astype(float)
    assert np.abs(pictures - (images * 127.5 + 127.5).clip(0, 255)).max() < 1


@pytest.mark.parametrize(
    ("family", "ours", "theirs", "factor"),
    [
        ("generator", "4x4_dense", "layers.0.conv_1", 4.0),
        ("generator", "4x4_conv", "layers.0.conv_2", 1.0),
        ("generator", "8x8_conv0_up", "layers.1.conv_1", 1.0),
        ("generator", "4x4_to_rgb", "rgb_converters.0", 2**0.5),
        ("discriminator", "16x16_from_rgb", "from_rgb.0.0", 1.0),
        ("discriminator", "8x8_conv1_down", "layers.1.conv_2", 1.0),
        ("discriminator", "4x4_dense0", "layers.2.conv_2", 1.0),
        ("discriminator", "4x4_dense1", "layers.2.conv_3", 2**0.5),
    ],
)
def test_weights_are_the_files_but_for_the_gain_of_three_layers(
    rgb, family, ours, theirs, factor
):
    pair = rgb.pair(int(ours.split("x")[0]), family)
    kernel = pair.straight.get_layer(ours).kernel.numpy()
    saved = load_torch_file(RGB)[family]["state_dict"][f"{theirs}.weight"]
    expected = factor * np.sort(saved.read(), axis=None)
    np.testing.assert_allclose(np.sort(kernel, axis=None), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("4x4_dense", "layers.0.conv_1"), ("4x4_to_rgb", "rgb_converters.0")],
)
def test_weights_without_equalized_learning_rate_are_the_files(
    grey, ours, theirs
):
    assert not grey.config.architecture.equalized
    kernel = grey.pair(4).straight.get_layer(ours).kernel.numpy()
    saved = load_torch_file(GREY)["generator"]["state_dict"]
    expected = np.sort(saved[f"{theirs}.weight"].read(), axis=None)
    np.testing.assert_array_equal(np.sort(kernel, axis=None), expected)


def test_training_would_go_on_at_the_last_resolution(rgb):
    assert rgb.start_resolution == 16
    assert rgb.stage is None
    assert "licence of whoever trained them" in rgb.notice


def test_the_name_tells_of_training_that_was_not_finished(
    saved, tmp_path, warnings
):
    gan = load(saved, tmp_path, "depth_2_epoch_7.bin")
    assert gan.stage.resolution == gan.start_resolution == 4
    assert gan.generate(2).shape == (2, 4, 4, 1)
    assert "4x4" in warnings.text


@pytest.mark.parametrize("name", ["depth_3_epoch_7.bin", "depth_1_epoch_0.bin"])
def test_other_names_tell_nothing(saved, tmp_path, warnings, name):
    gan = load(saved, tmp_path, name)
    assert gan.stage is None
    assert gan.start_resolution == 8
    assert [record.getMessage() for record in warnings.records] == [gan.notice]


@pytest.mark.parametrize("name", ["generator", "shadow_generator"])
def test_one_generator_alone_is_both_and_a_warning_says_so(
    saved, tmp_path, warnings, name, grey
):
    gan = load({name: saved["generator"]}, tmp_path)
    latents, _ = inputs(GREY.stem)
    expected = grey.pair(8, "generator").straight(latents)
    for family in ("generator", "ema_generator"):
        images = gan.pair(8, family).straight(latents)
        np.testing.assert_array_equal(images, expected)
    assert "no discriminator" in warnings.text


def test_a_conditional_discriminator_is_left_out_with_a_warning(
    saved, tmp_path, warnings, grey
):
    network = saved["discriminator"]
    network["conf"]["num_classes"] = 2
    embedding = np.ones((2, 6), "float32")
    network["state_dict"]["layers.1.label_embedder.weight"] = embedding
    gan = load(saved, tmp_path)
    latents, _ = inputs(GREY.stem)
    expected = grey.pair(8, "generator").straight(latents)
    images = gan.pair(8, "generator").straight(latents)
    np.testing.assert_array_equal(images, expected)
    assert "conditional" in warnings.text


def test_the_state_of_the_optimizers_is_not_read(tmp_path):
    moment = load_torch_file(RGB)["gen_optim"]["state"][0]["exp_avg"].read()
    damaged = tmp_path / "model.bin"
    data = RGB.read_bytes()
    damaged.write_bytes(data.replace(moment.tobytes(), bytes(moment.nbytes)))
    state = load_torch_file(damaged)["gen_optim"]["state"][0]
    with pytest.raises(ValueError):
        state["exp_avg"].read()
    assert pk.interop.load_pro_gan_pth(damaged).config.resolution == 16


def test_half_precision_is_read_as_float32(saved, tmp_path, grey):
    for network in saved.values():
        for name, array in network["state_dict"].items():
            network["state_dict"][name] = array.astype("float16")
    gan = load(saved, tmp_path)
    kernel = gan.pair(8, "generator").straight.get_layer("8x8_conv1").kernel
    full = grey.pair(8, "generator").straight.get_layer("8x8_conv1").kernel
    np.testing.assert_allclose(kernel, full, rtol=1e-3, atol=1e-6)


def test_a_discriminator_may_be_equalized_alone(saved, tmp_path, grey):
    conf = saved["discriminator"]["conf"]
    conf["use_eql"] = True
    for name, array in saved["discriminator"]["state_dict"].items():
        if name.endswith("weight"):
            array /= np.sqrt(2.0 / array[0].size)
    _, images = inputs(GREY.stem)
    expected = grey.pair(8, "discriminator").straight(images).numpy()
    gan = load(saved, tmp_path)
    scores = gan.pair(8, "discriminator").straight(images)
    assert_close(scores, expected)


@pytest.mark.parametrize(
    "thing", [None, [1], {}, {"discriminator": {}}, {"epoch": 3}]
)
def test_a_file_without_generator_is_told(tmp_path, thing):
    assert_refused(thing, tmp_path, "generator", "model.bin")


@pytest.mark.parametrize("network", ["generator", "discriminator"])
@pytest.mark.parametrize("part", ["conf", "state_dict"])
@pytest.mark.parametrize("value", [None, 3, "missing"])
def test_half_a_network_is_told(saved, tmp_path, network, part, value):
    saved[network][part] = value
    if value == "missing":
        del saved[network][part]
    assert_refused(saved, tmp_path, f"{network} without {part}")


@pytest.mark.parametrize("network", ["generator", "discriminator"])
@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("depth", [None, True, "3", 3.0, 1, 11, 10**5000, [3]]),
        ("num_channels", [None, 0, -3]),
        ("latent_size", [None, 0, 2**40]),
        ("use_eql", [None, 1, "yes"]),
    ],
)
def test_a_setting_that_is_none_is_told(saved, tmp_path, network, key, values):
    for value in values:
        saved[network]["conf"][key] = value
        assert_refused(saved, tmp_path, f"{network}.conf without such a {key}")
    del saved[network]["conf"][key]
    assert_refused(saved, tmp_path, f"{network}.conf without such a {key}")


@pytest.mark.parametrize("network", ["generator", "discriminator"])
@pytest.mark.parametrize("key", ["depth", "num_channels", "latent_size"])
def test_settings_that_the_weights_deny_are_told(saved, tmp_path, network, key):
    saved[network]["conf"][key] += 1
    assert_refused(saved, tmp_path, network)


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_a_missing_weight_and_one_too_many_are_told(saved, tmp_path, network):
    tensors = saved[network]["state_dict"]
    name = "layers.0.conv_2.bias"
    kept = tensors.pop(name)
    assert_refused(saved, tmp_path, network, name)
    tensors[name] = kept
    tensors["layers.0.conv_9.bias"] = kept
    assert_refused(saved, tmp_path, network, "layers.0.conv_9.bias")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layers.1.conv_2.weight", np.ones((4, 4, 9, 1), "float32")),
        ("layers.1.conv_2.weight", np.ones((4, 36), "float32")),
        ("layers.1.conv_2.bias", np.ones(5, "float32")),
        ("layers.1.conv_2.bias", "no tensor"),
        ("rgb_converters.1.weight", np.ones((1, 5, 1, 1), "float32")),
        ("rgb_converters.1.weight", np.ones((), "float32")),
    ],
)
def test_a_weight_of_another_shape_is_told(saved, tmp_path, name, value):
    saved["generator"]["state_dict"][name] = value
    assert_refused(saved, tmp_path, "shape")


@pytest.mark.parametrize(
    ("network", "name"),
    [
        ("generator", "rgb_converters.0.weight"),
        ("discriminator", "from_rgb.1.0.bias"),
    ],
)
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_weights_that_are_no_numbers_are_told(
    saved, tmp_path, network, name, value
):
    tensors = saved[network]["state_dict"]
    tensors[name] = tensors[name].astype("float64")
    tensors[name].flat[1] = value
    assert_refused(saved, tmp_path, "NaN", f"{network}.{name}")


def test_networks_of_two_kinds_are_told(saved, tmp_path):
    other = with_arrays(load_torch_file(RGB))
    mixed = {**saved, "discriminator": other["discriminator"]}
    assert_refused(mixed, tmp_path, "discriminator.depth=4")
    mixed = {**saved, "shadow_generator": other["generator"]}
    assert_refused(mixed, tmp_path, "shadow_generator.depth=4")


def test_widths_that_grow_with_the_resolution_are_told(saved, tmp_path):
    tensors = saved["generator"]["state_dict"]
    for name, shape in {
        "layers.1.conv_1.weight": (9, 8, 3, 3),
        "layers.1.conv_1.bias": (9,),
        "layers.1.conv_2.weight": (9, 9, 3, 3),
        "layers.1.conv_2.bias": (9,),
        "rgb_converters.1.weight": (1, 9, 1, 1),
    }.items():
        tensors[name] = np.ones(shape, "float32")
    del saved["discriminator"]
    assert_refused(saved, tmp_path, "(8, 9)")


def test_colours_that_this_package_does_not_have_are_told(saved, tmp_path):
    tensors = saved["generator"]["state_dict"]
    for index in (0, 1):
        shape = (2, *tensors[f"rgb_converters.{index}.weight"].shape[1:])
        tensors[f"rgb_converters.{index}.weight"] = np.ones(shape, "float32")
        tensors[f"rgb_converters.{index}.bias"] = np.ones(2, "float32")
    saved["generator"]["conf"]["num_channels"] = 2
    del saved["discriminator"]
    assert_refused(saved, tmp_path, "num_channels=2")


class Command:
    """Runs a command where it is unpickled."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.system, (f"touch {self.file}",)


def test_nothing_is_run_not_even_from_the_optimizers(saved, tmp_path):
    trace = tmp_path / "trace"
    saved["gen_optim"] = {"state": {0: {"step": Command(trace)}}}
    with pytest.raises(UnsafePickleError):
        load(saved, tmp_path)
    assert not trace.exists()
