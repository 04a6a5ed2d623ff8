"""R5: whatever several clients and specialists do in whatever order, the database says what a small model says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from practice.accounts.models import User
from practice.availability.models import Schedule
from practice.bookings import actions, queries
from practice.bookings.actions import Details, Visitor
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.specialists.models import Offer
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.values import clock as wall
from practice.values.errors import Conflict
from tests import factories

pytestmark = pytest.mark.races

A_DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
# Overlapping starts on one Tuesday morning, a quarter of an hour apart.
STARTS = range(6)
# Four confirmed clients, an account whose address nobody confirmed, and a browser without an account.
CLIENTS, UNCONFIRMED, NOBODY = range(4), 4, 5
ACCOUNTS, VISITORS = range(5), range(6)
# How many free consultations each practice gives in a week; None is as many as fit.
A_WEEK = (None, 4, 2)
PRACTICES = range(len(A_WEEK))


@dataclass
class Place:
    """What the model knows about one booking or hold; `start` counts quarters of an hour."""

    client: int
    practice: int
    start: int
    held_until: datetime | None
    confirmed_at: datetime | None = None
    moves: int = 0
    offered: list[int] = field(default_factory=list)
    proposed_until: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.held_until is None or self.held_until > now

    def meets(self, start: int) -> bool:
        return abs(self.start - start) < 2

    def is_asked(self, now: datetime) -> bool:
        """The specialist has offered other times, which stand for two days."""
        return bool(self.offered) and now < self.proposed_until


def is_booked(place: Place) -> bool:
    return place.held_until is None


def is_offered(place: Place) -> bool:
    return bool(place.offered)


def when(which):
    """Only where there is such a place."""
    return precondition(lambda self: any(which(place) for place in self.places.values()))


class Diary(RuleBasedStateMachine):
    """Clients and specialists at work; `people` and `offers` are ids of rows that stay through all examples."""

    people: list[int]
    offers: list[int]
    met: Counter[str]  # how often each action met each refusal, over all examples

    def __init__(self) -> None:
        super().__init__()
        # Far enough ahead that nothing begins before an example ends.
        day = (wall.now() + timedelta(days=100)).date()
        tuesday = day + timedelta(days=(1 - day.weekday()) % 7)
        self.first = datetime.combine(tuesday, time(8), wall.now().tzinfo)
        self.places: dict[int, Place] = {}  # by the booking's id; only what lives
        # How long each hold lasted that became no booking: (client, practice, start), since and until when.
        self.kept: dict[int, tuple[tuple[int, int, int], datetime, datetime]] = {}
        # Who wrote to whom on their own account, and when: (client, practice), at.
        self.changes: list[tuple[tuple[int, int], datetime]] = []
        self.proposals: list[tuple[tuple[int, int], datetime]] = []

    # ------------------------------------------------------------ what the model expects

    def live_at(self, practice: int) -> Iterator[tuple[int, Place]]:
        return ((n, p) for n, p in self.places.items() if p.practice == practice and p.is_live(wall.now()))

    def is_open(self, practice: int, start: int, but: set[int]) -> bool:
        """Nothing else lies there, and what else the practice has that week leaves room for one more."""
        others = [p for n, p in self.live_at(practice) if n not in but]
        return not any(p.meets(start) for p in others) and self.room(practice, but) > 0

    def room(self, practice: int, but: set[int]) -> float:
        """How many more free consultations the practice gives that week."""
        most = A_WEEK[practice]
        return float("inf") if most is None else most - sum(n not in but for n, _ in self.live_at(practice))

    def held_by(self, client: int) -> set[int]:
        return {n for n, p in self.places.items() if p.client == client and p.held_until is not None}

    def is_elsewhere(self, client: int, start: int, but: int | None = None) -> bool:
        return any(
            p.client == client and p.meets(start) and p.held_until is None and number != but
            for number, p in self.places.items()
        )

    def may_have(self, client: int, practice: int, start: int) -> bool:
        """Three at most, one of each pair, five changes a day; and the time is free but for what they hold."""
        mine = [p for p in self.places.values() if p.client == client and p.held_until is None]
        return (
            len(mine) < 3
            and all(p.practice != practice for p in mine)
            and today(self.changes, client, practice) < 5
            and self.is_open(practice, start, but=self.held_by(client))
            and not self.is_elsewhere(client, start)
        )

    def may_go_to(self, number: int, place: Place, start: int) -> bool:
        return (
            start != place.start
            and self.is_open(place.practice, start, but={number})
            and not self.is_elsewhere(place.client, start, but=number)
        )

    def own_hold(self, client: int, practice: int, start: int) -> int | None:
        mine = ((n, p) for n, p in self.live_at(practice) if n in self.held_by(client))
        return next((number for number, p in mine if p.start == start), None)

    def holds_of_time(self, client: int, practice: int, start: int) -> int:
        """How often of late, within two hours; one that was kept longer than at first counts as two."""
        mine = [(since, until) for who, since, until in self.kept.values() if who == (client, practice, start)]
        recent = [each for each in mine if each[0] > wall.now() - timedelta(hours=2)]
        return sum(1 + (until - since > keeps_for(client) + timedelta(seconds=30)) for since, until in recent)

    def is_kept(self, client: int, practice: int, start: int) -> bool:
        """A time is kept twice; for unknown visitors only if others can still have two in that week."""
        leaves = 0 if client in CLIENTS else 2
        has_room = self.room(practice, self.held_by(client)) > leaves
        return has_room and self.holds_of_time(client, practice, start) < 2

    def make_way(self, booked: Place, start: int) -> None:
        """What a client holds elsewhere ends where they decide on that very time."""
        for number, each in list(self.places.items()):
            is_held = each.held_until is not None and each.client == booked.client
            if is_held and each.practice != booked.practice and each.meets(start):
                del self.places[number]

    def put_away_holds(self, client: int) -> None:
        self.places = {n: p for n, p in self.places.items() if p.held_until is None or p.client != client}

    # ------------------------------------------------------------ what the product does

    def at(self, start: int) -> datetime:
        return self.first + QUARTER * start

    def person(self, client: int) -> User | None:
        return None if client == NOBODY else db.session.get_one(User, self.people[client])

    def offer(self, practice: int) -> Offer:
        return db.session.get_one(Offer, self.offers[practice])

    def tried(self, expected: bool, action, *arguments, **options):
        """The answer, or None for a refusal; the model said beforehand which of the two it would be."""
        if expected:
            return action(*arguments, **options)
        with pytest.raises(Conflict) as refused:
            action(*arguments, **options)
        self.met[f"{action.__name__} {getattr(refused.value, 'refusal', refused.value.code)}"] += 1
        db.session.rollback()
        return None

    def booked(self, client: int, practice: int, start: int) -> Booking | None:
        """The booking, or None if they were refused, as expected."""
        own = self.own_hold(client, practice, start)
        expected = client != UNCONFIRMED and self.may_have(client, practice, start)
        held = db.session.get(Booking, own) if own else None
        done = self.tried(
            expected, actions.book, self.person(client), self.offer(practice), self.at(start), Details("video"), held
        )
        if done is None:
            return None
        assert own is None or done.id == own
        self.put_away_holds(client)
        self.kept.pop(done.id, None)
        self.places[done.id] = Place(client, practice, start, None, confirmed_at=wall.now())
        self.changes.append(((client, practice), wall.now()))
        return done

    # ------------------------------------------------------------ what may happen

    @rule(client=st.sampled_from(VISITORS), practice=st.sampled_from(PRACTICES), start=st.sampled_from(STARTS))
    def hold(self, client, practice, start):
        visitor = Visitor(self.person(client), f"browser {client}", "network", "UTC")
        expected = self.may_have(client, practice, start)
        own, is_kept = self.own_hold(client, practice, start), self.is_kept(client, practice, start)
        can_last = self.holds_of_time(client, practice, start) < 2
        held = self.tried(expected, actions.hold, self.offer(practice), self.at(start), visitor)
        if not expected:
            return
        before, until = self.places.get(own), wall.now() + keeps_for(client)
        self.put_away_holds(client)
        assert (held is None) == (own is None and not is_kept)
        if held is None:
            self.met["hold not kept"] += 1
            return
        assert own in (None, held.id)
        if before is not None and not can_last:
            until = before.held_until
        self.places[held.id] = Place(client, practice, start, until)
        since = self.kept[own][1] if own else wall.now()
        self.kept[held.id] = (client, practice, start), since, until

    @rule(
        client=st.sampled_from(ACCOUNTS),
        practice=st.sampled_from(PRACTICES),
        start=st.sampled_from(STARTS),
        rounds=st.sampled_from((0, 0, 4, 5)),
    )
    def book(self, client, practice, start, rounds):
        """Perhaps after some rounds of booking and taking back."""
        for _ in range(rounds):
            if (booking := self.booked(client, practice, start)) is None:
                return
            actions.undo(booking, by=self.person(client))
            del self.places[booking.id]
        self.booked(client, practice, start)

    def chosen(self, data, which=is_booked) -> tuple[int, Place, Booking]:
        found = sorted(number for number, p in self.places.items() if which(p))
        number = found[data.draw(st.integers(0, len(found) - 1), label="booking")]
        return number, self.places[number], db.session.get_one(Booking, number)

    @when(is_booked)
    @rule(data=st.data(), start=st.sampled_from(STARTS))
    def move(self, data, start):
        number, place, booking = self.chosen(data)
        # A move that the specialist asked for is not counted, neither of the two nor of the day's five.
        is_asked = place.is_asked(wall.now())
        is_own = place.moves < 2 and today(self.changes, place.client, place.practice) < 5
        expected = (is_own or is_asked) and self.may_go_to(number, place, start)
        self.tried(expected, actions.move, booking, self.at(start), by=self.person(place.client))
        if expected:
            self.make_way(place, start)
            place.start, place.moves, place.offered = start, place.moves + (not is_asked), []
            self.changes += [] if is_asked else [((place.client, place.practice), wall.now())]

    @when(is_booked)
    @rule(data=st.data())
    def cancel(self, data):
        number, place, booking = self.chosen(data)
        self.tried(True, actions.cancel, booking, by=self.person(place.client))
        del self.places[number]
        self.tried(False, actions.cancel, db.session.get_one(Booking, number), by=self.person(place.client))

    @when(is_booked)
    @rule(data=st.data())
    def undo(self, data):
        number, place, booking = self.chosen(data)
        expected = wall.now() <= place.confirmed_at + timedelta(minutes=15)
        self.tried(expected, actions.undo, booking, by=self.person(place.client))
        if expected:
            del self.places[number]

    @when(is_booked)
    @rule(
        data=st.data(),
        starts=st.lists(st.sampled_from(STARTS), min_size=1, max_size=3, unique=True),
        rounds=st.sampled_from((1, 1, 4)),
    )
    def propose(self, data, starts, rounds):
        chosen = self.chosen(data)
        for _ in range(rounds):
            self.proposed(*chosen, starts)

    def proposed(self, number: int, place: Place, booking: Booking, starts: list[int]) -> None:
        expected = (
            place.start not in starts
            and all(self.is_open(place.practice, s, but={number}) for s in starts)
            and today(self.proposals, place.client, place.practice) < 3
        )
        self.tried(expected, actions.propose, booking, [self.at(s) for s in starts], by=booking.specialist.user)
        if expected:
            place.offered, place.proposed_until = starts, wall.now() + timedelta(hours=48)
            self.proposals.append(((place.client, place.practice), wall.now()))

    @when(is_offered)
    @rule(data=st.data(), start=st.sampled_from(STARTS))
    def accept(self, data, start):
        number, place, booking = self.chosen(data, is_offered)
        expected = place.is_asked(wall.now()) and start in place.offered and self.may_go_to(number, place, start)
        by = self.person(place.client)
        self.tried(expected, actions.accept_proposal, booking.open_proposal, self.at(start), by=by)
        if expected:
            self.make_way(place, start)
            place.start, place.offered = start, []

    @when(is_offered)
    @rule(data=st.data())
    def decline(self, data):
        number, place, booking = self.chosen(data, is_offered)
        expected = place.is_asked(wall.now())
        self.tried(expected, actions.decline_proposal, booking.open_proposal, by=self.person(place.client))
        if expected:
            del self.places[number]

    @when(is_booked)
    @rule(data=st.data())
    def cancel_by_specialist(self, data):
        number, _place, booking = self.chosen(data)
        self.tried(True, actions.cancel_by_specialist, booking, by=booking.specialist.user)
        del self.places[number]

    @rule(minutes=st.sampled_from((1, 5, 14, 15, 12 * 60)))
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
                None if p.client == NOBODY else self.people[p.client],
                self.at(p.start),
                BookingState.HELD if p.held_until else BookingState.CONFIRMED,
            )
            for number, p in self.places.items()
            if p.is_live(now)
        }
        assert stored == known
        db.session.rollback()

    def teardown(self):
        """Everything else holds too; then the next example finds empty calendars, and a day that nobody has used."""
        # Nobody sweeps or delivers mail here, and hours go by.
        actions.expire_holds()
        found = [fault for fault in faults() if "nobody tried to send it" not in fault]
        standing = db.select(Booking).where(Booking.state == BookingState.CONFIRMED)
        for booking in db.session.scalars(standing).all():
            actions.cancel(booking, by=booking.client)
        wall.advance(A_DAY)
        actions.expire_holds()
        db.session.rollback()
        assert found == []


def today(noted: list[tuple[tuple[int, int], datetime]], client: int, practice: int) -> int:
    """How often within the last day for this pair."""
    return sum(pair == (client, practice) and at > wall.now() - A_DAY for pair, at in noted)


def keeps_for(client: int) -> timedelta:
    """How long a time is kept for this visitor."""
    return timedelta(minutes=15 if client in CLIENTS else 10)


@pytest.fixture
def diary(app):
    """The machine with its people: four clients, somebody unconfirmed, and three practices."""
    with transaction() as session:
        people = [factories.user(f"Client {number}", email=f"c{number}@people.example") for number in ACCOUNTS]
        people[UNCONFIRMED].confirmed_at = None
        practices = []
        for number in PRACTICES:
            owner = factories.user(f"Practice {number}", email=f"p{number}@people.example", zone="Europe/Vienna")
            practices.append(factories.specialist(owner))
            schedule = session.get_one(Schedule, practices[-1].id)
            schedule.weekly_consults, schedule.consult_horizon = A_WEEK[number], 180
        session.flush()
        offers = [queries.chosen_offer(practice.slug).offer.id for practice in practices]
        ids = [each.id for each in people]
    return type("DiaryHere", (Diary,), {"people": ids, "offers": offers, "met": Counter()})


# Orders of events that never meet these would say nothing about them.
LIMITS = {"book too_often", "hold too_often", "move too_often", "propose too_often", "hold not kept"}


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
    assert set(machine.met) >= LIMITS


def test_in_any_order_of_events_the_database_and_the_model_agree(diary, engine):
    explore(diary, 10, 40)


@pytest.mark.long
def test_in_very_many_orders_of_events_the_database_and_the_model_agree(diary, engine):
    explore(diary, 150, 50)
