"""A process whose threads are all busy leaves new connections to the others, however long browsers keep theirs."""

import os
import threading
import time

import pytest

from tests.races.arena import gunicorn
from tests.races.wire import Wire


@pytest.fixture
def server(tmp_path):
    environment = {**os.environ, "FOLDER": str(tmp_path)}
    with gunicorn("tests.faults.crowded:app", environment, threads=1) as running:
        yield running
        (tmp_path / "go").touch()


def process_of(port, path="/"):
    """Which process answers a new connection."""
    browser = Wire(port)
    answered = browser.get(path).body
    browser.close()
    return answered


def until(found):
    for _ in range(6_000):
        if found():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_new_visitors_are_not_kept_waiting_behind_a_busy_process(server, tmp_path):
    seen = set()
    until(lambda: seen.add(process_of(server.port)) or len(seen) == 2)
    stands_still = []
    held_up = threading.Thread(target=lambda: stands_still.append(process_of(server.port, "/stand-still")))
    held_up.start()
    until((tmp_path / "standing").exists)

    answered = {process_of(server.port) for _ in range(20)}

    (tmp_path / "go").touch()
    held_up.join()
    assert answered == seen - set(stands_still)
