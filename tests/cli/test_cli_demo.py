"""`progan demo` shows a generator in the browser, and ends quietly."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
from gan_checks import tiny

from progan_keras.cli.main import main


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    return tiny(8).save_preset(tmp_path_factory.mktemp("demo") / "preset")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_page_is_served_until_it_is_stopped(name, preset, tmp_path):
    command = [sys.executable, "-m", "progan_keras", "demo", str(preset)]
    process = subprocess.Popen(
        [*command, "--no-open", "--port=0"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
        with urllib.request.urlopen(f"{address}model.json") as reply:
            assert json.load(reply)["resolution"] == 8
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    # TensorFlow says what it likes.
    assert "Traceback" not in errors
    assert "progan" not in errors
    assert "Stopped" not in errors
    assert list(tmp_path.iterdir()) == []


def test_the_browser_is_opened_at_the_address(preset, monkeypatch, capsys):
    opened = []

    def interrupt(server):
        raise KeyboardInterrupt

    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr(
        "http.server.ThreadingHTTPServer.serve_forever", interrupt
    )
    assert main(["demo", str(preset), "--port=0"]) == 0
    assert capsys.readouterr().out.split()[0] == opened[0]
    assert main(["demo", str(preset), "--port=0", "--no-open"]) == 0
    assert len(opened) == 1
