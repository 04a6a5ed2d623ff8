"""F28: the web server is asked to end while it is answering."""

import signal
import sqlite3
import threading
import time
from contextlib import closing, contextmanager

import psycopg
import pytest

from practice.store.db import LINE
from tests.faults.serving import (
    CutOff,
    bookings_of,
    browser_of,
    code_of,
    found_faults,
    product,
    serving,
    wishes,
)

pytestmark = pytest.mark.faults


class Sent(threading.Thread):
    """A form on its way; `came` is its answer, or that the line was cut."""

    def __init__(self, wish, browser):
        super().__init__()
        self.wish, self.browser = wish, browser
        self.start()

    def run(self):
        try:
            self.came = self.wish.send(self.browser)
        except (CutOff, OSError) as error:
            self.came = error
        self.browser.close()


@pytest.fixture(scope="module")
def place(engine, store, config, data):
    with product(store, data) as arena:
        yield arena, wishes(arena.practices(1), 20), iter(arena.people(3))


@contextmanager
def standing_still(arena):
    """Nobody can write, until the block ends or what it yields is called."""
    if arena.url.startswith("sqlite"):
        neighbour = sqlite3.connect(arena.url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        words = "BEGIN IMMEDIATE", "ROLLBACK"
    else:
        neighbour = psycopg.connect(arena.url.replace("+psycopg", ""), autocommit=True)
        words = "BEGIN; SELECT 1 FROM specialists FOR UPDATE", "ROLLBACK"
    with closing(neighbour):
        neighbour.execute(words[0])
        yield lambda: neighbour.execute(words[1])


def sent_and_told_to_end(place, server):
    """A form that waits inside the server, which has been asked to end meanwhile."""
    _, times, people = place
    person = next(people)
    sent = Sent(next(times), browser_of(person, server.port, "nowhere"))
    time.sleep(1.0)
    server.tell(signal.SIGTERM)
    return person, sent


def test_a_request_that_can_be_finished_is_finished_and_then_the_server_ends(place):
    arena, *_ = place
    with serving(arena) as server:
        with standing_still(arena) as move_on:
            person, sent = sent_and_told_to_end(place, server)
            time.sleep(1.5)
            move_on()
            sent.join(60)
        server.leader.wait(60)

    assert bookings_of(arena, person) == [(code_of(sent.came), 2)]
    assert found_faults(arena) == []


@pytest.mark.parametrize("grace", [2, pytest.param(10, marks=pytest.mark.long)])
def test_one_that_cannot_is_cut_off_in_time_and_nothing_of_it_stays(place, grace):
    arena, *_ = place
    with serving(arena, "--graceful-timeout", str(grace)) as server:
        with standing_still(arena):
            person, sent = sent_and_told_to_end(place, server)
            # Ended while the form could not be done.
            server.leader.wait(60)
        sent.join(60)
    with serving(arena) as server:
        browser = browser_of(person, server.port)
        left = bookings_of(arena, person)
        code = code_of(sent.wish.send(browser))
        browser.close()

    # Whoever has waited for a lock as long as one may is told so, if that is before the end.
    if grace > LINE and not arena.url.startswith("sqlite"):
        assert sent.came.status == 503
    else:
        assert isinstance(sent.came, CutOff)
    assert left == []
    assert bookings_of(arena, person) == [(code, 2)]
    assert found_faults(arena) == []
