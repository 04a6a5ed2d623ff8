"""R4: money that comes as a hold ends or after it had ended, against people who choose the same times meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import fulfilment
from practice.bookings.errors import NotEligible, SlotClosed, SlotTaken
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.payments import actions, queries
from practice.payments.models import Order
from practice.payments.policy import events
from practice.payments.states import Seat
from practice.specialists.models import Offer
from practice.store.db import db, transaction
from tests import factories
from tests.payments.forks import crowd
from tests.selling import begin, pay
from tests.shop import opened, paid, unsound

pytestmark = pytest.mark.races
PROCESSES = 5
ENDS_HOLDS = PROCESSES - 1


def starts(count):
    """Times of Anna's, an hour apart, seven on each of her days, as near as her horizon wants them."""
    monday = datetime(2027, 3, 8, 8, 0, tzinfo=UTC)
    return [monday + timedelta(weeks=n // 35, days=n // 7 % 5, hours=n % 7) for n in range(count)]


@pytest.fixture
def race(app, engine_url, sells):
    """Late payments, new bookings and the end of holds for the same times, in several processes; the orders that were
    paid. Half of the holds have ended before."""

    def run(count):
        with transaction():
            made = [factories.user(f"Client {n}", email=f"c{n}@people.example") for n in range(2 * count)]
        people = [each.id for each in made]
        offer, late = sells.id, []
        for client, start in zip(people[:count], starts(count), strict=True):
            order = begin(db.session.get_one(User, client), db.session.get_one(Offer, offer), start)
            actions.turn(order, opened(order))
            late.append(order.code)
        for code in late[::2]:
            actions.turn(queries.order(code), events.HoldOver())

        def compete(number):
            for at in range(count):
                if number == ENDS_HOLDS:
                    actions.turn(queries.order(late[at]), events.HoldOver())
                elif (at + number) % 2:
                    order = queries.order(late[at])
                    actions.turn(order, paid(order, charge=f"ch_late_{at}"))
                elif number < 2:
                    buy_it(people[count + at], offer, starts(count)[at])

        assert crowd(app, PROCESSES, compete) == [0] * PROCESSES
        return db.session.scalars(select(Order).where(Order.payment == "paid")).all()

    return run


def buy_it(client, offer, start):
    try:
        pay(begin(db.session.get_one(User, client), db.session.get_one(Offer, offer), start), charge=f"ch_{client}")
    except (NotEligible, SlotTaken, SlotClosed):
        db.session.rollback()


def standing():
    asked = select(Booking).where(Booking.state == BookingState.CONFIRMED)
    return [each.starts_at for each in db.session.scalars(asked)]


@pytest.mark.parametrize("count", [5, pytest.param(200, marks=pytest.mark.long)])
def test_each_time_is_somebodys_once_and_who_did_not_get_it_gets_all_back(race, count):
    orders = race(count)

    assert len(standing()) == len(set(standing())) == count
    for order in orders:
        (line,) = order.lines
        assert (line.seat, line.back) in ((Seat.TAKEN, 0), (Seat.RELEASED, line.price))
    assert sum(order.lines[0].seat == Seat.TAKEN for order in orders) == count
    assert unsound() == []


def test_without_taking_the_time_again_it_would_be_sold_twice(race, monkeypatch):
    monkeypatch.setattr(fulfilment.Sessions, "confirm", lambda self, line, late: True)
    orders = race(5)

    assert sum(order.lines[0].seat == Seat.TAKEN for order in orders) > 5
