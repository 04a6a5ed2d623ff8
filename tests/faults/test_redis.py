"""F18: Redis refuses, hangs, talks nonsense, dies or forgets: people sign in, book and get their mail."""

import functools
import re
import signal
import socket
import threading
import time
from contextlib import contextmanager, nullcontext, suppress

import pytest

from tests.factories import PASSWORD
from tests.faults.serving import (
    SETTLED,
    Browser,
    bookings_of,
    browser_of,
    code_of,
    crowd,
    found_faults,
    product,
    serving,
    wishes,
    working,
)
from tests.faults.sink import Odd, closed_port
from tests.machines.firm import Production
from tests.machines.parts import redis_server

pytestmark = [pytest.mark.faults, pytest.mark.once]


class Place:
    """The product with a mail server and a worker to whom bookings are settled, and whoever wants something from it."""

    def __init__(self, arena, server, sink):
        self.arena, self.server, self.sink = arena, server, sink
        self.times, self.people = wishes(arena.practices(1), 5), crowd(arena, 4)

    def works(self):
        """A sign-in, a wrong password, a booking and its two letters."""
        person, wish = next(self.people), next(self.times)
        assert self.statuses(self._address(person), PASSWORD) == [302]
        assert self.statuses(self._address(person), "not-the-password") == [422]
        browser, before = browser_of(person, self.server.port), len(self.sink.accepted)
        assert bookings_of(self.arena, person) == []
        code = code_of(wish.send(browser))
        browser.close()
        self._wait_for_letters(before + 2)
        assert bookings_of(self.arena, person) == [(code, 2)]
        assert found_faults(self.arena) == []
        return True

    def statuses(self, address, password, times=1):
        """What so many attempts to sign in are answered with, each from a new browser."""
        said = []
        for _ in range(times):
            browser = Browser(self.server.port)
            page = browser.get("/sign-in").body.decode()
            browser.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
            said.append(browser.post("/sign-in", email=address, password=password).status)
            browser.close()
        return said

    def _address(self, person):
        from practice.accounts.models import User
        from practice.store.db import db

        with self.arena.inside():
            return db.session.get_one(User, person.user_id).email

    def _wait_for_letters(self, number):
        deadline = time.monotonic() + 60
        while len(self.sink.accepted) < number:
            assert time.monotonic() < deadline, "the letters did not leave"
            time.sleep(0.05)


@pytest.fixture
def place(store, config, data):
    """The product at a Redis with that address, with a worker or without."""
    settled = functools.partial(working, ahead=SETTLED)

    @contextmanager
    def at(redis_url, worker=settled):
        with Odd() as sink:
            made = functools.partial(Production, redis_url=redis_url, smtp_url=sink.url)
            with product(store, data, made) as arena, serving(arena) as server, worker(arena):
                yield Place(arena, server, sink)

    return at


@contextmanager
def talking(words):
    """(address, lines) of a server that takes every line and says `words` to everything, or nothing at all."""
    lines = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as place:
        threading.Thread(target=_answer, args=(place, words, lines), daemon=True).start()
        yield f"redis://127.0.0.1:{place.getsockname()[1]}/0", lines
        with suppress(OSError):
            place.shutdown(socket.SHUT_RDWR)


def _answer(place, words, lines):
    with suppress(OSError):
        while True:
            line, _ = place.accept()
            lines.append(line)
            if words:
                line.sendall(words)
    for line in lines:
        line.close()


def test_a_redis_that_takes_lines_and_never_answers(place):
    with talking(b"") as (url, _), place(url) as here:
        assert here.works()


def test_one_person_waits_for_a_silent_redis_and_those_after_do_not(place):
    with talking(b"") as (url, lines), place(url, worker=nullcontext) as here:
        assert here.statuses("nobody@people.example", "a-wrong-password", 12) == [422] * 10 + [429] * 2

    assert here.arena.app.config["RATELIMIT_STORAGE_OPTIONS"] == {"socket_timeout": 1, "socket_connect_timeout": 1}
    # Asked again now and then, ever more seldom; whoever asked at each attempt would need a line for each at least.
    assert 0 < len(lines) < 12


@pytest.mark.long
def test_a_redis_that_is_not_there(place):
    with place(f"redis://127.0.0.1:{closed_port()}/0") as here:
        assert here.works()
        assert here.statuses("nobody@people.example", "a-wrong-password", 12) == [422] * 10 + [429] * 2


@pytest.mark.long
def test_a_redis_that_talks_nonsense(place):
    with talking(b"\x00\xffnonsense\r\n" * 50) as (url, _), place(url) as here:
        assert here.works()
        assert here.statuses("nobody@people.example", "a-wrong-password", 12) == [422] * 10 + [429] * 2


@pytest.mark.needs("redis-server")
def test_a_real_redis_that_forgets_stands_still_and_dies(place, data):
    with redis_server(data) as redis, place(redis.url) as here:
        assert here.works()
        assert here.statuses("nobody@people.example", "a-wrong-password", 11)[-2:] == [422, 429]

        redis.forget()
        assert here.works()

        redis.tell(signal.SIGSTOP)
        assert here.works()
        redis.tell(signal.SIGCONT)

        redis.kill()
        assert here.works()
        assert here.statuses("somebody@people.example", "a-wrong-password", 11)[-1] == 429

        redis.start()
        assert here.works()
