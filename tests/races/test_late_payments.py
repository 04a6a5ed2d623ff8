"""R4: money that comes as a hold ends or after it had ended, against people who choose the same times meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import fulfilment
from practice.bookings.actions import twice
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


# ---------------------------------------------------------------- late, and paid by a second order at once


@pytest.fixture
def paid_twice(app, engine_url, sells):
    """Somebody's late payment and the payment of their second order for the very same time, in two processes at once,
    for several; the orders."""

    def run(count):
        with transaction():
            made = [factories.user(f"Client {n}", email=f"c{n}@people.example") for n in range(count)]
        people, offer, codes = [each.id for each in made], sells.id, []
        for client, start in zip(people, starts(count), strict=True):
            for ends in (True, False):
                order = begin(db.session.get_one(User, client), db.session.get_one(Offer, offer), start)
                actions.turn(order, opened(order))
                if ends:
                    actions.turn(order, events.HoldOver())
                codes.append(order.code)

        def arrive(number):
            for at in range(count):
                code = codes[2 * at + (at + number) % 2]
                actions.turn(queries.order(code), paid(queries.order(code), charge=f"ch_{code}"))

        assert crowd(app, 2, arrive) == [0, 0]
        return [queries.order(code) for code in codes]

    return run


def test_of_a_late_payment_and_that_of_a_second_order_one_stands_and_one_goes_back(paid_twice):
    orders = paid_twice(6)

    assert sorted(standing()) == sorted(starts(6))
    for late, second in zip(orders[::2], orders[1::2], strict=True):
        ends = {(line.seat, line.back) for line in (*late.lines, *second.lines)}
        assert ends == {(Seat.TAKEN, 0), (Seat.RELEASED, 7200)}
    assert unsound() == []


def test_without_ending_what_is_kept_once_more_the_late_money_would_never_book_it(paid_twice, monkeypatch):
    monkeypatch.setattr(twice, "end_others", lambda booking: None)
    orders = paid_twice(3)

    assert all(late.lines[0].back for late in orders[::2])
    assert all(second.lines[0].seat == Seat.TAKEN for second in orders[1::2])


def test_without_taking_the_time_again_both_payments_would_stand(paid_twice, monkeypatch):
    monkeypatch.setattr(fulfilment.Sessions, "confirm", lambda self, line, late: True)

    assert all(order.lines[0].seat == Seat.TAKEN for order in paid_twice(3))
