"""Exports in environments that hold their runtime and nothing else.

    make test-exports

It installs from PyPI, some 3 GB in a temporary folder, and so is not one of
the ordinary tests. PROGAN_KERAS_PRESETS may name more folders of presets,
separated as in PATH.
"""

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from gan_checks import randomize, tiny
from packaging.requirements import Requirement
from shipped import PRESETS, exported

import progan_keras as pk
from progan_keras.export import difference

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "PROGAN_KERAS_TEST_EXPORTS" not in os.environ,
        reason="installs from PyPI; make test-exports",
    ),
]
MORE = os.environ.get("PROGAN_KERAS_PRESETS", "").split(os.pathsep)
CASES = [*PRESETS, *(Path(path) for path in MORE if path), None]


@dataclasses.dataclass(frozen=True)
class Runtime:
    """What an environment holds.

    Attributes:
        format: String, what it runs.
        packages: Tuple of strings, names in requirements.txt.
        more: Tuple of strings, further arguments of `pip install`.
        backend: String, of Keras, which takes this package besides.
        absent: Tuple of strings, modules that must not be there.
    """

    format: str
    packages: tuple = ()
    more: tuple = ()
    backend: str = ""
    absent: tuple = ("tensorflow", "progan_keras")


RUNTIMES = {
    "TensorFlow": Runtime(
        "saved_model",
        ("tensorflow-cpu", "tensorflow"),
        absent=("progan_keras",),
    ),
    "LiteRT": Runtime("litert", ("ai-edge-litert",)),
    "onnxruntime": Runtime("onnx", ("onnxruntime",)),
    "Keras on JAX": Runtime(
        "keras", ("keras",), ("jax",), "jax", ("tensorflow", "torch")
    ),
    "Keras on PyTorch": Runtime(
        "keras",
        ("keras",),
        ("-r", str(ROOT / "benchmarks" / "requirements.txt")),
        "torch",
        ("tensorflow", "jax"),
    ),
}


@pytest.fixture(scope="module", params=RUNTIMES)
def environment(request):
    """The name of a runtime, and the Python of an environment with it."""
    runtime = RUNTIMES[request.param]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        programs = "Scripts" if os.name == "nt" else "bin"
        python = Path(folder, programs, "python")
        install(python, *bounded(runtime.packages), *runtime.more)
        if runtime.backend:
            install(python, "--no-deps", copy_of_project(Path(folder, "copy")))
        yield request.param, python


def copy_of_project(folder):
    """What is needed to install it, where building it leaves nothing."""
    shutil.copytree(ROOT / "progan_keras", folder / "progan_keras")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return str(folder)


def bounded(names):
    """The lines of requirements.txt that are about these packages here."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    bare = (line.split("#")[0].strip() for line in lines)
    found = [Requirement(line) for line in bare if line]
    return [
        f"{one.name}{one.specifier}"
        for one in found
        if one.name in names and (not one.marker or one.marker.evaluate())
    ]


def install(python, *arguments):
    subprocess.run(
        [python, "-I", "-m", "pip", "install", "--no-compile", *arguments],
        stdout=subprocess.DEVNULL,
        check=True,
    )


@pytest.fixture(scope="module", params=CASES, ids=lambda x: x and x.name)
def case(request, tmp_path_factory):
    """A preset's folder, its GAN, and a folder for exports.

    The one without a folder is untrained, and has what presets may lack.
    """
    if request.param:
        gan = pk.ProGAN.from_preset(request.param)
    else:
        switches = {"generator_norm": "batch", "attention_resolution": 8}
        gan = randomize(tiny(num_classes=3, architecture=switches))
    return request.param, gan, tmp_path_factory.mktemp("exports")


def test_each_export_gives_the_same_images_by_its_runtime_alone(
    environment, case, monkeypatch
):
    name, python = environment
    runtime, (preset, gan, folder) = RUNTIMES[name], case
    for module in runtime.absent:
        code = f"import importlib.util as u; assert not u.find_spec({module!r})"
        subprocess.run([python, "-I", "-c", code], check=True)
    path = exported(preset, gan, runtime.format, folder)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", runtime.backend or "tensorflow")
    apart = difference(gan, path, runtime.format, count=16, python=python)
    print(f"\n{preset.name if preset else 'with classes'}, {name}: {apart:.1e}")
    assert apart < 1e-4
