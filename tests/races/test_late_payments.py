"""R4: late payments against new bookings and holds that end, for the same times. With the guard off, the race fails."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from practice.accounts.models import User
from practice.bookings import claims, queries
from practice.bookings.errors import NotThisTime
from practice.bookings.models import Appointment, Booking
from practice.bookings.queries import Looker
from practice.bookings.states import BookingState
from practice.payments import queries as orders
from practice.payments.models import Order
from practice.payments.states import OrderState
from practice.specialists.models import Offer, Specialist
from practice.store import checks
from practice.store.db import db
from practice.values import clock
from practice.values.errors import Crowded
from tests import factories
from tests.selling import begin, hold_ends, pay, sold_by

pytestmark = pytest.mark.races
THREADS = 8


class Contest:
    """So many times of one practice: for each somebody whose hold is ending and who pays late, and somebody new."""

    def __init__(self, arena, size: int) -> None:
        self.arena, self.size = arena, size
        self.slug = arena.practices(1)[0]
        with arena.inside():
            practice = db.session.scalars(db.select(Specialist).where(Specialist.slug == self.slug)).one()
            offer = sold_by(practice.user)
            self.offer_id = offer.id
            self.starts = _apart(queries.starts_for(offer, Looker()), size)
            late = [factories.user("late", email=f"late{n}@people.example") for n in range(size)]
            new = [factories.user("new", email=f"new{n}@people.example") for n in range(size)]
            self.new = [each.id for each in new]
            self.late = [begin(who, offer, at).code for who, at in zip(late, self.starts, strict=True)]

    def run(self, seed: int = 4) -> None:
        """Everything at once: each late payment, each end of a hold, each newcomer, in a shuffled order."""
        work = [(act, number) for act, number in product((self.end, self.pay, self.come), range(self.size))]
        random.Random(seed).shuffle(work)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda each: self._do(*each), work))

    def _do(self, act: Callable[[int], None], number: int) -> None:
        with clock.freeze(self.arena.now()), self.arena.app.app_context():
            for _ in range(20):
                try:
                    act(number)
                    break
                except Crowded:  # a worker tries again
                    db.session.rollback()
            db.session.remove()

    def end(self, number: int) -> None:
        hold_ends(self._order(number))

    def pay(self, number: int) -> None:
        pay(self._order(number), charge=f"late{number}")

    def come(self, number: int) -> None:
        client, offer = db.session.get_one(User, self.new[number]), db.session.get_one(Offer, self.offer_id)
        try:
            pay(begin(client, offer, self.starts[number]), charge=f"new{number}")
        except NotThisTime:
            db.session.rollback()

    def _order(self, number: int) -> Order:
        found = orders.order(self.late[number])
        assert found
        return found

    def confirmed(self) -> Counter[object]:
        """How many stand at each time."""
        asked = db.select(Appointment.starts_at).join(Booking).where(Booking.state == BookingState.CONFIRMED)
        return Counter(db.session.scalars(asked))

    def wrong(self) -> list[str]:
        """Orders that are neither a session nor all of their money back."""
        found = []
        for order in db.session.scalars(db.select(Order)):
            booking = db.session.scalars(db.select(Booking).where(Booking.code == order.lines[0].subject_code)).one()
            stands = (order.state, order.lines[0].back) == (OrderState.PAID, 0) and booking.is_confirmed
            back = (order.state, order.lines[0].back) == (OrderState.REFUND_DUE, 7200) and not booking.is_confirmed
            if not stands and not back:
                found.append(f"{order.state} {order.lines[0].back} {booking.state}")
        return found


def _apart(starts, size):
    """The first so many that do not overlap."""
    chosen, free_from = [], 0
    for each in starts:
        if each >= free_from and len(chosen) < size:
            chosen.append(each)
            free_from = each + 50 * 60
    assert len(chosen) == size
    return [clock.now().fromtimestamp(each, clock.now().tzinfo) for each in chosen]


def judge(arena, size):
    contest = Contest(arena, size)
    contest.run()
    with arena.inside():
        confirmed, wrong = contest.confirmed(), contest.wrong()
        said = [each for each in checks.faults() if not each.startswith("Letter")]
    return contest, confirmed, wrong, said


@pytest.mark.parametrize("size", [25, pytest.param(200, marks=pytest.mark.long)])
def test_each_time_is_somebodys_once_and_everybody_else_has_all_of_their_money(arena, size):
    contest, confirmed, wrong, said = judge(arena, size)

    assert set(confirmed.values()) == {1}
    assert sorted(confirmed) == contest.starts
    assert wrong == said == []


def test_the_same_race_without_the_guard_sells_a_time_twice(arena, monkeypatch):
    monkeypatch.setattr(claims, "GUARDED", False)
    monkeypatch.setattr(claims, "lock_specialist", lambda _id: None)
    contest = Contest(arena, 12)
    with arena.inside():
        offer = db.session.get_one(Offer, contest.offer_id)
        calendar = queries.calendar_for(offer, clock.now(), Looker(), is_open=True)
        db.session.rollback()
    monkeypatch.setattr(sys.modules["practice.bookings.actions.reserve"], "require_open", lambda *_, **__: calendar)
    contest.run()

    with arena.inside():
        assert max(contest.confirmed().values()) > 1
