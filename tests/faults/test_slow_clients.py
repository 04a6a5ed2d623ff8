"""F25: lines that send a byte a second, that read nothing, that say nothing: they slow nobody down and are closed."""

import socket
import threading
import time
from contextlib import ExitStack

import pytest

from practice.arrivals import LARGEST, LARGEST_HEAD, PATIENCE, is_whole
from tests.faults.nursery import wait_until
from tests.faults.serving import Browser, health, product, serving
from tests.races.wire import Wire

HEAD = b"POST /zone HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400\r\n"
PAGE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
EACH, IDLE = 12, 200


class Dripping(threading.Thread):
    """Many lines at one server: each says one byte a second, or asks and reads nothing, or is silent."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.lines = []
        for opening, rest in [(b"", HEAD + b"\r\n"), (HEAD + b"\r\n", b"z" * 400), (PAGE * 4, b"")]:
            self.lines += [(self._line(port, opening), rest) for _ in range(EACH)]
        self.lines += [(self._line(port, b""), b"") for _ in range(IDLE)]
        self.stop = threading.Event()

    @staticmethod
    def _line(port, opening):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        line.connect(("127.0.0.1", port))
        line.sendall(opening)
        return line

    def run(self):
        for number in range(600):
            for line, rest in self.lines:
                try:
                    line.send(rest[number : number + 1])
                except OSError:
                    continue
            if self.stop.wait(1.0):
                return

    def open_lines(self):
        """How many of the silent and slowly sending ones the server has not closed."""
        return sum(_is_open(line) for line, rest in self.lines if rest or line in self.idle)

    @property
    def idle(self):
        return {line for line, rest in self.lines[-IDLE:]}

    def close(self):
        self.stop.set()
        self.join()
        for line, _ in self.lines:
            line.close()


def _is_open(line):
    line.setblocking(False)
    try:
        while line.recv(65_536):
            pass
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


@pytest.fixture
def server(engine, store, config, data):
    with product(store, data) as arena, serving(arena) as running:
        assert health(running.port, "/") == 200
        yield running


@pytest.fixture
def slow(server):
    """All of them at once at the server."""
    lines = Dripping(server.port)
    lines.start()
    yield lines
    lines.close()


def visits(port, count):
    """That many visits to a page, each on a line of its own; the milliseconds that 99 of 100 took at most."""
    spent = []
    for _ in range(count):
        visitor, began = Wire(port), time.perf_counter()
        assert visitor.get("/help-now").status == 200
        spent.append((time.perf_counter() - began) * 1000)
        visitor.close()
    return sorted(spent)[int(0.99 * (count - 1))]


@pytest.mark.faults
@pytest.mark.once
def test_a_visitor_is_answered_while_all_silent_and_slow_lines_are_still_open(server, slow):
    visits(server.port, 10)

    assert slow.open_lines() == 2 * EACH + IDLE


@pytest.mark.faults
@pytest.mark.long
@pytest.mark.once
def test_where_threads_wait_for_silent_lines_a_visitor_is_answered_when_they_have_gone(store, config, data):
    with product(store, data) as arena, serving(arena, "--worker-class", "gthread") as running:
        with ExitStack() as stack:
            for _ in range(2 * EACH):
                stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
            visitor = threading.Thread(target=visits, args=(running.port, 1))
            visitor.start()
            visitor.join(2)
            waited = visitor.is_alive()
        visitor.join(60)

    assert waited
    assert not visitor.is_alive()


@pytest.mark.faults
@pytest.mark.long
@pytest.mark.once
def test_slow_and_silent_lines_are_closed_before_they_are_done(server):
    before, slow = visits(server.port, 1000), Dripping(server.port)
    slow.start()
    during = visits(server.port, 1000)
    print(f"\nF25: p99 {before:.1f} ms before, {during:.1f} ms with slow lines")

    # The bodies alone would take four hundred seconds, the silent lines would never end.
    assert wait_until(lambda: slow.open_lines() == 0)
    slow.close()


def test_whoever_says_nothing_is_sent_away_within_half_a_minute():
    assert PATIENCE < 30


@pytest.mark.parametrize(
    ("arrived", "whole"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", True),
        (b"GET /", False),
        (b"x" * (LARGEST_HEAD + 1), True),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", False),
        (b"POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nHost: a\r\n\r\nabcGET /", True),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST + 1), True),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
    ],
)
def test_a_request_is_let_in_when_it_is_whole_or_cannot_be_right(arrived, whole):
    assert is_whole(arrived) is whole


@pytest.mark.faults
@pytest.mark.once
def test_whatever_comes_in_pieces_is_answered_like_whatever_comes_at_once(server):
    """A form in three pieces, two requests in one piece, a kept line, and nonsense."""
    line = socket.create_connection(("127.0.0.1", server.port), 10)
    for piece in (b"POST /zo", b"ne HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\n", b"zone=UTC"):
        line.sendall(piece)
        time.sleep(0.1)
    refused = line.recv(65_536)
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2)
    time.sleep(0.5)
    twice = line.recv(65_536)
    line.sendall(b"nonsense\r\n\r\n")
    nonsense = line.recv(65_536)
    line.close()
    large = Browser(server.port)
    answer = large.post("/zone", next="/", zone="Europe/Vienna" + "x" * 300_000)
    large.close()

    assert refused.startswith(b"HTTP/1.1 400")
    assert twice.count(b"HTTP/1.1 200 OK") == 2
    assert nonsense.startswith(b"HTTP/1.1 400")
    assert answer.status == 400
