"""Pages that wait for what is new hold no thread, hear of it when it is there, and are answered as the server ends."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager

import pytest

from practice.http.standby import FOR_ONE_THING
from tests.faults.nursery import wait_until
from tests.faults.serving import health
from tests.races.arena import ROOT, end_with_parent
from tests.races.wire import Wire

pytestmark = [pytest.mark.faults, pytest.mark.once]
THREADS, WAITING = 2, 60


@contextmanager
def served(file, worker="practice.http.standby.StandbyWorker"):
    """The three pages of `standing.py` behind two threads: the process, and its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as place:
        port = place.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{place.fileno()}", "--worker-class", worker]
        process = subprocess.Popen(
            [*command, "--threads", str(THREADS), "tests.faults.standing:app"],
            cwd=ROOT,
            env={**os.environ, "STANDING": str(file), "WORKERS": "1"},
            pass_fds=(place.fileno(),),
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    try:
        assert health(port) == 200
        yield process, port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@pytest.fixture
def file(tmp_path):
    """What the pages look at: nothing is in it."""
    (tmp_path / "number").touch()
    return tmp_path / "number"


@pytest.fixture
def asks():
    """`asks(port)`: a line on which somebody waits."""
    with ExitStack() as lines:

        def ask(port, page="/wait?since=0"):
            line = lines.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
            line.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % page.encode())
            return line

        yield ask


def is_well(port):
    """Whether another page is answered."""
    with closing(Wire(port)) as other:
        return other.get("/healthz").status == 200


def heard(line, seconds=10):
    """What came on it."""
    line.settimeout(seconds)
    return line.recv(65_536)


def is_silent(line):
    """Whether nothing has come."""
    line.setblocking(False)
    try:
        return not line.recv(1) and False
    except BlockingIOError:
        return True


def test_many_wait_and_others_are_answered_and_all_hear_of_what_is_new(file, asks):
    with served(file) as (_, port):
        lines = [asks(port, f"/wait?since=0&who={each}") for each in range(WAITING)]

        assert all(is_well(port) for _ in range(10))
        assert all(map(is_silent, lines))
        file.write_text("1")
        said = [heard(line) for line in lines]

    assert {each.split(b"\r\n")[0] for each in said} == {b"HTTP/1.1 200 OK"}
    assert {each[-1:] for each in said} == {b"1"}
    assert not any(b"stands-by" in each.lower() for each in said)


def test_nobody_waits_for_one_thing_on_more_than_a_few_lines(file, asks):
    with served(file) as (_, port):
        lines = [asks(port) for _ in range(FOR_ONE_THING + 1)]

        answered, _, _ = select.select(lines, [], [], 10)

        assert [heard(each)[:12] for each in answered] == [b"HTTP/1.1 204"]
        others = [each for each in lines if each not in answered]
        assert is_well(port) and all(map(is_silent, [*others, asks(port, "/wait?since=0&who=other")]))


def test_control_a_page_that_waits_in_a_thread_keeps_everybody_waiting(file, asks):
    with served(file) as (_, port):
        held = [asks(port, "/hold?since=0") for _ in range(THREADS)]
        time.sleep(0.3)
        other = asks(port, "/healthz")
        time.sleep(0.3)

        assert is_silent(other)
        file.write_text("1")
        assert heard(other).endswith(b"ok")
        assert all(heard(line).endswith(b"1") for line in held)


def test_who_goes_away_is_forgotten_and_who_asks_for_more_on_the_line_is_answered(file, asks):
    with served(file) as (_, port):
        for _ in range(WAITING):
            asks(port).close()
        line, said = asks(port), bytearray()
        assert is_well(port)
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert wait_until(lambda: said.extend(heard(line)) or said.endswith(b"ok"), seconds=10)
        assert said.startswith(b"HTTP/1.1 204")


def test_a_server_that_ends_answers_everybody_who_stands_by(file, asks):
    with served(file) as (process, port):
        lines = [asks(port) for _ in range(5)]
        assert is_well(port)
        process.send_signal(signal.SIGTERM)

        assert {heard(line).split(b"\r\n")[0] for line in lines} == {b"HTTP/1.1 204 NO CONTENT"}


def test_without_a_loop_to_stand_in_the_answer_leaves_at_once(file, asks):
    with served(file, "practice.http.request_buffering.PatientWorker") as (_, port):
        assert heard(asks(port)).startswith(b"HTTP/1.1 204")
