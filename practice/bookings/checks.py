"""This file knows what must always hold of bookings, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select, union

from practice.bookings import sold
from practice.bookings.models import Appointment, Booking
from practice.bookings.occupancy import Occupancy, cells
from practice.bookings.states import CANCELLED, COUNTING, LIVE, BookingState
from practice.bookings.terms import LONGEST_HOLD, ONE_PER_PAIR
from practice.http.formats import amount
from practice.ledger.checks import MONEY
from practice.letters.outbox import MailState, OutboxMail
from practice.payments.models import OrderLine
from practice.specialists.models import Specialist
from practice.store.checks import check, check_of
from practice.store.db import db
from practice.values import clock
from practice.values.money import Money

# A worker looks every minute; a hold that is overdue by this much has been forgotten by everybody.
FORGOTTEN = timedelta(hours=1)
SPECIALIST, CLIENT = "specialist", "client"
Taken = tuple[Any, ...]  # person, start, end, code, role
Cell = tuple[int, int]  # person, number
Whose = tuple[int | None, int | None]  # for which appointment, or for which booking


# ---------------------------------------------------------------- nobody is in two places


@check
def _nobody_twice() -> Iterator[str]:
    """Nobody's time is sold twice, whatever they are in it: a specialist, a client elsewhere, or both."""
    roles = (
        (SPECIALIST, Specialist.user_id.expression, Appointment.code.expression),
        (CLIENT, Booking.client_id.expression, Booking.code.expression),
    )
    asked = union(*(_confirmed(*each) for each in roles)).order_by("person", "starts_at", "code")
    rows = db.session.execute(asked.execution_options(yield_per=1000))
    for _, taken in groupby(map(tuple, rows), key=itemgetter(0)):
        for one, other in _clashes(taken):
            role = one[4] if one[4] == other[4] else "person"
            yield f"Two appointments of one {role} overlap: {one[3]} and {other[3]}."


def _confirmed(role: str, person: ColumnElement[Any], code: ColumnElement[Any]) -> Select[Any]:
    """What stands in the calendars of people in one role."""
    return (
        select(person.label("person"), Appointment.starts_at, Appointment.ends_at, code.label("code"), literal(role))
        .join(Booking, Booking.appointment_id == Appointment.id)
        .join(Specialist, Specialist.id == Appointment.specialist_id)
        .where(Booking.state == BookingState.CONFIRMED)
    )


def _clashes(taken: Iterable[Taken]) -> Iterator[tuple[Taken, Taken]]:
    """Pairs, each with the one before it that lasts longest, from rows in order of their start."""
    longest: Taken | None = None
    for each in taken:
        if longest is not None and each[1] < longest[2]:
            yield longest, each
        if longest is None or each[2] > longest[2]:
            longest = each


# ---------------------------------------------------------------- cells and places say what bookings say


