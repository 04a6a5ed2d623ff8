"""R5: whatever several clients and specialists do in whatever order, the database says what a small model says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from practice.accounts.models import User
from practice.availability.models import Schedule
from practice.bookings import actions, queries
from practice.bookings.actions import Details, Visitor
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.operations.checkup import faults
from practice.specialists.models import Offer
from practice.store.db import db, transaction
from practice.values import clock as wall
from practice.values.errors import Conflict
from tests import factories

pytestmark = pytest.mark.races

HALF_HOUR, QUARTER = timedelta(minutes=30), timedelta(minutes=15)
# A Tuesday morning in Vienna, more than five months ahead of the tests' clock, in overlapping steps.
FIRST = datetime(2027, 8, 3, 8, 0, tzinfo=UTC)
STARTS = [FIRST + QUARTER * number for number in range(6)]
CLIENTS, PRACTICES = range(4), range(3)


@dataclass
class Place:
    """What the model knows about one booking or hold."""

    client: int
    practice: int
    start: datetime
    held_until: datetime | None
    confirmed_at: datetime | None = None
    moves: int = 0
    offered: list[datetime] = field(default_factory=list)

    def is_live(self, now: datetime) -> bool:
        return self.held_until is None or self.held_until > now

    def meets(self, start: datetime) -> bool:
        return self.start < start + HALF_HOUR and start < self.start + HALF_HOUR


class Diary(RuleBasedStateMachine):
    """Clients and specialists at work; `people` and `offers` are ids of rows that stay through all examples."""

    people: list[int]
    offers: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[int, Place] = {}  # by the booking's id; only what lives
        # How long each hold lasted that became no booking: (client, practice, start), since and until when.
        self.kept: dict[int, tuple[tuple[int, int, datetime], datetime, datetime]] = {}

    # ------------------------------------------------------------ what the model expects

    def is_free(self, practice: int, start: datetime, but: int | None = None) -> bool:
        return not any(
            place.practice == practice and place.meets(start) and place.is_live(wall.now()) and number != but
            for number, place in self.places.items()
        )

    def others_have(self, client: int, practice: int, start: datetime) -> bool:
        return any(
            p.practice == practice and p.client != client and p.meets(start) and p.is_live(wall.now())
            for p in self.places.values()
        )

    def is_elsewhere(self, client: int, start: datetime, but: int | None = None) -> bool:
        return any(
            p.client == client and p.meets(start) and p.held_until is None and number != but
            for number, p in self.places.items()
        )

    def may_book(self, client: int, practice: int) -> bool:
        mine = [p for p in self.places.values() if p.client == client and p.held_until is None]
        return len(mine) < 3 and all(p.practice != practice for p in mine)

    def own_hold(self, client: int, practice: int, start: datetime) -> int | None:
        wanted = (client, practice, start)
        return next(
            (
                number
                for number, p in self.places.items()
                if (p.client, p.practice, p.start) == wanted and p.held_until is not None and p.is_live(wall.now())
            ),
            None,
        )

    def times_kept(self, *whose) -> int:
        """A time is kept twice at most within two hours, one that was kept longer counts as two."""
        mine = [(since, until) for who, since, until in self.kept.values() if who == whose]
        recent = [each for each in mine if each[0] > wall.now() - timedelta(hours=2)]
        return sum(1 + (until - since > timedelta(minutes=15, seconds=30)) for since, until in recent)

    def put_away_holds(self, client: int) -> None:
        self.places = {n: p for n, p in self.places.items() if p.held_until is None or p.client != client}

    # ------------------------------------------------------------ what the product does

    def person(self, client: int) -> User:
        return db.session.get_one(User, self.people[client])

    def offer(self, practice: int) -> Offer:
        return db.session.get_one(Offer, self.offers[practice])

    def tried(self, expected: bool, action, *arguments, **options):
        """The answer, or None for a refusal; the model said beforehand which of the two it would be."""
        if expected:
            return action(*arguments, **options)
        with pytest.raises(Conflict):
            action(*arguments, **options)
        db.session.rollback()
        return None

    # ------------------------------------------------------------ what may happen

    @rule(client=st.sampled_from(CLIENTS), practice=st.sampled_from(PRACTICES), start=st.sampled_from(STARTS))
    def hold(self, client, practice, start):
        visitor = Visitor(self.person(client), f"browser {client}", "network", "UTC")
        is_open = not self.others_have(client, practice, start) and not self.is_elsewhere(client, start)
        expected = self.may_book(client, practice) and is_open
        own, times = self.own_hold(client, practice, start), self.times_kept(client, practice, start)
        held = self.tried(expected, actions.hold, self.offer(practice), start, visitor)
        if not expected:
            return
        lasts, until = self.places.get(own), wall.now() + timedelta(minutes=15)
        self.put_away_holds(client)
        assert (held is None) == (own is None and times >= 2)
        if held is None:
            return
        assert own in (None, held.id)
        if lasts is not None and times >= 2:
            until = lasts.held_until
        self.places[held.id] = Place(client, practice, start, until)
        since = self.kept[own][1] if own else wall.now()
        self.kept[held.id] = (client, practice, start), since, until

    @rule(client=st.sampled_from(CLIENTS), practice=st.sampled_from(PRACTICES), start=st.sampled_from(STARTS))
    def book(self, client, practice, start):
        own = self.own_hold(client, practice, start)
        expected = (
            self.may_book(client, practice)
            and not self.others_have(client, practice, start)
            and not self.is_elsewhere(client, start)
        )
        held = db.session.get(Booking, own) if own else None
        done = self.tried(
            expected, actions.book, self.person(client), self.offer(practice), start, Details("video"), held
        )
        if done is not None:
            assert own is None or done.id == own
            self.put_away_holds(client)
            self.kept.pop(done.id, None)
            self.places[done.id] = Place(client, practice, start, None, confirmed_at=wall.now())

    def confirmed(self, data) -> tuple[int, Place, Booking] | None:
        found = sorted(number for number, p in self.places.items() if p.held_until is None)
        if not found:
            return None
        number = data.draw(st.sampled_from(found), label="booking")
        return number, self.places[number], db.session.get_one(Booking, number)

    def may_go_to(self, number: int, place: Place, start: datetime) -> bool:
        return (
            start != place.start
            and self.is_free(place.practice, start, but=number)
            and not self.is_elsewhere(place.client, start, but=number)
        )

    @rule(data=st.data(), start=st.sampled_from(STARTS))
    def move(self, data, start):
        if (chosen := self.confirmed(data)) is None:
            return
        number, place, booking = chosen
        is_asked_for = bool(place.offered)  # a move that the specialist asked for is not counted
        expected = (place.moves < 2 or is_asked_for) and self.may_go_to(number, place, start)
        self.tried(expected, actions.move, booking, start, by=self.person(place.client))
        if expected:
            place.start, place.moves, place.offered = start, place.moves + (not is_asked_for), []

    @rule(data=st.data())
    def cancel(self, data):
        if (chosen := self.confirmed(data)) is None:
            return
        number, place, booking = chosen
        self.tried(True, actions.cancel, booking, by=self.person(place.client))
        del self.places[number]
        self.tried(False, actions.cancel, db.session.get_one(Booking, number), by=self.person(place.client))

    @rule(data=st.data())
    def undo(self, data):
        if (chosen := self.confirmed(data)) is None:
            return
        number, place, booking = chosen
        expected = wall.now() <= place.confirmed_at + timedelta(minutes=15)
        self.tried(expected, actions.undo, booking, by=self.person(place.client))
        if expected:
            del self.places[number]

    @rule(data=st.data(), starts=st.lists(st.sampled_from(STARTS), min_size=1, max_size=3, unique=True))
    def propose(self, data, starts):
        if (chosen := self.confirmed(data)) is None:
            return
        number, place, booking = chosen
        expected = place.start not in starts and all(self.is_free(place.practice, s, but=number) for s in starts)
        self.tried(expected, actions.propose, booking, starts, by=booking.specialist.user)
        if expected:
            place.offered = starts

    @rule(data=st.data(), start=st.sampled_from(STARTS))
    def accept(self, data, start):
        if (chosen := self.confirmed(data)) is None or not chosen[1].offered:
            return
        number, place, booking = chosen
        expected = start in place.offered and self.may_go_to(number, place, start)
        self.tried(expected, actions.accept_proposal, booking.open_proposal, start, by=self.person(place.client))
        if expected:
            place.start, place.offered = start, []

    @rule(data=st.data())
    def decline(self, data):
        if (chosen := self.confirmed(data)) is None or not chosen[1].offered:
            return
        number, place, booking = chosen
        self.tried(True, actions.decline_proposal, booking.open_proposal, by=self.person(place.client))
        del self.places[number]

    @rule(data=st.data())
    def cancel_by_specialist(self, data):
        if (chosen := self.confirmed(data)) is None:
            return
        number, _place, booking = chosen
        self.tried(True, actions.cancel_by_specialist, booking, by=booking.specialist.user)
        del self.places[number]

    @rule(minutes=st.sampled_from((1, 5, 14, 15)))
    def wait(self, minutes):
        wall.advance(timedelta(minutes=minutes))

    @rule()
    def sweep(self):
        actions.expire_holds()
        self.places = {number: p for number, p in self.places.items() if p.is_live(wall.now())}

    # ------------------------------------------------------------ what must hold after each step

    @invariant()
    def the_database_says_what_the_model_says(self):
        db.session.rollback()
        live = (BookingState.CONFIRMED, BookingState.HELD)
        rows = db.session.scalars(db.select(Booking).where(Booking.state.in_(live))).all()
        now = wall.now()
        stored = {b.id: (b.client_id, b.starts_at, b.state) for b in rows if b.is_confirmed or b.held_until > now}
        known = {
            number: (
                self.people[p.client],
                p.start,
                BookingState.HELD if p.held_until else BookingState.CONFIRMED,
            )
            for number, p in self.places.items()
            if p.is_live(now)
        }
        assert stored == known
        db.session.rollback()

    def teardown(self):
        """Everything else holds too; then the next example finds empty calendars."""
        # Nobody delivers mail here, and hours go by.
        assert [fault for fault in faults() if "nobody tried to send it" not in fault] == []
        for number, place in list(self.places.items()):
            if place.held_until is None:
                actions.cancel(db.session.get_one(Booking, number), by=self.person(place.client))
        wall.advance(timedelta(minutes=121))
        actions.expire_holds()
        db.session.rollback()


@pytest.fixture
def diary(app):
    """The machine with its people: four clients and three practices."""
    with transaction() as session:
        clients = [factories.user(f"Client {number}", email=f"c{number}@people.example") for number in CLIENTS]
        practices = []
        for number in PRACTICES:
            owner = factories.user(f"Practice {number}", email=f"p{number}@people.example", zone="Europe/Vienna")
            practices.append(factories.specialist(owner))
            schedule = session.get_one(Schedule, practices[-1].id)
            schedule.weekly_consults, schedule.consult_horizon = None, 180
        session.flush()
        offers = [queries.bookable_offer(practice.slug).id for practice in practices]
        people = [each.id for each in clients]
    return type("DiaryHere", (Diary,), {"people": people, "offers": offers})


def explore(machine, examples, steps):
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_in_any_order_of_events_the_database_and_the_model_agree(diary, engine):
    explore(diary, 10, 40)


@pytest.mark.long
def test_in_very_many_orders_of_events_the_database_and_the_model_agree(diary, engine):
    explore(diary, 150, 50)
