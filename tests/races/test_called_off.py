"""Two practices are called off at once, and the same people come to both: nobody waits in a circle."""

import multiprocessing
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import BrokenBarrierError

import pytest

from practice.accounts.models import User
from practice.bookings import actions, queries
from practice.bookings.actions import stopped
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.specialists.models import Specialist
from practice.store import db as store
from practice.store.db import db, transaction
from tests import factories
from tests.payments.forks import crowd
from tests.selling import begin, booking_of, pay, sold_by
from tests.shop import unsound

pytestmark = pytest.mark.races
MONDAY = datetime(2027, 3, 8, 8, 0, tzinfo=UTC)
PEOPLE = 3


@pytest.fixture
def race(app, engine_url, cast, sells, monkeypatch):
    """The second practice has the clients of the first, the last one first; how calling off both at once ended, where
    nobody who is ended by the database tries again."""
    monkeypatch.setattr(store, "PASSING", frozenset())
    monkeypatch.setattr(stopped, "end", _waits_for_the_other(stopped.end))
    ilse = factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    offers, who = (sells, sold_by(ilse.user)), cast.sam.id
    practices = [each.specialist_id for each in offers]
    with transaction():
        people = [factories.user(f"Client {n}", email=f"c{n}@people.example") for n in range(PEOPLE)]
    for at, client in enumerate(people):
        for offer, day in ((offers[0], at), (offers[1], PEOPLE - at)):
            start = MONDAY + timedelta(days=day, hours=4 if offer is offers[1] else 0)
            booking_of(pay(begin(client, offer, start), charge=f"ch_{offer.id}_{client.id}"))
    with transaction():
        for each in practices:
            db.session.get_one(Specialist, each).state = "suspended"

    def call_off(number):
        practice = db.session.get_one(Specialist, practices[number])
        actions.call_off_ahead(practice, by=db.session.get_one(User, who))

    return lambda: crowd(app, 2, call_off)


def _waits_for_the_other(end):
    """Both have ended their first one before either goes on, if they can."""
    both = multiprocessing.get_context("fork").Barrier(2)

    def end_and_wait(*args, **named):
        end(*args, **named)
        with suppress(BrokenBarrierError):
            both.wait(timeout=1)

    return end_and_wait


def test_of_two_practices_that_are_called_off_at_once_each_is_whole(race):
    assert race() == [0, 0]
    db.session.expire_all()
    assert {each.state for each in db.session.query(Booking)} == {BookingState.CANCELLED_BY_SPECIALIST}
    assert unsound() == []


@pytest.mark.postgres
def test_without_one_order_of_their_clients_one_of_them_would_be_ended(race, monkeypatch):
    monkeypatch.setattr(stopped, "lock_ahead", lambda practice: queries.ahead_of_practice(practice.id))
    assert race() != [0, 0]
