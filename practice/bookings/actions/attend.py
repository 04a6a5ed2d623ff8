"""This file knows what becomes of an appointment once it begins: joined, held, missed, or broken off."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import claims, emails, gates, limits, queries
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.bookings.who_may import Side
from practice.store import audit
from practice.store.db import transactional
from practice.values import clock

from .cancel import strike
from .returning import became


@transactional
def join(booking: Booking, *, by: User) -> str:
    """Note who came to the door and when, as evidence for both; returns the specialist's link. Raises `TooLate`."""
    claims.lock_booking(booking)
    queries.possible_to(booking, by).join.require()
    if by.id == booking.client_id:
        booking.joined_client_at = booking.joined_client_at or clock.now()
    else:
        booking.joined_specialist_at = booking.joined_specialist_at or clock.now()
    return booking.specialist.video_url


@transactional
def complete(booking: Booking, *, by: User | None) -> None:
    """It took place. Raises `TooLate` before its end; where both came to the door, in its first ten minutes."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.SPECIALIST).complete.require()
    finish(booking, BookingState.COMPLETED, by=by)
    _say_what_is_next(booking)


@transactional
def mark_client_missed(booking: Booking, *, by: User) -> None:
    """The client did not come. From 15 minutes after the start; they are told without blame and may contest."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.SPECIALIST).say_missed.require()
    finish(booking, BookingState.CLIENT_MISSED, by=by)
    emails.missed_by_client(booking)


@transactional
def mark_specialist_missed(booking: Booking, *, by: User) -> None:
    """The specialist is not here. From 10 minutes after the start, unless there is a record that they joined."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).say_missed.require()
    finish(booking, BookingState.SPECIALIST_MISSED, by=by)
    strike(booking, "missed")
    emails.missed_by_specialist(booking)
    emails.noted_as_missed(booking)


@transactional
def close_ended(booking: Booking) -> None:
    """A day after its end nobody said otherwise: it took place."""
    claims.lock_booking(booking)
    if booking.is_confirmed and clock.now() >= booking.ends_at + limits.CLOSED_AFTER:
        finish(booking, BookingState.COMPLETED, by=None)
        _say_what_is_next(booking)


def _say_what_is_next(booking: Booking) -> None:
    """To its client; whoever has decided by now, or heard a no, is not asked again."""
    if not booking.terms.one_per_pair or gates.is_asked_next(booking):
        emails.ended(booking)


def finish(booking: Booking, state: BookingState, *, by: User | None, settles: bool = True) -> None:
    """Into its last state; the caller holds the calendar, and has asked whether that is possible.

    Its money follows, unless somebody else is asked first (`settles`).
    """
    booking.move_to(state, by=by)
    booking.ended_at = clock.now()
    claims.release(booking)
    if settles:
        became(booking, by=by)
    audit.record(f"booking.{state}", f"booking:{booking.code}", actor=by)
