"""The networks of official pickles compute here what they did there."""

import logging
import pickle
import struct

import numpy as np
import official
import pytest
from official import Network, Snapshot, assert_close
from plain_networks import PlainDiscriminator, PlainGenerator

import progan_keras as pk
from progan_keras.interop import karras2018

VARIANTS = {
    "conditional": {"resolution": 16, "label_size": 3},
    "grey and unfused": {
        "resolution": 16,
        "num_channels": 1,
        "fused_scale": False,
    },
    "64x64": {"resolution": 64, "fmap_base": 128},
    "conditional, unfused, RGBA": {
        "label_size": 2,
        "fused_scale": False,
        "num_channels": 4,
    },
    "4x4": {"resolution": 4},
    "no equalized learning rate": {"use_wscale": False},
    "no pixel norm": {"use_pixelnorm": False},
    "pixel norm of half precision": {"pixelnorm_epsilon": 1e-2},
    "latents as they are": {"normalize_latents": False},
    "groups of 2": {"mbstd_group_size": 2},
    "groups of 1 are none": {"mbstd_group_size": 1},
    "no groups": {"mbstd_group_size": 0},
    "equal widths by decay": {"fmap_decay": 0.0, "fmap_base": 8},
    "settings of speed": {"structure": "linear", "dtype": "float16"},
}


def model_at(gan, family, lod):
    return gan.pair(gan.config.resolution >> int(lod), family).model(
        lod % 1 > 0
    )


def assert_generates(gan, family, plain, snapshot, lod):
    inputs = [snapshot.latents, snapshot.labels]
    if not gan.config.num_classes:
        inputs = snapshot.latents
    images = model_at(gan, family, lod)(inputs)
    images = official.enlarge(images, gan.config.resolution)
    expected = plain(snapshot.latents, snapshot.labels, lod)
    assert_close(images, official.to_nhwc(expected))


def assert_judges(gan, snapshot, lod):
    images = official.to_nhwc(snapshot.images)
    images = official.shrink(images, gan.config.resolution >> int(lod))
    outputs = model_at(gan, "discriminator", lod)(images)
    scores, logits = snapshot.d(snapshot.images, lod)
    if gan.config.num_classes:
        assert_close(outputs[1], logits)
        outputs = outputs[0]
    assert_close(outputs, scores)


