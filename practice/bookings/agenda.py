"""This file knows every read of a specialist's diary: what is booked, held, waiting for an answer, and a whole week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from practice.availability import queries as availability
from practice.scheduling.days import span_of
from practice.scheduling.hours import OpenHours, days_between, local_day, open_intervals, week_of
from practice.scheduling.intervals import clip, epoch, merge, subtract
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.store.db import db

from . import limits, sold
from .free_times import TAKES_PART
from .models import Appointment, Booking, BookingMove, Contest, Proposal
from .states import BookingState, Outcome, ProposalState
from .terms import ONE_PER_PAIR
from .week import Block, Day, day_of, instant

S = BookingState


# ---------------------------------------------------------------- reads


def _with(specialist_id: int) -> Select[Booking]:
    """A specialist's bookings, with when they are and whose."""
    return (
        select(Booking)
        .join(Booking.appointment)
        .options(contains_eager(Booking.appointment), joinedload(Booking.client))
        .where(Booking.specialist_id == specialist_id)
    )


def _takes_time(now: datetime) -> ColumnElement[bool]:
    """What the caps count too: it took place or was meant to, or somebody keeps it now."""
    return or_(Booking.state.in_(TAKES_PART), and_(Booking.state == S.HELD, Booking.held_until > now))


def bookings_between(specialist_id: int, first: datetime, last: datetime, now: datetime) -> Sequence[Booking]:
    """What takes the specialist's time in [first, last): what is or was agreed, and holds that have not run out."""
    return db.session.scalars(
        _with(specialist_id)
        .where(Appointment.starts_at < last, Appointment.ends_at > first, _takes_time(now))
        .order_by(Appointment.starts_at, Booking.id)
    ).all()


def ahead_of(specialist_id: int, now: datetime, *, limit: int) -> Sequence[Booking]:
    """The next confirmed bookings that have not ended, soonest first; all that have not begun: `ahead_of_practice`."""
    return db.session.scalars(
        _with(specialist_id)
        .where(Booking.state == S.CONFIRMED, Appointment.ends_at > now)
        .order_by(Appointment.starts_at, Booking.id)
        .limit(limit)
    ).all()


def to_mark(specialist_id: int, now: datetime) -> Sequence[Booking]:
    """Confirmed bookings that are over and can still be marked as missed."""
    return db.session.scalars(
        _with(specialist_id)
        .where(
            Booking.state == S.CONFIRMED,
            Appointment.ends_at <= now,
            Appointment.starts_at >= now - limits.MISSED_WINDOW,
        )
        .order_by(Appointment.starts_at)
    ).all()


def to_contest(specialist_id: int, now: datetime) -> Sequence[tuple[Booking, BookingMove]]:
    """Where a client said that this specialist was not there, or that a paid call did not work, with how they said so:
    while it may still be said otherwise."""
    rows = db.session.execute(
        select(Booking, BookingMove)
        .join(Booking.appointment)
        .join(BookingMove, and_(BookingMove.booking_id == Booking.id, BookingMove.after == Booking.state))
        .options(joinedload(Booking.appointment), joinedload(Booking.client))
        .where(
            Booking.specialist_id == specialist_id,
            or_(Booking.state == S.SPECIALIST_MISSED, and_(sold.AWAITS_WORD, BookingMove.by_id == Booking.client_id)),
            BookingMove.at >= now - limits.CONTEST_WINDOW,
            ~select(Contest.id).where(Contest.booking_id == Booking.id).exists(),
        )
        .order_by(Appointment.starts_at)
    ).all()
    return [(booking, mark) for booking, mark in rows]


def contests_of(specialist_id: int) -> Sequence[Contest]:
    """Open contests about bookings with this specialist."""
    return db.session.scalars(
        select(Contest)
        .join(Contest.booking)
        .join(Booking.appointment)
        .options(contains_eager(Contest.booking).contains_eager(Booking.appointment))
        .where(Booking.specialist_id == specialist_id, Contest.outcome == Outcome.OPEN)
        .order_by(Contest.opened_at)
    ).all()