@check
def _cells() -> Iterator[str]:
    """The cells that are stored are exactly those that live bookings cover; where two do, one of them has it."""
    asked = select(Occupancy.person_id, Occupancy.cell, Occupancy.appointment_id, Occupancy.booking_id)
    stored: dict[Cell, Whose] = {(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(asked)}
    due: dict[Cell, tuple[Whose, ...]] = {}
    for key, whose in _due_cells():
        if whose not in due.get(key, ()):
            due[key] = (*due.get(key, ()), whose)
    nobody: Whose = (None, None)
    for key in stored.keys() | due.keys():
        kept, belongs = stored.get(key, nobody), due.get(key, (nobody,))
        if kept not in belongs:
            person, cell = key
            yield (
                f"Cell {cell} of person {person} is kept for {_named(kept)}, "
                f"but belongs to {_named(belongs[0])} (ids of rows)."
            )


def _named(kept: Whose) -> str:
    appointment, booking = kept
    return f"appointment {appointment}" if appointment else f"booking {booking}" if booking else "nobody"


def _due_cells() -> Iterator[tuple[Cell, Whose]]:
    """What each live booking covers: its appointment the specialist's time, itself its client's, if they are known."""
    rows = db.session.execute(
        select(
            Booking.id,
            Booking.appointment_id,
            Specialist.user_id,
            Booking.client_id,
            Appointment.starts_at,
            Appointment.ends_at,
        )
        .join(Booking.appointment)
        .join(Booking.specialist)
        .where(Booking.state.in_(LIVE))
    )
    for row in rows:
        for cell in cells(row.starts_at, row.ends_at):
            yield (row.user_id, cell), (row.appointment_id, None)
            if row.client_id is not None:
                yield (row.client_id, cell), (None, row.id)


@check
def _places() -> Iterator[str]:
    """Nobody has a place that their appointment does not have."""
    beyond = select(Booking.code).join(Booking.appointment).where(Booking.place > Appointment.capacity)
    for code in db.session.scalars(beyond):
        yield f"Booking {code} has a place that its appointment does not have."


# ---------------------------------------------------------------- no more is kept than a session costs


@check_of(MONEY)
def _no_more_than_its_price() -> Iterator[str]:
    """Of a session that stands no more is kept of all its payments than its price."""
    kept = func.sum(OrderLine.kept)
    of_it = and_(OrderLine.subject_kind == sold.KIND, OrderLine.subject_code == Booking.code)
    asked = select(Booking.code, kept, Booking.price_amount, Booking.price_currency).join(OrderLine, of_it)
    stands = Booking.state.in_((BookingState.CONFIRMED, BookingState.COMPLETED))
    beyond = asked.where(stands).group_by(Booking.id).having(kept > Booking.price_amount).order_by(Booking.id)
    for code, *amounts, currency in db.session.execute(beyond):
        found, price = (amount(Money(int(each or 0), currency or "")) for each in amounts)
        yield f"Of booking {code} {found} is kept, and its price is {price}."


# ---------------------------------------------------------------- one consultation a pair


@check
def _pairs() -> Iterator[str]:
    """No person has two counting consultations with one specialist, and every counting one is marked as such."""
    counts = and_(Booking.kind.in_(ONE_PER_PAIR), Booking.granted_again_at.is_(None), Booking.state.in_(COUNTING))
    used = Counter(
        map(
            tuple,
            db.session.execute(
                select(Booking.person_key, Booking.specialist_id).where(or_(counts, Booking.claims_pair.is_(True)))
            ),
        )
    )
    for (_person, specialist), number in used.items():
        if number > 1:
            yield f"One person has {number} free consultations with specialist {specialist} (id of the row)."
    for code in db.session.scalars(select(Booking.code).where(counts, Booking.claims_pair.is_(False))):
        yield f"Booking {code} uses up the pair's free consultation and does not say so."


@check
def _holds() -> Iterator[str]:
    """A hold ends when the rules say, and is swept away soon after."""
    held = db.session.execute(
        # What is being paid for is kept until its payment page has ended: payments look after that.
        select(Booking.code, Booking.held_until)
        .where(Booking.state == BookingState.HELD, Booking.price_amount.is_(None))
        .order_by(Booking.id)
    )
    now = clock.now()
    for code, until in held:
        assert until, "the table refuses a hold without an end"
        if until > now + LONGEST_HOLD:
            yield f"Hold {code} lasts longer than any hold may."
        elif until < now - FORGOTTEN:
            yield f"Hold {code} ran out at {until.isoformat()} and was not swept away."


# ---------------------------------------------------------------- letters


@check
def _letters() -> Iterator[str]:
    """Every booking and every cancellation has a letter to each side."""
    for key in db.session.scalars(_missing_letters()):
        yield f"There should be letters about {key} and there are not."


def _missing_letters() -> Select[tuple[str]]:
    """The keys of events that both sides should have been written to, where fewer than two letters exist.

    Who was not told that it stands, because that letter was taken back in time, need not hear that it does not.
    """
    number = cast(Booking.id, String)
    thing = literal("booking:") + number
    booked = select((thing + ":booked").label("key"), thing.label("thing")).where(Booking.confirmed_at.is_not(None))
    ended = select((thing + ":" + Booking.state).label("key"), thing.label("thing")).where(Booking.state.in_(CANCELLED))
    events = booked.union_all(ended).cte("events")
    taken_back = and_(
        OutboxMail.about == events.c.thing,
        OutboxMail.template == "bookings/booked",
        OutboxMail.state == MailState.LAPSED,
        OutboxMail.begun_at.is_(None),
    )
    # Two joins and not one with "or", which would read all letters once for each event.
    of_it = select(events.c.key, OutboxMail.id).join(OutboxMail, OutboxMail.event_key == events.c.key)
    letters = of_it.union(select(events.c.key, OutboxMail.id).join(OutboxMail, taken_back)).subquery()
    told = select(events.c.key).outerjoin(letters, letters.c.key == events.c.key)
    return told.group_by(events.c.key).having(func.count(letters.c.id) < 2)
