"""`progan report`: where it writes, and what it says of mistakes."""

import sys

import pytest
from figures.made_runs import add_grids, make_run, tick

from progan_keras.cli.main import main


@pytest.fixture
def run(tmp_path):
    return add_grids(make_run(tmp_path / "runs", [tick(1), tick(2)]), [0, 2])


def test_the_page_of_the_newest_run_lies_in_its_folder(run, capsys):
    assert main(["report", str(run.path.parent)]) == 0
    path = run.path / "report.html"
    assert capsys.readouterr().out == f"report in {path}\n"
    assert path.read_text().startswith("<!DOCTYPE html>")


def test_another_file_can_be_named(run, tmp_path):
    path = tmp_path / "pages" / "mine.html"
    assert main(["report", str(run.path), f"--output={path}"]) == 0
    assert path.exists()
    assert not (run.path / "report.html").exists()


def test_mistakes_get_one_sentence(run, tmp_path, capsys, monkeypatch):
    assert main(["report", str(tmp_path / "nowhere")]) == 2
    assert "Expected a run folder" in capsys.readouterr().err
    run.grid_path(2).write_bytes(b"no picture")
    assert main(["report", str(run.path)]) == 2
    assert "cannot be read" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    assert main(["report", str(run.path)]) == 2
    assert "pip install" in capsys.readouterr().err
    assert not (run.path / "report.html").exists()
