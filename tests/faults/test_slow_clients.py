"""F25: lines that send a byte a second, that read nothing, that say nothing: they slow nobody down and are closed."""

import itertools
import re
import socket
import threading
import time
from contextlib import ExitStack, closing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.http.framing import LARGEST, LARGEST_HEAD, Frame, Framing, is_whole
from practice.http.request_buffering import ALL_TOGETHER, PATIENCE
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


@pytest.fixture(scope="module")
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


BYE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
FORM = b"POST /zone HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = FORM + b"Transfer-Encoding: chunked\r\n\r\n"
# (what is said at once, what is said on and on after the answer)
HOLDERS = {
    "a chunk that ends like the last one": (CHUNKED + b"ffff\r\n0\r\n\r\n", b""),
    "a chunk that ends later": (CHUNKED + b"5\r\nab", b""),
    "a legal trailer": (CHUNKED + b"3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n", b""),
    "a trailer without end": (CHUNKED + b"0\r\nX-Sum: 1\r\n", b"X: 1\r\n"),
    "a body that was refused and goes on": (FORM + b"Content-Length: 104857600\r\n\r\n", b"x" * 50_000),
    "a body of a length beyond all": (FORM + b"Content-Length: %s\r\n\r\n" % (b"9" * 20), b"x"),
    "half a request behind a whole one": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT", b""),
    "a last answer, and the line stays": (b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", b""),
    "nonsense, and the line stays": (b"nonsense\r\n\r\n", b""),
    "many answers that nobody reads": (PAGE * 40, b""),
}


class Holding(threading.Thread):
    """As many lines as the server has threads, twice over, all doing the same; `left` is who was not answered."""

    def __init__(self, port, at_once, on_and_on):
        super().__init__(daemon=True)
        self.lines = [Dripping._line(port, at_once) for _ in range(16)]
        self.more, self.stop = on_and_on, threading.Event()

    def run(self):
        while self.more and not self.stop.wait(0.1):
            for line in self.lines:
                try:
                    line.send(self.more, socket.MSG_DONTWAIT)
                except OSError:
                    continue

    def close(self):
        self.stop.set()
        self.join()
        for line in self.lines:
            line.close()


@pytest.mark.faults
@pytest.mark.once
def test_no_sixteen_lines_keep_a_visitor_waiting_whatever_they_say_or_leave_unread(server):
    kept_waiting = []
    for name, (at_once, on_and_on) in HOLDERS.items():
        with closing(Holding(server.port, at_once, on_and_on)) as holding:
            holding.start()
            time.sleep(0.5)
            kept_waiting += [] if is_answered(server.port) else [name]

    assert not kept_waiting


@pytest.mark.faults
@pytest.mark.once
def test_a_visitor_finds_a_place_however_many_lines_say_nothing(store, config, data):
    with product(store, data) as arena, serving(arena, "--worker-connections", "20") as full, ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(socket.create_connection(("127.0.0.1", full.port)))

        assert is_answered(full.port)


def is_answered(port, patience=5.0):
    """Whether a page comes before somebody would give up."""
    with socket.create_connection(("127.0.0.1", port), patience) as visitor:
        try:
            visitor.sendall(PAGE.replace(b"GET / ", b"GET /help-now "))
            return visitor.recv(65_536).startswith(b"HTTP/1.1 200")
        except TimeoutError:
            return False


@pytest.mark.faults
@pytest.mark.once
def test_a_body_in_chunks_ends_where_its_last_chunk_does(server):
    """And what follows is the next request, trailers or not."""
    for trailer in (b"", b"X-Sum: 1\r\nX-Other: 2\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), 10) as line:
            line.sendall(CHUNKED + b"7;a=b\r\n0\r\n\r\nzo\r\n00d\r\nne=UTC&next=/\r\n0\r\n" + trailer + b"\r\n" + BYE)
            said = b"".join(iter(lambda: line.recv(65_536), b""))

        assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"400", b"200"]


@pytest.mark.faults
@pytest.mark.once
def test_a_chunk_of_no_size_is_refused_at_once_and_the_line_is_closed(server):
    for size in (b"-5", b"zz", b"", b"0x5", b"5 5", b"ffffffffffffffff", b"5" * 9_000):
        with socket.create_connection(("127.0.0.1", server.port), 10) as line:
            line.sendall(CHUNKED + size + b"\r\nhello\r\n0\r\n\r\n" + PAGE)
            said = b"".join(iter(lambda: line.recv(65_536), b""))

        assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"400"], size
        assert b"Connection: close" in said


@pytest.mark.faults
@pytest.mark.once
def test_what_is_too_large_is_refused_number_and_the_line_is_closed(server):
    with socket.create_connection(("127.0.0.1", server.port), 10) as line:
        line.sendall(FORM + b"Content-Length: 104857600\r\n\r\n" + b"x" * 200_000)
        said = b"".join(iter(lambda: line.recv(65_536), b""))

    assert said.startswith(b"HTTP/1.1 413")
    assert b"Connection: close" in said
    assert b"</html>" in said


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
@pytest.mark.once
def test_unfinished_forms_fit_into_memory_together_however_small_each_is(server):
    """A thousand lines, each a little below what is large for one, would be a gigabyte."""
    sent = 900 * 1024
    form = FORM + b"Content-Length: 1000000\r\n\r\n" + b"x" * sent
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(Dripping._line(server.port, b""))) for _ in range(200)]
        for line in lines:
            with suppress(OSError):
                line.sendall(form)

        assert wait_until(lambda: sum(map(_is_open, lines)) * sent <= ALL_TOGETHER, seconds=10)
        assert sum(map(_is_open, lines)) > 100
        visits(server.port, 3)


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
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nabc\r\n0\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", True),
    ],
)
def test_a_request_is_let_in_when_it_is_whole_or_cannot_be_right(arrived, whole):
    assert is_whole(arrived) is whole


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.binary(max_size=30), st.lists(st.integers(1, 90)))
def test_chunks_end_at_the_same_byte_however_they_are_cut_and_whatever_is_in_them(chunks, rest, cuts):
    body = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in chunks)
    request = CHUNKED + body + b"0\r\n\r\n"
    sent, framing, found, arrived = request + rest, Framing(), None, bytearray()
    for cut in itertools.chain(cuts, itertools.repeat(1)):
        if found or not sent:
            break
        arrived, sent = arrived + sent[:cut], sent[cut:]
        found = framing.look(arrived)

    assert found == Frame(len(request))


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
