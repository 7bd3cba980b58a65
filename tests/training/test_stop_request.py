"""The first signal is a wish, the second an order."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from progan_keras.training.stop_request import StopRequest

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def usual_handlers():
    """Whoever started the tests, such as nohup, may have signals ignored."""
    usual = [signal.default_int_handler, signal.SIG_DFL, signal.SIG_DFL]
    before = [signal.signal(*pair) for pair in zip(SIGNALS, usual, strict=True)]
    yield
    for pair in zip(SIGNALS, before, strict=True):
        signal.signal(*pair)


@pytest.mark.parametrize("signum", SIGNALS)
def test_the_first_is_noted_and_the_handlers_come_back(signum):
    before = [signal.getsignal(each) for each in SIGNALS]
    with StopRequest() as stop:
        assert stop.signum is None
        os.kill(os.getpid(), signum)
        assert stop.signum == signum
    assert [signal.getsignal(each) for each in SIGNALS] == before


@pytest.mark.parametrize("signum", SIGNALS)
def test_long_work_is_broken_off_at_once(signum):
    with StopRequest() as stop:
        with pytest.raises(KeyboardInterrupt), stop.at_once():
            os.kill(os.getpid(), signum)
            pytest.fail("it went on")
        with pytest.raises(KeyboardInterrupt), stop.at_once():
            pytest.fail("it was begun although the user wants to stop")


def test_after_long_work_signals_are_noted_again():
    with StopRequest() as stop:
        with stop.at_once():
            pass
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.signum == signal.SIGINT


def test_it_leaves_as_each_signal_wants():
    stop = StopRequest()
    stop.signum = signal.SIGTERM
    with pytest.raises(SystemExit) as caught:
        stop.leave()
    assert caught.value.code == 143
    stop.signum = signal.SIGHUP
    with pytest.raises(SystemExit) as caught:
        stop.leave()
    assert caught.value.code == 129
    stop.signum = signal.SIGINT
    with pytest.raises(KeyboardInterrupt):
        stop.leave()


def test_elsewhere_than_in_the_main_thread_it_does_nothing():
    def work():
        with StopRequest() as stop:
            found.append(stop.signum)

    found = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [None]


@pytest.mark.parametrize("signum", SIGNALS)
def test_a_second_one_ends_a_process_that_does_not_listen(signum):
    code = """
import time
from progan_keras.training.stop_request import StopRequest
with StopRequest() as stop:
    print("ready", flush=True)
    while stop.signum is None:
        time.sleep(0.01)
    print("noted", flush=True)
    time.sleep(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signum)
        assert process.stdout.readline() == "noted\n"
        process.send_signal(signum)
        assert process.wait(timeout=30) == -signum
    finally:
        process.kill()
        process.communicate()


def test_what_nohup_made_deaf_stays_deaf():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopRequest() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.signum is None
    finally:
        signal.signal(signal.SIGHUP, before)
