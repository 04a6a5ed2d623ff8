"""A portrait may be larger than any other form: from whom, how many at once, and what becomes of everybody else."""

import socket
import time
from contextlib import ExitStack

import pytest

from practice.http.request_buffering import LARGE_AT_ONCE
from tests.faults.serving import health, product, serving

pytestmark = [pytest.mark.faults, pytest.mark.once]

PORTRAIT = "/practice/profile/photo"
MUCH = 12 * 1024 * 1024


@pytest.fixture(scope="module")
def portraits(store, config, data):
    """A server, and the head of a form with twelve megabytes that somebody who is signed in sends."""
    with product(store, data) as arena, serving(arena) as running:
        (person,) = arena.people(1)
        cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())

        def head(path=PORTRAIT, cookies=cookies, length=MUCH):
            said = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\nContent-Length: {length}\r\n\r\n"
            return said.encode()

        yield running.port, head


def said_to(port, sent):
    """What is answered to the head of a form whose body never comes; "" while the body is waited for."""
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(sent)
        line.settimeout(1.0)
        try:
            return line.recv(65_536)[:12]
        except TimeoutError:
            return b""


def test_a_large_body_is_waited_for_only_where_it_is_wanted_and_from_whom(portraits):
    port, head = portraits

    assert said_to(port, head()) == b""
    assert said_to(port, head(cookies="practice=nothing")) == b"HTTP/1.1 413"
    assert said_to(port, head(cookies="")) == b"HTTP/1.1 413"
    assert said_to(port, head(path="/zone")) == b"HTTP/1.1 413"
    assert said_to(port, head(path="/%ff%00")) == b"HTTP/1.1 404"
    assert said_to(port, head(length=3 * MUCH)) == b"HTTP/1.1 413"


def test_large_bodies_come_a_few_at_a_time_and_each_has_its_turn(portraits):
    """The others wait outside, whatever they send, and small forms and pages pass them."""
    port, head = portraits
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 10)) for _ in range(6)]
        for line in lines:
            line.sendall(head())
        time.sleep(0.5)
        heard = [_taken(line, 6 * 1024 * 1024) for line in lines]
        assert sum(heard) == LARGE_AT_ONCE
        assert health(port, "/help-now") == 200

        first = [line for line, is_heard in zip(lines, heard, strict=True) if is_heard]
        for line in first:
            line.close()
        time.sleep(0.5)
        assert sum(_taken(line, 6 * 1024 * 1024) for line in lines if line not in first) == LARGE_AT_ONCE


def _taken(line, size):
    """Whether the other side reads so many bytes, which is far more than what fits on the way."""
    line.settimeout(1.0)
    try:
        line.sendall(b"x" * size)
        return True
    except TimeoutError:
        return False


def test_a_large_body_that_came_whole_is_answered_and_the_next_finds_a_place(portraits):
    port, head = portraits
    for _ in range(2 * LARGE_AT_ONCE):
        with socket.create_connection(("127.0.0.1", port), 10) as line:
            line.sendall(head() + b"x" * MUCH)
            assert line.recv(65_536).startswith(b"HTTP/1.1 400")
