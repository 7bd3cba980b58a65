"""Commands that pages tell people to type, but that no test can run whole.

What installs packages, downloads weights, opens windows or needs a cluster is
looked at piece by piece: as the shell reads it, with stand-ins where programs
are missing.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_pages import (
    COURSE,
    GUIDES,
    PAGES,
    README,
    ROOT,
    blocks,
    inline_code,
    name_of,
    read,
    section,
)
from packaging.requirements import Requirement

from progan_keras.cli.main import _parser
from progan_keras.training.cluster import read_tf_config

sys.path.insert(0, str(ROOT / "tutorials"))
import build  # noqa: E402

MACHINES = ROOT / "docs" / "several_machines.md"
GUIDES_AND_README = [README, COURSE, *GUIDES]
# What installs itself with the environment, or with what the line before says.
PROGRAMS = {"progan", "python", "python3", "make", "pip", "curl", "docker"}
PROGRAMS |= {"saved_model_cli", "fidelity", "sbatch", "export", "exec"}
PROGRAMS |= {".venv/bin/python", ".venv/bin/progan", ".venv/bin/jupyter"}


def shell(page):
    """All commands of a page's blocks, each a list of words."""
    for kind, text, _ in blocks(page):
        if kind == "sh":
            for line in text.replace("\\\n", " ").splitlines():
                for part in line.split("&&"):
                    words = shlex.split(part, comments=True)
                    if words:
                        yield words


def everything_typed():
    """Tuples of a page and a command, from blocks and from sentences."""
    for page in PAGES:
        yield from ((page, words) for words in shell(page))
        for code in inline_code(page):
            known = code.split()[0].removeprefix(".venv/bin/")
            if known in ("progan", "python", "make", "pip"):
                yield page, shlex.split(code.replace("...", "x"))


def parses(parser, words):
    """Whether a parser understands these options, or answers with help."""
    try:
        parser.parse_args(words)
    except SystemExit as error:
        return not error.code
    return True


@pytest.mark.parametrize("page", GUIDES_AND_README, ids=name_of)
def test_programs_are_known(page):
    assert {words[0] for words in shell(page)} <= PROGRAMS


def test_all_commands_of_this_project_are_understood():
    seen = 0
    for page, words in everything_typed():
        if words[0].endswith("progan") and len(words) > 1:
            if words[1] == "COMMAND":
                words = ["progan", "train", *words[2:]]
            understood = parses(_parser(), words[1:])
            if len(words) <= 3 and not words[-1].startswith("-"):
                # In a sentence, it may be named without what it works on.
                understood |= parses(_parser(), [*words[1:], "--help"])
            assert understood, f"{name_of(page)}: {words}"
            seen += 1
    assert seen > 60


def test_scripts_of_the_course_understand_their_options():
    seen = set()
    for page, words in everything_typed():
        script = next((w for w in words if w.endswith("build.py")), None)
        if script == "tutorials/build.py":
            options = words[words.index(script) + 1 :]
            options = [w.replace("NAME", "01") for w in options]
            build._parse(options)
            seen.update(options)
        elif script:
            assert (ROOT / script).exists(), f"{name_of(page)}: {words}"
    assert "--quick" in seen


def test_make_has_every_goal():
    goals = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.M))
    for page, words in everything_typed():
        if words[0] == "make":
            named = {w for w in words[1:] if "=" not in w}
            assert named <= goals, f"{name_of(page)}: {words}"


def recipe(goal):
    """Commands of a goal of the Makefile, with a usual environment."""
    text = read(ROOT / "Makefile").replace("\\\n\t", " ")
    found = re.search(rf"^{goal}:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    return [
        shlex.split(line.replace("$(BIN)", ".venv/bin"))
        for line in found[1].splitlines()
    ]


def test_without_make_the_same_is_done():
    lines = [text for kind, text, _ in blocks(README) if kind == "sh"]
    (alone,) = (text for text in lines if "&&" in text)
    demo, test = (line.split(" && ") for line in alone.splitlines())
    for command, line in zip(recipe("demo"), demo[2:], strict=True):
        assert sorted(command) == sorted(shlex.split(line))
    # `make test` may go about it two at a time.
    (command,) = recipe("test")
    typed = shlex.split(test[2])
    assert command[: len(typed)] == typed
    for line in (demo, test):
        assert line[0] == "python3 -m venv .venv"
        install = " ".join(shlex.split(line[1])[1:])
        assert install in read(ROOT / "Makefile")


