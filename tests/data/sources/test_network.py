"""Whether hosts answer is known within a bounded time."""

import socket
import threading
import time

import pytest

from progan_keras.data.sources.tfds.network import unreachable_hosts


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server():
    """The port of something that listens on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return port


def test_a_host_that_answers_is_not_listed(server):
    assert unreachable_hosts([f"http://127.0.0.1:{server}/a.zip"]) == []


def test_a_host_that_refuses_is_listed_once(server, closed_port):
    urls = [
        f"http://127.0.0.1:{server}/a.zip",
        f"https://localhost:{closed_port}/b.zip",
        f"https://localhost:{closed_port}/c.zip",
    ]
    assert unreachable_hosts(urls) == ["localhost"]


def test_nothing_to_reach_is_no_problem():
    assert unreachable_hosts([]) == []


def test_ports_follow_from_the_protocol(monkeypatch):
    asked = []

    def note(address, timeout):
        asked.append(address)
        raise OSError("no route")

    monkeypatch.setattr(socket, "create_connection", note)
    urls = ["http://a.org/x", "https://b.org/x", "ftp://c.org/x"]
    assert unreachable_hosts(urls) == ["a.org", "b.org", "c.org"]
    assert sorted(asked) == [("a.org", 80), ("b.org", 443), ("c.org", 21)]


def test_it_does_not_wait_for_a_look_up_that_hangs(monkeypatch):
    end = threading.Event()

    def hang(address, timeout):
        end.wait()
        raise OSError("no answer")

    monkeypatch.setattr(socket, "create_connection", hang)
    start = time.perf_counter()
    urls = [f"http://host{i}.org/" for i in range(5)]
    assert len(unreachable_hosts(urls, seconds=0.2)) == 5
    assert time.perf_counter() - start < 1
    end.set()


def test_a_proxy_is_asked_instead_of_the_host(server, closed_port, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server}")
    assert unreachable_hosts(["http://nowhere.invalid/a.zip"]) == []
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{closed_port}")
    assert unreachable_hosts(["http://nowhere.invalid/"]) == ["127.0.0.1"]


def test_a_host_without_a_proxy_is_asked_itself(
    server, closed_port, monkeypatch
):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert unreachable_hosts([f"http://127.0.0.1:{server}/a.zip"]) == []
