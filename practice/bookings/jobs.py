"""This file knows what happens to bookings without a browser; every sweep may run late, twice, or twice at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from practice.store import audit
from practice.store.db import transaction
from practice.values import clock
from practice.values.errors import Conflict
from practice.work.jobs import sweep

from . import actions, claims, emails, limits, queries
from .models import Booking

MINUTE = timedelta(minutes=1)


@sweep(every=MINUTE)
def expire_holds() -> None:
    """Times that nobody booked in time are free again."""
    actions.expire_holds()


@sweep(every=MINUTE)
def remind() -> None:
    """A day and an hour before; decided now from the booking as it is, and at most once for each time and kind."""
    now = clock.now()
    for booking in queries.confirmed_between(now, now + limits.REMINDER_DAY):
        for ahead, letter in ((limits.REMINDER_DAY, emails.reminder_day), (limits.REMINDER_HOUR, emails.reminder_hour)):
            if _is_due(booking, ahead):
                _remind(booking, ahead, letter)


def _remind(booking: Booking, ahead: timedelta, letter: Callable[[Booking], None]) -> None:
    """Asked again of the booking as it is now: no reminder is decided on behind a cancellation or a move."""
    with transaction():
        claims.keep_still(booking)
        if booking.is_confirmed and _is_due(booking, ahead):
            letter(booking)


def _is_due(booking: Booking, ahead: timedelta) -> bool:
    """Its moment has come, it had not passed when the time was chosen, and the appointment has not begun."""
    due = booking.starts_at - ahead
    if not due <= clock.now() < booking.starts_at:
        return False
    # A moved booking counts from its move: the reminder of a time that was just chosen says nothing new.
    chosen = queries.chosen_at(booking)
    return chosen is not None and chosen < due


@sweep(every=MINUTE)
def look_after_unconfirmed() -> None:
    """Four hours before: say so to the specialist; give the time back only for people who missed one before."""
    now = clock.now()
    for booking in queries.confirmed_between(now, now + limits.RECONFIRM_BY, Booking.reconfirmed_at.is_(None)):
        if not queries.needs_reconfirmation(booking):
            continue
        if queries.released_at(booking) is not None:
            actions.release_unconfirmed(booking)
        else:
            _say_unconfirmed(booking)


def _say_unconfirmed(booking: Booking) -> None:
    """Asked again of the booking as it is now: a time that was chosen just now is nobody's to confirm."""
    with transaction():
        claims.keep_still(booking)
        if booking.is_confirmed and queries.needs_reconfirmation(booking):
            emails.not_reconfirmed(booking)


@sweep(every=MINUTE)
def keep_entries() -> None:
    """Who has another address, or changed what their mail brings along, finds every appointment in one calendar."""
    for booking, side in queries.misplaced_entries(clock.now()):
        actions.keep_entry(booking, side)


@sweep(every=timedelta(minutes=5))
def close_ended() -> None:
    """A day after the end, if nobody said otherwise, it took place."""
    limit = clock.now() - limits.CLOSED_AFTER
    for booking in queries.confirmed_between(limit - timedelta(days=60), limit):
        actions.close_ended(booking)


@sweep(every=timedelta(minutes=5))
def lapse_proposals() -> None:
    """Other times that nobody chose are no longer on offer."""
    actions.lapse_proposals()


@sweep(every=timedelta(hours=6))
def keep_wall_clocks() -> None:
    """After new zone data: the agreed hour stays. Where the new instant is taken, the log asks for a person."""
    now = clock.now()
    for booking in queries.confirmed_between(now, now + timedelta(days=400)):
        try:
            actions.keep_wall_clock(booking)
        except Conflict:
            with transaction():
                audit.record("booking.clock_conflict", f"booking:{booking.code}", actor=None)


@sweep(every=timedelta(hours=6))
def forget_words() -> int:
    """Notes, phone numbers and reasons go when their time is over."""
    return actions.forget_words()


@sweep(every=timedelta(hours=6))
def forget_old_holds() -> None:
    """What came to nothing is not kept."""
    actions.forget_old_holds()
