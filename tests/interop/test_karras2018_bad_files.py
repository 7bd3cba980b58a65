"""What is no official pickle gets one sentence, and nothing is run."""

import os
import pickle
import zipfile

import numpy as np
import official
import pytest
from official import Network, Snapshot

import progan_keras as pk

load = pk.interop.load_karras2018


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class Elsewhere:
    """Pickles as an object of a class of another project."""


@pytest.fixture(scope="module")
def snapshot():
    return Snapshot()


def refused(path, message, kind=ValueError):
    with pytest.raises(kind, match=message) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert "Received: " in str(caught.value)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("state", "posix.mkdir"),
        ("static_kwargs", "posix.mkdir"),
        ("variables", "posix.mkdir"),
        ("in place of the networks", "posix.mkdir"),
        ("beside the networks", "posix.mkdir"),
    ],
)
def test_code_in_a_pickle_is_not_run(tmp_path, snapshot, place, message):
    trap = tmp_path / "executed"
    call = Call(os.mkdir, str(trap))
    networks = list(snapshot.networks())
    if place == "state":
        networks[0].state["more"] = call
    elif place == "static_kwargs":
        networks[0].state["static_kwargs"]["resolution"] = call
    elif place == "variables":
        networks[0].state["variables"].append(("lod", call))
    elif place == "in place of the networks":
        networks = call
    else:
        networks.append(call)
    path = snapshot.save(tmp_path, networks)
    refused(path, message, pk.interop.restricted_pickle.UnsafePickleError)
    assert not trap.exists()
    with official.module("tfutil", Network=Network):
        pickle.loads(path.read_bytes())
    assert trap.exists()  # so it would have been run


def test_the_source_of_a_network_is_not_run(tmp_path, snapshot):
    trap = tmp_path / "executed"
    networks = snapshot.networks()
    for network in networks:
        network.state["build_module_src"] = f"open({str(trap)!r}, 'w')"
    load(snapshot.save(tmp_path, networks))
    assert not trap.exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"use_leakyrelu": False}, "use_leakyrelu=False"),
        ({"pixelnorm_epsilon": 0.0}, "pixelnorm_epsilon=0.0"),
        ({"fmap_decay": 2.0}, "fmap_decay=2.0"),
        ({"structure": "fixed"}, "structure='fixed'"),
        ({"dtype": "bfloat16"}, "dtype='bfloat16'"),
        ({"resolution": 12}, "resolution=12"),
        ({"resolution": 2048}, "resolution=2048"),
        ({"resolution": "8"}, "resolution='8'"),
        ({"resolution": 16}, "missing=.*16x16"),
        ({"num_channels": 2}, "num_channels=2"),
        ({"num_channels": 1}, r"shape=\(1, 1, 8, 3\)"),
        ({"latent_size": 7}, r"4x4/Dense/weight .* shape=\(6, 128\)"),
        ({"label_size": 1}, r"shape=\(6, 128\)"),
        ({"label_size": 10**9}, "128,000 million parameters"),
        ({"fmap_max": 16}, r"shape=\(6, 128\)"),
        ({"fused_scale": False}, "missing=.*8x8/Conv0/weight"),
        ({"mbstd_group_size": 0}, r"4x4/Conv/weight .* shape=\(3, 3, 9, 8\)"),
        ({"mbstd_group_size": None}, "mbstd_group_size=None"),
    ],
)
def test_settings_that_cannot_be_are_named(
    tmp_path, snapshot, settings, message
):
    networks = snapshot.networks()
    for network in networks:
        network.state["static_kwargs"].update(settings)
    refused(snapshot.save(tmp_path, networks), message)


