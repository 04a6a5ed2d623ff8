"""This file knows what happens to bookings without a browser; every sweep may run late, twice, or twice at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import timedelta

from practice.letters import outbox
from practice.payments import actions as payments
from practice.store import audit
from practice.store.db import transaction
from practice.values import clock
from practice.values.errors import Conflict
from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import actions, claims, emails, fulfilment, limits, queries, sold
from .models import Booking

MINUTE = timedelta(minutes=1)

# Whoever sells here answers for what was sold, in every process.
SELLS = fulfilment.Sessions


@sweep(every=MINUTE)
def expire_holds() -> None:
    """Times that nobody booked in time are free again."""
    actions.expire_holds()


# What reminds, and how long before the start it is due.
REMINDERS = (("day", limits.REMINDER_DAY, emails.reminder_day), ("hour", limits.REMINDER_HOUR, emails.reminder_hour))


@sweep(every=MINUTE)
def call_off_unpaid() -> None:
    """What begins while its slow payment has no result does not take place; what still arrives goes back."""
    one_by_one("line", sold.begun_unpaid(clock.now()), payments.began)


@sweep(every=MINUTE)
def remind() -> None:
    """A day and an hour before; decided now from the booking as it is, and at most once for each time and kind."""
    now = clock.now()
    ahead = queries.confirmed_between(now, now + limits.REMINDER_DAY)
    due = [(_unwritten(_due(ahead, before), what), before, letter) for what, before, letter in REMINDERS]
    for bookings, before, letter in due:
        one_by_one("booking", bookings, functools.partial(_remind, before=before, letter=letter))


def _remind(booking: Booking, before: timedelta, letter: Callable[[Booking], None]) -> None:
    """Asked again of the booking as it is now: no reminder is decided on behind a cancellation or a move."""
    with transaction():
        claims.keep_still(booking)
        if booking.is_confirmed and _due([booking], before):
            letter(booking)


def _due(bookings: Sequence[Booking], before: timedelta) -> list[Booking]:
    """Whose moment has come, had not passed when the time was chosen, and who have not begun: one question."""
    near = [each for each in bookings if each.starts_at - before <= clock.now() < each.starts_at]
    # A moved booking counts from its move: the reminder of a time that was just chosen says nothing new.
    chosen = queries.chosen_at_of(near)
    return [each for each in near if each.id in chosen and chosen[each.id] < each.starts_at - before]


def _unwritten(bookings: Sequence[Booking], what: str) -> list[Booking]:
    """About whose present time no such letter was decided on yet: one question, and no lock for all the others."""
    keys = {emails.key_of_time(each, what): each for each in bookings}
    written = outbox.decided(keys)
    return [booking for key, booking in keys.items() if key not in written]


@sweep(every=MINUTE)
def look_after_unconfirmed() -> None:
    """Four hours before: say so to the specialist; give the time back only for people who missed one before."""
    now = clock.now()
    near = queries.confirmed_between(now, now + limits.RECONFIRM_BY, Booking.reconfirmed_at.is_(None))
    unanswered = queries.unanswered(near)
    kept = _unwritten([booking for booking, released in unanswered if released is None], "unconfirmed")
    one_by_one("booking", [each for each, released in unanswered if released], actions.release_unconfirmed)
    one_by_one("booking", kept, _say_unconfirmed)


def _say_unconfirmed(booking: Booking) -> None:
    """Asked again of the booking as it is now: a time that was chosen just now is nobody's to confirm yet."""
    with transaction():
        claims.keep_still(booking)
        is_near = booking.starts_at - limits.RECONFIRM_BY <= clock.now()
        if is_near and booking.is_confirmed and queries.unanswered([booking]):
            emails.not_reconfirmed(booking)


@sweep(every=MINUTE)
def keep_entries() -> None:
    """Who has another address, or changed what their mail brings along, finds every appointment in one calendar."""
    found = queries.misplaced_entries(clock.now())
    one_by_one("booking", found, lambda each: actions.keep_entry(*each), named=lambda each: each[0].code)


@sweep(every=timedelta(minutes=5))
def close_ended() -> None:
    """A day after the end, if nobody said otherwise, it took place."""
    limit = clock.now() - limits.CLOSED_AFTER
    one_by_one("booking", queries.confirmed_between(limit - limits.CLOSED_SINCE, limit), actions.close_ended)


@sweep(every=timedelta(minutes=5))
def lapse_proposals() -> None:
    """Other times that nobody chose are no longer on offer, nor asked for."""
    actions.lapse_proposals()
    actions.lapse_asked()


@sweep(every=MINUTE)
def return_unchosen() -> None:
    """Whose specialist cancelled, and who has not chosen in time, has what they paid back."""
    actions.return_unchosen()


@sweep(every=timedelta(minutes=5))
def return_broken() -> None:
    """One side said that the call of a paid session broke, and the other has not said otherwise in time."""
    actions.return_broken()


@sweep(every=timedelta(hours=6))
def keep_wall_clocks() -> None:
    """After new zone data: the agreed hour stays. Where the new instant is taken, the log asks for a person."""
    now = clock.now()
    one_by_one("booking", queries.confirmed_between(now, now + limits.CLOCKS_KEPT_FOR), _keep_wall_clock)


def _keep_wall_clock(booking: Booking) -> None:
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
