"""This file knows which mailbox holds the calendar entry of a booking, and when it takes one or lets it go."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm.attributes import set_committed_value

from practice.accounts.models import User
from practice.config import settings
from practice.letters import outbox
from practice.store.db import db
from practice.values import clock

from .models import SIDES, Booking, EntryHolder


def wants_entry(person: User) -> bool:
    """Whether letters to `person` bring the calendar entry along."""
    return person.wants_invites and not person.no_email


def present_holder(booking: Booking, side: str) -> EntryHolder | None:
    """The mailbox that holds this side's entry now, if one does."""
    return next((each for each in _all(booking, side) if each.let_go_at is None), None)


def last_holder(booking: Booking, side: str) -> EntryHolder | None:
    """The mailbox that holds this side's entry, or was the last to do so."""
    return max(_all(booking, side), key=_recency, default=None)


def would_receive(booking: Booking, side: str) -> EntryHolder:
    """Not stored: the holder that this side's person would be, were the entry written today.

    One organizer for life: a calendar takes the same UID from another one for a stranger's.
    """
    known = _all(booking, side)
    return EntryHolder(
        booking_id=booking.id,
        side=side,
        mailbox=booking.person(side).email,
        organizer=known[0].organizer if known else settings().mail_from,
        route=secrets.token_hex(10),
    )


def take(booking: Booking, side: str) -> EntryHolder:
    """The holder of this side's entry: where its person reads today. Another one must have been let go before."""
    mailbox = booking.person(side).email
    found = next((each for each in _all(booking, side) if each.mailbox == mailbox), None)
    if found is None:
        found = would_receive(booking, side)
        booking.holders.append(found)
    if found.let_go_at is not None:
        found.let_go_at = None
    return found


def take_all(booking: Booking) -> None:
    """The holders of a booking that nobody was written to about yet, for every side that wants an entry."""
    set_committed_value(booking, "holders", [])
    for side in [each for each in SIDES if wants_entry(booking.person(each))]:
        take(booking, side)


def let_go(booking: Booking, holder: EntryHolder) -> bool:
    """`holder` holds the entry no more; True if it may stand in a calendar there and has to be taken out.

    What still waits for a mailbox that its person left, or wants nothing sent to, does not leave any more.
    """
    holder.let_go_at = clock.now()
    db.session.flush()
    person = booking.person(holder.side)
    if booking.is_confirmed and not person.no_email and holder.mailbox == person.email:
        return True
    return outbox.withdraw(person.id, booking.thing, holder.mailbox)


def _all(booking: Booking, side: str) -> list[EntryHolder]:
    return [each for each in booking.holders if each.side == side]


def _recency(holder: EntryHolder) -> tuple[bool, datetime]:
    return (holder.let_go_at is None, holder.let_go_at or holder.held_since)