def proposals_of(specialist_id: int, now: datetime) -> Sequence[Proposal]:
    """Other times that are offered or asked for, and that the other side has not answered yet."""
    return db.session.scalars(
        select(Proposal)
        .join(Proposal.booking)
        .join(Booking.appointment)
        .options(
            contains_eager(Proposal.booking).contains_eager(Booking.appointment),
            contains_eager(Proposal.booking).joinedload(Booking.client),
        )
        .where(
            Booking.specialist_id == specialist_id,
            Proposal.state == ProposalState.OPEN,
            Proposal.lapses_at > now,
        )
        .order_by(Proposal.lapses_at)
    ).all()


def consults_in_week(specialist_id: int, hours: OpenHours, now: datetime) -> int:
    """How many free consultations this local week (from Monday) holds: the number that the weekly limit counts."""
    monday = week_of(local_day(now, hours))
    span = span_of(monday, monday + timedelta(days=6), hours.stays)
    counted = (
        select(func.count(Booking.id))
        .join(Booking.appointment)
        .where(
            Booking.specialist_id == specialist_id,
            Booking.kind.in_(ONE_PER_PAIR),
            Appointment.starts_at >= instant(span.starts_at),
            Appointment.starts_at < instant(span.ends_at),
            _takes_time(now),
        )
    )
    return db.session.scalar(counted) or 0


def shared_with_them(booking: Booking) -> list[str]:
    """What of the client's words is there for the specialist to read, of "note" and "prep": a tick alone is none."""
    ticks = {"note": booking.shares_note, "prep": booking.shares_prep}
    return [name for name, shared in ticks.items() if shared and getattr(booking, f"{name}_sealed")]


def outside(bookings: Iterable[Booking], hours: dict[str, OpenHours]) -> list[Booking]:
    """The bookings that do not lie wholly within the hours of their kind. They stay booked whatever the hours say."""
    return [booking for booking in bookings if not _lies_within(booking, hours[booking.kind])]


def _lies_within(booking: Booking, hours: OpenHours) -> bool:
    begins, ends = epoch(booking.starts_at), epoch(booking.ends_at)
    days = local_day(begins, hours), local_day(ends - 1, hours)
    return any(span.starts_at <= begins and ends <= span.ends_at for span in open_intervals(hours, *days))


def week(specialist: Specialist, monday: date, now: datetime) -> list[Day]:
    """Seven local dates from `monday` on: open hours, time off, bookings and the gaps around them. Five queries."""
    hours = availability.open_hours(specialist, OfferKind.CONSULT)
    others = availability.open_hours(specialist, OfferKind.INDIVIDUAL)
    sunday = monday + timedelta(days=6)
    span = span_of(monday, sunday, hours.stays)
    taken = bookings_between(specialist.id, instant(span.starts_at), instant(span.ends_at), now)
    schedule = availability.schedule_of(specialist)
    openings = merge([*open_intervals(hours, monday, sunday), *open_intervals(others, monday, sunday)])
    away = clip(merge(off.interval for off in hours.time_off), span)
    booked = list(_booked(taken, schedule.gap_before, schedule.gap_after))
    filled = merge((each.starts_at, each.ends_at) for each in booked)
    blocks = [Block("open", *each) for each in openings]
    blocks += [Block("free", *each) for each in subtract(openings, filled)]
    blocks += [Block("off", *each) for each in away]
    blocks += booked
    return [day_of(on, hours, blocks) for on in days_between(monday, sunday)]


def _by_appointment(booking: Booking) -> int:
    return booking.appointment_id


def _booked(bookings: Iterable[Booking], before: int, after: int) -> Iterator[Block]:
    """One block for each appointment, with all who booked it; held it is while nobody has."""
    for _, places in groupby(sorted(bookings, key=_by_appointment), key=_by_appointment):
        taken = tuple(places)
        booked = tuple(each for each in taken if each.state != S.HELD)
        begins, ends = epoch(taken[0].starts_at), epoch(taken[0].ends_at)
        if before:
            yield Block("gap", begins - before * 60, begins)
        yield Block(booked[0].kind if booked else "held", begins, ends, bookings=booked or taken)
        if after:
            yield Block("gap", ends, ends + after * 60)