def test_what_is_to_be_installed_has_a_name():
    for page, words in everything_typed():
        if "pip" in words[:4] and "install" in words:
            words = words[words.index("install") + 1 :]
            options = {"-r", "--find-links", "-e"}
            for before, word in zip(["", *words], words, strict=False):
                if before == "-r":
                    assert (ROOT / word).exists(), name_of(page)
                elif before not in options and not word.startswith(("-", ".")):
                    Requirement(word)


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """A `progan` that only notes how it was started; a function to read it."""
    notes = tmp_path / "notes.jsonl"
    program = tmp_path / "bin" / "progan"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        f"with open({str(notes)!r}, 'a') as file:\n"
        "    note = [os.environ.get('TF_CONFIG', ''), sys.argv[1:]]\n"
        "    print(json.dumps(note), file=file)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("TF_CONFIG", raising=False)

    def read_notes():
        lines = notes.read_text().splitlines()
        return sorted(json.loads(line) for line in lines)

    return program.parent, read_notes


needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")


@needs_bash
@pytest.mark.parametrize(
    ("number", "own", "names"),
    [
        (0, 0, ("machine-1:12345", "machine-2:12345")),
        (1, 1, ("machine-1:12345", "machine-2:12345")),
        (2, 0, ("localhost:12345", "localhost:12346")),
        (4, 1, ("progan-0.progan:12345", "progan-1.progan:12345")),
    ],
)
def test_workers_are_told_who_they_are(recording, tmp_path, number, own, names):
    _, read_notes = recording
    texts = [text for kind, text, _ in blocks(MACHINES) if kind == "sh"]
    subprocess.run(
        ["bash", "-euc", texts[number]],
        cwd=tmp_path,
        env={**os.environ, "HOSTNAME": "progan-1"},
        check=True,
    )
    ((config, words),) = read_notes()
    cluster = read_tf_config(config)
    assert (cluster.own, cluster.addresses) == (own, names)
    assert parses(_parser(), words)


@needs_bash
def test_the_script_for_slurm_starts_a_worker_on_each_machine(
    recording, tmp_path
):
    """With programs in SLURM's place: two machines, named by `scontrol`."""
    programs, read_notes = recording
    for name, lines in {
        "scontrol": "printf 'gpu-1\\ngpu-2\\n'",
        "sbatch": 'exec bash "$@"',
        "srun": 'shift; for i in 0 1; do SLURM_PROCID=$i "$@"; done',
    }.items():
        (programs / name).write_text(f"#!/bin/bash\n{lines}\n")
        (programs / name).chmod(0o755)
    (line,) = (x for x in shell(MACHINES) if x[0] == "sbatch")
    subprocess.run(
        line,
        cwd=ROOT,
        env={
            **os.environ,
            "SLURM_JOB_ID": "7",
            "SLURM_JOB_NODELIST": "gpu-[1-2]",
            "SLURM_SUBMIT_DIR": str(tmp_path),
        },
        check=True,
    )
    notes = read_notes()
    for number, (config, words) in enumerate(notes):
        cluster = read_tf_config(config)
        assert cluster.own == number
        assert cluster.addresses == ("gpu-1:20007", "gpu-2:20007")
        assert words == ["train", *line[2:]]
    assert len(notes) == 2


@pytest.mark.skipif(
    not os.environ.get("PROGAN_KERAS_TEST_LAB"),
    reason="downloads a gigabyte; set PROGAN_KERAS_TEST_LAB=1",
)
@needs_bash
def test_a_lab_without_internet_can_run_a_lesson(tmp_path):
    """As the course tells: download, copy, install, run, in a fresh clone."""
    project = tmp_path / "project"
    subprocess.run(["git", "clone", "-q", ROOT, project], check=True)
    online, offline = (
        text
        for kind, text, _ in blocks(COURSE)
        if kind == "sh"
        and text in section(COURSE, "## In a lab without internet")
    )
    environment = {**os.environ, "HOME": str(tmp_path)}
    for name in ("PYTHONPATH", "PROGAN_KERAS_CACHE"):
        environment.pop(name, None)
    python3 = Path(sys.executable).parent
    environment["PATH"] = f"{python3}:{environment['PATH']}"
    # Whatever tells this machine's pip of other places has no say there.
    there = {k: v for k, v in environment.items() if not k.startswith("PIP_")}
    there["PIP_CONFIG_FILE"] = os.devnull

    def run(script, environment, *before):
        subprocess.run(
            [*before, "bash", "-euc", script],
            cwd=project,
            env=environment,
            check=True,
        )

    run(online, environment)
    # A namespace without any network but its own.
    apart = ["unshare", "--map-root-user", "--net"]
    run(offline, there, *apart)
    lesson = "01_what_is_progressive_growing"
    script = f".venv/bin/python tutorials/build.py --quick {lesson}"
    run(f"ip link set lo up\n{script}", there, *apart)
