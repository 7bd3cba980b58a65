"""The project's own files agree with each other and with its promises."""

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:  # pytest brings this one along
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

TENSORFLOW = ("tensorflow", "tensorflow-cpu")


def requirements():
    """Return the lines of requirements.txt, parsed."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    bare = (line.split("#")[0].strip() for line in lines)
    return [Requirement(line) for line in bare if line]


@pytest.mark.parametrize(
    "module", ["progan_keras", "progan_keras.images", "progan_keras.timelapse"]
)
def test_import_waits_for_neither_tensorflow_nor_keras(module):
    code = (
        f"import sys, {module}; "
        "print(sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_every_licence_file_of_the_package_exists():
    for pattern in PROJECT["license-files"]:
        assert list(ROOT.glob(pattern)), pattern
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_requirements_include_the_dependencies_with_the_same_bounds():
    installed = {str(requirement) for requirement in requirements()}
    declared = [
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["cpu"],
    ]
    assert {str(Requirement(text)) for text in declared} <= installed


def test_every_requirement_has_an_upper_bound():
    for requirement in requirements():
        operators = {spec.operator for spec in requirement.specifier}
        assert operators & {"<", "<=", "==", "~="}, str(requirement)


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("win32", "AMD64", "tensorflow-cpu"),
        ("darwin", "arm64", "tensorflow"),
        ("linux", "aarch64", "tensorflow"),
    ],
)
def test_every_platform_gets_exactly_one_tensorflow(system, machine, expected):
    platform = {"sys_platform": system, "platform_machine": machine}
    chosen = [
        requirement.name
        for requirement in requirements()
        if requirement.name in TENSORFLOW
        and requirement.marker.evaluate(platform)
    ]
    assert chosen == [expected]


def test_gpu_extra_and_its_instructions_have_the_bounds_of_the_cpu():
    (gpu,) = PROJECT["optional-dependencies"]["gpu"]
    bounds = {
        requirement.specifier
        for requirement in requirements()
        if requirement.name in TENSORFLOW
    }
    assert bounds == {Requirement(gpu).specifier}
    assert f'pip install "{gpu}"' in (ROOT / "requirements.txt").read_text()