def test_a_setting_that_changed_code_knows_is_refused(tmp_path, snapshot):
    network = snapshot.network("Gs")
    network.state["static_kwargs"]["tanh"] = True
    load(snapshot.save(tmp_path, network))  # the paper's code ignores it
    network.state["build_module_src"] = "def G_paper(tanh=False): ..."
    refused(snapshot.save(tmp_path, network), "'tanh'=True")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("version", 1, "version"),
        ("build_func_name", "G_style", "build_func_name='G_style'"),
        ("build_func_name", None, "build_func_name=None"),
        ("static_kwargs", None, "static_kwargs=None"),
        ("variables", None, "variables=None"),
        ("variables", [1, 2], "name and an array"),
        ("variables", [("lod", "four")], "str"),
        ("variables", [], "lod=None"),
    ],
)
def test_a_state_that_is_another_one_is_refused(
    tmp_path, snapshot, key, value, message
):
    network = snapshot.network("Gs")
    network.state[key] = value
    refused(snapshot.save(tmp_path, network), message)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("8x8/Conv1/bias", None, "missing=.'8x8/Conv1/bias'"),
        ("8x8/Conv2/bias", np.zeros(8, "float32"), "unknown=.'8x8/Conv2/bias'"),
        ("8x8/Conv1/bias", np.zeros(9, "float32"), r"shape=\(9,\)"),
        ("8x8/Conv1/bias", np.zeros(8, "int32"), "dtype=int32"),
        ("8x8/Conv1/bias", np.zeros(8, "complex64"), "<c8"),
        ("8x8/Conv1/bias", np.array([None] * 8), "numbers"),
        ("8x8/Conv1/bias", np.full(8, np.nan, "float32"), "finite"),
        ("8x8/Conv1/bias", "none", "str"),
        (
            "4x4/Dense/weight",
            np.float32(1.0),
            "Dense/weight is a single number",
        ),
        ("lod", np.float32(np.nan), "lod=.*nan"),
        ("lod", np.float32(-1), "lod=.*-1"),
        ("lod", np.zeros(2, "float32"), "lod="),
    ],
)
def test_arrays_that_do_not_fit_are_named(
    tmp_path, snapshot, name, value, message
):
    network = snapshot.network("Gs")
    variables = dict(network.state["variables"])
    variables[name] = value
    if value is None:
        del variables[name]
    network.state["variables"] = list(variables.items())
    refused(snapshot.save(tmp_path, network), message)


def test_networks_that_do_not_belong_together_are_refused(tmp_path, snapshot):
    grey = Snapshot(num_channels=1)
    networks = snapshot.network("G"), grey.network("D")
    refused(snapshot.save(tmp_path, networks), r"num_channels=\[1, 3\]")
    narrow = Snapshot(fmap_base=16, fmap_max=4)
    networks = snapshot.network("G"), narrow.network("D")
    refused(snapshot.save(tmp_path, networks), "feature maps")
    networks = [snapshot.network("D")] * 2
    refused(snapshot.save(tmp_path, networks), r"\['D', 'D'\]")


@pytest.mark.parametrize(
    ("module", "name", "message"),
    [
        ("dnnlib.tflib.network", "Network", "StyleGAN"),
        ("torch_utils.persistence", "_reconstruct", "StyleGAN2-ADA"),
        ("network", "Network", "Theano"),
        ("torch._utils", "_rebuild_tensor_v2", "PyTorch"),
        ("somebody", "Network", "somebody.Network"),
    ],
)
def test_pickles_of_other_projects_are_told(tmp_path, module, name, message):
    path = tmp_path / "network.pkl"
    kind = type(name, (), {"__module__": module, "__qualname__": name})
    with official.module(module, **{name: kind}):
        path.write_bytes(pickle.dumps((kind(), kind(), kind())))
    refused(path, message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"<!DOCTYPE html>", "web page"),
        (b"just some text", "something else"),
        (b"\x80", "damaged"),
        (b"\x80\x04.", "damaged"),
        (b"\x80\x63N.", "damaged"),
        (pickle.dumps({"G": 1}), "something else than networks"),
        (pickle.dumps(()), "generator"),
        (pickle.dumps(None), "something else than networks"),
    ],
)
def test_files_of_another_kind_are_told(tmp_path, data, message):
    path = tmp_path / "network.pkl"
    path.write_bytes(data)
    refused(path, message)


def test_a_torch_file_is_told(tmp_path):
    path = tmp_path / "network.pkl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", b"")
    refused(path, "load_pro_gan_pth")


def test_a_path_without_a_file_is_told(tmp_path):
    refused(tmp_path, "folder", OSError)
    refused(tmp_path / "absent.pkl", "no such file", OSError)


def test_a_truncated_file_is_damaged_wherever_it_ends(tmp_path, snapshot):
    path = snapshot.save(tmp_path)
    data = path.read_bytes()
    for size in [*range(1, 400), *range(400, len(data), 997)]:
        path.write_bytes(data[:size])
        refused(path, "damaged")


def test_changed_bytes_are_never_more_than_a_value_error(tmp_path, snapshot):
    path = snapshot.save(tmp_path)
    data, random = path.read_bytes(), np.random.default_rng(0)
    for _ in range(500):
        changed = bytearray(data)
        for place in random.integers(0, 900, size=3):
            changed[place] = random.integers(0, 256)
        path.write_bytes(changed)
        try:
            pk.interop.karras2018._read_networks(path)
        except ValueError as error:
            assert "\n" not in str(error)