@pytest.mark.parametrize("lod", [0.25, 1.75, 3])
def test_plain_networks_compute_what_the_official_code_did(lod):
    outputs = official.load_outputs()
    networks = karras2018._read_networks(official.PICKLE)
    for network, key in zip(networks, ("g", "d_scores", "gs"), strict=True):
        expected = outputs[f"{key}_{lod}"]
        if network.kind == "G":
            plain = PlainGenerator(network.stated, variables=network.arrays)
            ours = plain(outputs["latents"], outputs["labels"], lod)
        else:
            plain = PlainDiscriminator(network.stated, variables=network.arrays)
            ours, _ = plain(outputs["images"], lod)
        assert_close(ours, expected, 1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_networks_compute_what_they_did_in_the_paper_s_code(tmp_path, variant):
    snapshot = Snapshot(**VARIANTS[variant])
    gan = pk.interop.load_karras2018(snapshot.save(tmp_path))
    for lod in {"4x4": [0], "64x64": [0.75, 3]}.get(variant, [0, 0.25, 1]):
        gan.set_alpha(1.0 - lod % 1)
        assert_generates(gan, "generator", snapshot.g, snapshot, lod)
        assert_generates(gan, "ema_generator", snapshot.gs, snapshot, lod)
        assert_judges(gan, snapshot, lod)


@pytest.mark.parametrize(
    ("protocol", "module"),
    [(2, "core"), (3, "_core"), (4, "core"), (5, "core")],
)
def test_every_way_to_pickle_arrays_is_read(
    tmp_path, monkeypatch, protocol, module
):
    snapshot = Snapshot()
    arrays = snapshot.gs.variables
    # Fortran's order, a permuted one, swapped bytes, and not quite a number.
    name = "8x8/Conv1/weight"
    arrays[name] = np.asfortranarray(arrays[name])
    name = "4x4/Conv/weight"
    permuted = np.ascontiguousarray(arrays[name].transpose(2, 0, 3, 1))
    arrays[name] = permuted.transpose(1, 3, 0, 2)
    name = "4x4/Dense/weight"
    arrays[name] = arrays[name].astype(">f4")
    arrays["lod"] = np.array(0.0, "float32")
    multiarray, numeric = np._core.multiarray, np._core.numeric
    for function, home in (
        (multiarray._reconstruct, "multiarray"),
        (multiarray.scalar, "multiarray"),
        (numeric._frombuffer, "numeric"),
    ):
        monkeypatch.setattr(function, "__module__", f"numpy.{module}.{home}")
    path = snapshot.save(tmp_path, protocol=protocol)
    assert f"numpy.{module}.".encode() in path.read_bytes()

    gan = pk.interop.load_karras2018(path)
    assert_generates(gan, "ema_generator", snapshot.gs, snapshot, 0)


class Python2Pickler(pickle._Pickler):
    """Writes texts and bytes as Python 2 did: both as bytes."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_text(self, value):
        data = value.encode() if isinstance(value, str) else value
        size = struct.pack("<i", len(data))
        self.write(pickle.BINSTRING + size + data)
        self.memoize(value)

    dispatch[bytes] = dispatch[str] = save_text


def test_bytes_that_python_2_wrote_are_read(tmp_path):
    snapshot = Snapshot()
    path = tmp_path / "network.pkl"
    with path.open("wb") as file, official.module("tfutil", Network=Network):
        Python2Pickler(file, 2).dump(snapshot.networks())
    gan = pk.interop.load_karras2018(path)
    assert_generates(gan, "ema_generator", snapshot.gs, snapshot, 0)


def test_sizes_that_are_not_stated_are_those_of_the_arrays(tmp_path):
    snapshot = Snapshot(fused_scale=False, label_size=2)
    networks = snapshot.networks()
    for network in networks:
        network.state["static_kwargs"] = {}
    gan = pk.interop.load_karras2018(snapshot.save(tmp_path, networks))
    assert gan.config == pk.networks.NetworkConfig(
        resolution=8,
        num_channels=3,
        latent_dim=6,
        num_classes=2,
        fmap_base=32,
        fmap_max=8,
        fused_scale=False,
    )
    assert_judges(gan, snapshot, 0)


def test_a_generator_s_labels_are_what_its_latents_leave(tmp_path):
    snapshot = Snapshot(label_size=2)
    network = snapshot.network("Gs")
    del network.state["static_kwargs"]["label_size"]
    gan = pk.interop.load_karras2018(snapshot.save(tmp_path, network))
    assert gan.config.num_classes == 2
    assert_generates(gan, "ema_generator", snapshot.gs, snapshot, 0)


def test_half_precision_weights_are_read(tmp_path):
    snapshot = Snapshot()
    for name, array in snapshot.gs.variables.items():
        snapshot.gs.variables[name] = array.astype("float16")
    gan = pk.interop.load_karras2018(snapshot.save(tmp_path))
    assert_generates(gan, "ema_generator", snapshot.gs, snapshot, 0)


@pytest.mark.parametrize(
    ("lod", "resolution", "alpha"),
    [
        (0, 16, None),
        (0.25, 16, 0.75),
        (1, 8, None),
        (1.5, 8, 0.5),
        (2, 4, None),
    ],
)
def test_a_gan_stands_where_the_networks_stood(
    tmp_path, lod, resolution, alpha
):
    snapshot = Snapshot(lod=lod, resolution=16)
    gan = pk.interop.load_karras2018(snapshot.save(tmp_path))
    # A fade that was left starts again, from the resolution before.
    faded = alpha is not None
    assert gan.start_resolution == (resolution // 2 if faded else resolution)
    assert gan.images_seen == 0
    assert gan.alpha == (1.0 if alpha is None else alpha)
    expected = snapshot.gs(snapshot.latents, snapshot.labels, lod)
    images = np.asarray(gan(snapshot.latents))
    assert_close(official.enlarge(images, 16), official.to_nhwc(expected))
    pictures = gan.generate(latents=snapshot.latents)
    assert pictures.shape == (8, resolution, resolution, 3)


def test_a_network_alone_is_read_and_the_others_are_fresh(tmp_path, caplog):
    snapshot = Snapshot()
    path = snapshot.save(tmp_path, snapshot.network("Gs"))
    gan = pk.interop.load_karras2018(path)
    assert_generates(gan, "generator", snapshot.gs, snapshot, 0)
    assert_generates(gan, "ema_generator", snapshot.gs, snapshot, 0)
    assert "no discriminator" in caplog.text

    path = snapshot.save(tmp_path, [snapshot.network("D")])
    gan = pk.interop.load_karras2018(path)
    assert_judges(gan, snapshot, 0)
    assert "no generator" in caplog.text


def test_the_licence_is_told(tmp_path, caplog):
    path = Snapshot(resolution=4).save(tmp_path)
    with caplog.at_level(logging.INFO, "progan_keras"):
        gan = pk.interop.load_karras2018(path)
    assert "CC BY-NC 4.0" in caplog.text
    assert "CC BY-NC 4.0" in gan.notice


def test_training_goes_on_from_the_stage_reached(tmp_path):
    snapshot = Snapshot(lod=1.0, resolution=16)
    gan = pk.interop.load_karras2018(snapshot.save(tmp_path))
    gan.compile()
    schedule = pk.Schedule(
        16, start_resolution=gan.start_resolution, batch_size=4
    )
    gan.enter_stage(schedule.stages[0])
    logs = gan.train_step(np.zeros((4, 8, 8, 3), "uint8"))
    assert all(np.isfinite(value) for value in logs.values())
    assert gan.images_seen == 4
