"""The difference of a longer session is paid late while its client cancels the session: whichever is first, all of a
cancelled session's money comes back, and nothing is paid for a session that is none."""

from datetime import UTC, datetime, timedelta

import pytest

from practice.accounts.models import User
from practice.bookings import actions, lengths, sold
from practice.bookings.actions import OtherLength, lengthen
from practice.bookings.models import Booking
from practice.payments import actions as payments
from practice.payments import queries
from practice.payments.policy import events
from practice.specialists.models import Offer
from practice.store.db import db, transaction
from practice.values.errors import Conflict
from practice.values.money import Money
from tests import factories
from tests.payments.forks import crowd
from tests.selling import begin, booking_of, pay, sold_by
from tests.shop import opened, paid, unsound

pytestmark = pytest.mark.races
MONDAY = datetime(2027, 3, 8, 8, 0, tzinfo=UTC)


@pytest.fixture
def race(app, engine_url, cast, sells):
    """Sessions whose difference is paid by one process and that are cancelled by another, at once; their ids."""
    longer, shorter = sold_by(cast.anna, minutes=80, price=Money(11000, "EUR")).code, sells.id

    def run(count):
        with transaction():
            clients = [factories.user(f"Client {n}", email=f"c{n}@people.example") for n in range(count)]
        people = [each.id for each in clients]
        made = [_ordered(people[n], MONDAY + timedelta(days=n // 4, hours=n % 4 * 2)) for n in range(count)]

        def compete(number):
            for at, (booking, order) in enumerate(made):
                _cancel(booking) if (at + number) % 2 else _pay(order)

        assert crowd(app, 2, compete) == [0, 0]
        return [booking for booking, _ in made]

    def _ordered(client, start):
        person = db.session.get_one(User, client)
        order = pay(begin(person, db.session.get_one(Offer, shorter), start), charge=f"ch_{client}")
        booking = booking_of(order)
        wanted = OtherLength(longer, start, lengths.named(booking, longer).shown, is_express=True)
        order = actions.order_length(booking, wanted, by=person)
        payments.turn(order, opened(order))
        payments.turn(order, events.HoldOver())
        return booking.id, order.code

    return run


def _pay(code):
    order = queries.order(code)
    payments.turn(order, paid(order, charge=f"ch_{code}"))


def _cancel(booking_id):
    booking = db.session.get_one(Booking, booking_id)
    try:
        actions.cancel(booking, by=booking.client, expecting=7200)
    except Conflict:
        db.session.rollback()


def kept_of(ids):
    """What nobody got back of each session that was cancelled."""
    db.session.expire_all()
    found = [db.session.get_one(Booking, each) for each in ids]
    assert not any(each.is_confirmed for each in found)
    return [sum(line.price - line.back for line in sold.lines_of(each)) for each in found]


def test_all_of_a_cancelled_session_comes_back_whichever_was_first(race):
    assert kept_of(race(8)) == [0] * 8
    assert unsound() == []


def test_without_the_look_at_the_session_a_difference_would_be_kept_for_none(race, monkeypatch):
    monkeypatch.setattr(lengthen, "_still_possible", lambda *_: None)
    ids = race(8)

    assert sum(kept_of(ids)) > 0
