"""The folder of a web export: complete, licensed, asking nobody else."""

import gzip
import hashlib
import json
import re
import urllib.error
import urllib.request
from threading import Thread

import numpy as np
import onnxruntime
import pytest
from gan_checks import randomize, tiny

import progan_keras as pk
from progan_keras.export.web_server import make_server


@pytest.fixture(scope="module")
def gan():
    return randomize(tiny(16))


@pytest.fixture(scope="module")
def folder(gan, tmp_path_factory):
    return gan.export(tmp_path_factory.mktemp("web") / "page", format="web")


def session(folder):
    return onnxruntime.InferenceSession(folder / "generator.onnx")


def test_one_file_has_an_output_for_each_resolution(gan, folder):
    latents = pk.latents.sample(3, 8, seed=5)
    names = ["images_4x4", "images_8x8", "images"]
    found = session(folder).run(names, {"latents": latents})
    for side, images in zip((4, 8, 16), found, strict=True):
        expected = gan.pair(side).straight(latents)
        np.testing.assert_allclose(images, expected, atol=1e-4)


def test_what_the_resolutions_share_is_stored_once(gan, folder, tmp_path):
    alone = gan.export(tmp_path / "generator.onnx", format="onnx")
    size = (folder / "generator.onnx").stat().st_size
    assert size < 1.5 * alone.stat().st_size


def test_in_mid_fade_the_last_one_is_faded(tmp_path):
    gan = randomize(tiny(8))
    gan.enter_stage(pk.Stage(8, fade_in=True))
    gan.set_alpha(0.3)
    folder = gan.export(tmp_path / "web", format="web")
    latents = pk.latents.sample(2, 8)
    small, large = session(folder).run(
        ["images_4x4", "images"], {"latents": latents}
    )
    np.testing.assert_allclose(large, gan.call(latents), atol=1e-4)
    np.testing.assert_allclose(small, gan.pair(4).straight(latents), atol=1e-4)


def test_a_generator_of_4x4_has_nothing_to_grow_from(tmp_path):
    gan = randomize(tiny(4))
    folder = gan.export(tmp_path / "web", format="web")
    outputs = session(folder).get_outputs()
    assert [output.name for output in outputs] == ["images"]


def test_the_page_is_told_about_the_generator(tmp_path):
    gan = tiny(num_classes=2)
    gan.class_names = ["Kätzchen", "</script>"]
    gan.notice = "For “research” only."
    folder = gan.export(tmp_path / "web", format="web")
    facts = json.loads((folder / "model.json").read_text("utf-8"))
    assert facts == {
        "progan_keras": pk.__version__,
        "resolution": 8,
        "latent_dim": 8,
        "class_names": ["Kätzchen", "</script>"],
        "notice": "For “research” only.",
        "centre": gan.centre.tolist(),
    }


def test_the_runtime_comes_with_its_licences(folder):
    licence = (folder / "onnxruntime" / "LICENSE.txt").read_text()
    assert "MIT License" in licence
    assert "Microsoft" in licence
    notices = (folder / "onnxruntime" / "ThirdPartyNotices.txt").read_text(
        encoding="utf-8"
    )
    for part in ("Eigen", "protobuf", "abseil", "flatbuffers"):
        assert part.lower() in notices.lower()
    page = (folder / "index.html").read_text()
    for link in re.findall(r'href="(onnxruntime/[^"]*)"', page):
        assert (folder / link).is_file()
    assert page.count('href="onnxruntime/') == 2


def test_the_page_asks_no_other_host_for_anything(folder):
    ours = [*folder.glob("*.html"), *folder.glob("*.css"), *folder.glob("*.js")]
    assert len(ours) == 5
    for path in ours:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?i)\bhttps?:|\bwss?:|['\"(]//", text), path
    policy = (folder / "index.html").read_text()
    assert "default-src 'none'" in policy


def test_every_file_that_the_page_names_is_there(folder):
    text = "".join(
        path.read_text(encoding="utf-8")
        for pattern in ("*.html", "*.js")
        for path in folder.glob(pattern)
    )
    text = text.replace("${WASM}", "ort-wasm-simd.wasm")
    pattern = r"""["'`]([\w./-]+\.(?:js|css|json|onnx|gz|txt))["'`]"""
    named = set(re.findall(pattern, text))
    assert len(named) >= 9
    for name in named:
        assert (folder / name).is_file(), name


def test_the_folder_has_only_what_is_needed(folder):
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    assert size < 5e6


# Of the files in npm's onnxruntime-web 1.18.0.
PUBLISHED = {
    "ort.wasm-core.min.js": (
        "9f26054b7e08ff6e04a4320232c846c7900a93ecd50ada560281b00bfc4d730c"
    ),
    "ort-wasm-simd.wasm.gz": (
        "f533b5f21790563d7556c611c3835ac65848ee326da2689aac54ed7d9cc8c6a4"
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_runtime_is_the_published_one(folder, name):
    data = (folder / "onnxruntime" / name).read_bytes()
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    assert hashlib.sha256(data).hexdigest() == PUBLISHED[name]


def test_a_web_folder_is_replaced_only_if_nothing_else_is_in_it(gan, tmp_path):
    folder = gan.export(tmp_path / "web", format="web")
    with pytest.raises(FileExistsError, match="exists already"):
        gan.export(folder, format="web")
    gan.export(folder, format="web", overwrite=True)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="other things"):
        gan.export(folder, format="web", overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_site_of_others_is_not_taken_for_an_export(gan, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("mine")
    with pytest.raises(FileExistsError, match="other things"):
        gan.export(site, format="web", overwrite=True)
    assert (site / "index.html").read_text() == "mine"


@pytest.fixture
def address(folder):
    with make_server(folder, 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_server_sends_the_files_as_what_they_are(folder, address):
    for name, kind in {
        "": "text/html",
        "page.js": "text/javascript",
        "style.css": "text/css",
        "model.json": "application/json",
        "generator.onnx": "application/octet-stream",
        "onnxruntime/LICENSE.txt": "text/plain",
    }.items():
        with urllib.request.urlopen(address + name) as reply:
            assert reply.headers["Content-Type"] == kind
            assert reply.headers["Cache-Control"] == "no-cache"
            sent = reply.read()
        assert sent == (folder / (name or "index.html")).read_bytes()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address + "../other.txt")


def test_the_server_listens_to_this_machine_only(tmp_path):
    with make_server(tmp_path, 0) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_told_and_without_one_the_next_is_used(tmp_path):
    with make_server(tmp_path) as server:
        taken = server.server_port
        with make_server(tmp_path) as other:
            assert other.server_port > taken
        with pytest.raises(OSError, match=f"port {taken} .*port={taken}"):
            make_server(tmp_path, taken)
    for port in (-1, 65536):
        with pytest.raises(ValueError, match=f"port={port}"):
            make_server(tmp_path, port)
