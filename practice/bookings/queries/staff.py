"""This file knows what staff, sweeps and published calendars look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from practice.accounts.models import User, hash_of
from practice.bookings.models import Appointment, Booking, CalendarFeed, Contest, EntryHolder
from practice.bookings.states import NOT_FOR_SPECIALISTS, BookingState, Outcome
from practice.specialists.models import Specialist
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound

from .own import whole
from .who_may import contest_of


def contest_about(booking: Booking) -> Contest:
    """What somebody contested about this booking; `NotFound` if nobody did."""
    found = contest_of(booking)
    if found is None:
        raise NotFound()
    return found


def open_contests() -> Sequence[Contest]:
    """Contests that wait for staff, oldest first."""
    return db.session.scalars(
        select(Contest)
        .options(
            joinedload(Contest.booking).joinedload(Booking.appointment),
            joinedload(Contest.booking).joinedload(Booking.specialist),
        )
        .where(Contest.outcome == Outcome.OPEN)
        .order_by(Contest.opened_at)
    ).all()


def contest(code: str) -> Contest:
    """One contest for staff; `NotFound` if there is none."""
    found = db.session.scalar(select(Contest).where(Contest.code == code))
    if found is None:
        raise NotFound()
    return found


def confirmed_between(first: datetime, last: datetime, *extra: object) -> Sequence[Booking]:
    """Confirmed bookings that start from `first` to `last`, both included, for the sweeps."""
    return db.session.scalars(
        whole()
        .where(
            Booking.state == BookingState.CONFIRMED,
            Appointment.starts_at >= first,
            Appointment.starts_at <= last,
            *extra,  # type: ignore[arg-type]
        )
        .order_by(Appointment.starts_at)
    ).all()


def ahead_of_practice(specialist_id: int) -> Sequence[Booking]:
    """Every appointment with a practice that stands and has not begun, soonest first, however many, however far: what a
    page shows before a practice stops is what is called off, or told, when it does."""
    return db.session.scalars(
        whole()
        .where(
            Booking.specialist_id == specialist_id,
            Booking.state == BookingState.CONFIRMED,
            Appointment.starts_at > clock.now(),
        )
        .order_by(Appointment.starts_at, Booking.id)
    ).all()


def held_within(specialist_id: int, first: datetime, last: datetime) -> Sequence[Booking]:
    """What is kept for somebody with a practice and not booked, and lies at least in part between two instants."""
    return db.session.scalars(
        select(Booking)
        .join(Booking.appointment)
        .options(contains_eager(Booking.appointment))
        .where(
            Booking.specialist_id == specialist_id,
            Booking.state == BookingState.HELD,
            Appointment.starts_at < last,
            Appointment.ends_at > first,
        )
        .order_by(Booking.id)
    ).all()


def feed_by_token(token: str) -> CalendarFeed | None:
    """The live feed behind a secret address, if its owner's account is active."""
    return db.session.scalar(
        select(CalendarFeed)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None), User.active.is_(True))
    )


def feeds_of(user: User) -> Sequence[CalendarFeed]:
    """The person's live feeds."""
    return db.session.scalars(
        select(CalendarFeed).where(CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None))
    ).all()


OF_APPOINTMENT = EntryHolder.appointment_id == Booking.appointment_id


def misplaced_entries(now: datetime) -> list[tuple[Booking, str]]:
    """(booking, side) of what has not ended and is not in the calendar where that side's person wants it; of a group
    one booking stands for the entry that its specialist has of all."""
    found: dict[tuple[str, int], tuple[Booking, str]] = {}
    for side, whose in (("client", EntryHolder.booking_id == Booking.id), ("specialist", OF_APPOINTMENT)):
        person = aliased(User)
        mine = Specialist.user_id if side == "specialist" else Booking.client_id
        held = and_(whose, EntryHolder.let_go_at.is_(None))
        asked = (
            whole()
            .join(Specialist, Specialist.id == Booking.specialist_id)
            .join(person, person.id == mine)
            .outerjoin(EntryHolder, held)
            .where(Booking.state == BookingState.CONFIRMED, Appointment.ends_at > now, _is_misplaced(person))
        )
        for booking in db.session.scalars(asked.order_by(Booking.id)).unique():
            found.setdefault((side, booking.entry(side).id), (booking, side))
    return list(found.values())


def _is_misplaced(person: type[User]) -> ColumnElement[bool]:
    wants = and_(person.wants_invites.is_(True), person.no_email.is_(False))
    return or_(
        and_(EntryHolder.id.is_(None), wants),
        and_(EntryHolder.id.is_not(None), or_(~wants, EntryHolder.mailbox != person.email)),
    )


def _entry(user_id: int, name: str) -> ColumnElement[Any]:
    """A column of the calendar entry on this person's side: the client's own booking, or the practice's appointment."""
    mine = (Booking.client_id == user_id, getattr(Booking, name))
    return case(mine, else_=getattr(Appointment, name)).label(name)


def bookings_for_feed(user_id: int, first: datetime, last: datetime) -> Sequence[Any]:
    """What a person's published calendar shows: both their own bookings and those of their practice.

    Narrow rows, because a full calendar has a thousand: no letter, no proposal, no profile is read for it.
    """
    rows = db.session.execute(
        select(
            Booking.code,
            Booking.client_id,
            Booking.state,
            Booking.ended_at,
            Booking.format,
            Booking.call_name,
            Booking.kind,
            Booking.created_at,
            *(_entry(user_id, name) for name in ("ics_uid", "ics_sequence", "ics_stamped_at")),
            Appointment.starts_at,
            Appointment.ends_at,
            Appointment.capacity,
        )
        .join(Booking.appointment)
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(
            or_(Booking.client_id == user_id, Specialist.user_id == user_id),
            Booking.state.not_in((*NOT_FOR_SPECIALISTS, BookingState.UNDONE)),
            Appointment.starts_at < last,
            Appointment.ends_at > first,
        )
        .order_by(Appointment.starts_at, Booking.place.is_not(None))
    )
    # A practice has an appointment once, however many come; it is cancelled when nobody has a place any more.
    return list({row.ics_uid: row for row in rows}.values())
