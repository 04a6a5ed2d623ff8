"""F22: two hosts whose clocks are three minutes apart sell the same times."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from practice.bookings.models import Booking
from practice.store.db import db
from tests.faults.serving import NEXT_MONDAY, Wish, browser_of, code_of, found_faults, product, serving
from tests.races.arena import Result, starts_of
from tests.races.contests import judge

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def hosts(engine, store, config, data):
    """The product, a server whose clock is 90 seconds slow, and one whose clock is 90 seconds fast."""
    with product(store, data) as arena:
        slow, fast = (serving(arena, CLOCK_OFFSET=str(arena.offset.total_seconds() + wrong)) for wrong in (-90, 90))
        with slow as first, fast as second:
            yield arena, first, second


def test_they_never_sell_a_time_twice(hosts):
    arena, *servers = hosts
    slugs = arena.practices(2, "Contest")
    people = arena.people(24, "contestant")
    for person in people:
        for number, start in enumerate(starts_of(NEXT_MONDAY, 1, every=30)[:8]):
            person.wants.append((slugs[(person.number + number) % 2], start, f"f22-{person.number}-{number}"))
    sides = [people[::2], people[1::2]]
    results: list[Result] = []

    threads = [
        Thread(target=lambda s=server, p=side: results.append(arena.run(s.port, p, way="hold", processes=1, threads=6)))
        for server, side in zip(servers, sides, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = judge("F22", arena, Result([t for r in results for t in r.tries], 1.0), guarded=True)

    assert verdict.is_clean, verdict
    assert not verdict.odd_answers
    assert len(verdict.result.booked) == verdict.confirmed > 0
    # Both hosts sold something, each by its own clock.
    assert apart(arena) > timedelta(seconds=150)


def apart(arena):
    """How far the instants lie apart at which the bookings say that they were made."""
    with arena.inside():
        made = db.session.scalars(select(Booking.confirmed_at).where(Booking.confirmed_at.is_not(None))).all()
        return max(made) - min(made)


@pytest.mark.parametrize("way", ["from slow to fast", "from fast to slow"])
def test_a_time_that_is_kept_on_one_host_is_kept_on_the_other(hosts, way):
    arena, *servers = hosts
    here, there = servers if way == "from slow to fast" else servers[::-1]
    (slug,) = arena.practices(1, way.replace(" ", "-"))
    keeper, other = arena.people(2, way)
    wish = Wish(slug, starts_of(NEXT_MONDAY, 1, every=30)[3], way)
    first, second, moved = browser_of(keeper, here.port), browser_of(other, there.port), browser_of(keeper, there.port)

    held = wish.hold(first)
    refused = wish.hold(second)
    moved.cookies = first.cookies
    booked = wish.send(moved)
    for browser in (first, second, moved):
        browser.close()

    assert (held.status, refused.status) == (303, 409)
    assert code_of(booked)
    assert found_faults(arena) == []
