"""This file knows what becomes of an appointment once it begins: joined, held, missed, or broken off."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import claims, emails, policy, queries
from practice.bookings.errors import TooLate
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.store import audit
from practice.store.db import transactional
from practice.values import clock
from practice.values.errors import IllegalMove

from .cancel import strike

AGREED = frozenset({BookingState.CONFIRMED})
ENDED_WELL = AGREED | {BookingState.COMPLETED}


@transactional
def join(booking: Booking, *, by: User) -> str:
    """Note who came to the door and when, as evidence for both; returns the specialist's link. Raises `TooLate`."""
    claims.lock_booking(booking)
    if not booking.is_confirmed or not policy.may_join(booking.starts_at, booking.ends_at, clock.now()):
        raise TooLate("The door opens ten minutes before the start, and closes with the end.")
    if by.id == booking.client_id:
        booking.joined_client_at = booking.joined_client_at or clock.now()
    else:
        booking.joined_specialist_at = booking.joined_specialist_at or clock.now()
    return booking.specialist.video_url


@transactional
def complete(booking: Booking, *, by: User | None) -> None:
    """It took place. Raises `TooLate` before its start."""
    claims.lock_booking(booking)
    if clock.now() < booking.starts_at:
        raise TooLate("It has not begun yet.")
    _finish(booking, BookingState.COMPLETED, by=by)
    emails.ended(booking)


@transactional
def mark_client_missed(booking: Booking, *, by: User) -> None:
    """The client did not come. From 15 minutes after the start; they are told without blame and may contest."""
    claims.lock_booking(booking)
    if not policy.may_mark_client_missed(booking.starts_at, clock.now()):
        raise TooLate("That can be said from 15 minutes after the start, for a day.")
    _finish(booking, BookingState.CLIENT_MISSED, by=by)
    emails.missed_by_client(booking)


@transactional
def mark_specialist_missed(booking: Booking, *, by: User) -> None:
    """The specialist is not here. From 10 minutes after the start, unless there is a record that they joined."""
    claims.lock_booking(booking)
    if not policy.may_mark_specialist_missed(booking.starts_at, booking.joined_specialist_at, clock.now()):
        raise TooLate("That can be said from 10 minutes after the start, if the specialist has not joined.")
    _finish(booking, BookingState.SPECIALIST_MISSED, by=by)
    strike(booking, "missed")
    emails.missed_by_specialist(booking)
    emails.noted_as_missed(booking)


@transactional
def report_technical(booking: Booking, *, by: User) -> None:
    """The call broke. It does not count the first time, so the pair may repeat it free of charge."""
    claims.lock_booking(booking)
    if not policy.may_report_technical(booking.starts_at, booking.ends_at, clock.now()):
        raise TooLate("A technical problem can be reported from the start until a day after the end.")
    if queries.contest_of(booking) is not None:
        raise TooLate("Our staff look at this appointment, or have done so: what they decide stands.")
    counts = policy.claims_after_failure(queries.earlier_failures(booking))
    _finish(booking, BookingState.TECH_FAILURE, by=by, after=ENDED_WELL)
    with claims.one_pair():
        booking.claims_pair = counts
    emails.technical(booking)


@transactional
def close_ended(booking: Booking) -> None:
    """A day after its end nobody said otherwise: it took place."""
    claims.lock_booking(booking)
    if booking.is_confirmed and clock.now() >= booking.ends_at + policy.CLOSED_AFTER:
        _finish(booking, BookingState.COMPLETED, by=None)


def _finish(booking: Booking, state: BookingState, *, by: User | None, after: frozenset[BookingState] = AGREED) -> None:
    """Into its last state, from one in `after`; the caller holds the calendar.

    What somebody marked as missed is turned by staff alone: there are such moves, and neither side has them.
    """
    if booking.state not in after:
        raise IllegalMove("This appointment has changed in the meantime, so that is no longer possible.")
    booking.move_to(state, by=by)
    booking.ended_at = clock.now()
    claims.release(booking)
    audit.record(f"booking.{state}", f"booking:{booking.code}", actor=by)
