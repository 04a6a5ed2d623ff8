"""This file knows which mailbox holds a calendar entry, and when it takes one or lets it go."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm.attributes import set_committed_value

from practice.accounts.models import User
from practice.config import settings
from practice.letters import outbox
from practice.store.db import db
from practice.values import clock

from .models import SIDES, Appointment, Booking, EntryHolder


def wants_entry(person: User) -> bool:
    """Whether letters to `person` bring the calendar entry along."""
    return person.wants_invites and not person.no_email


def is_shared(booking: Booking, side: str) -> bool:
    """Whether this side has one entry for all who come, and not for this booking alone."""
    return isinstance(booking.entry(side), Appointment) and not booking.appointment.is_for_one


def stays(booking: Booking, side: str) -> bool:
    """Whether this side's entry stays where it is when the booking ends, because others come still."""
    others = [each for each in booking.appointment.bookings if each is not booking] if is_shared(booking, side) else []
    return any(each.is_confirmed for each in others)


def count_on(booking: Booking, side: str, *, goes: bool) -> None:
    """A shared entry that goes, or comes back, has a new number; any other has it with what happened to its booking."""
    entry = booking.entry(side)
    if is_shared(booking, side) and entry.holders and (goes or present_holder(booking, side) is None):
        entry.raise_sequence()


def present_holder(booking: Booking, side: str) -> EntryHolder | None:
    """The mailbox that holds this side's entry now, if one does."""
    return next((each for each in booking.entry(side).holders if each.let_go_at is None), None)


def last_holder(booking: Booking, side: str) -> EntryHolder | None:
    """The mailbox that holds this side's entry, or was the last to do so."""
    return max(booking.entry(side).holders, key=_recency, default=None)


def would_receive(booking: Booking, side: str) -> EntryHolder:
    """Not stored: the holder that this side's person would be, were the entry written today.

    One organizer for life: a calendar takes the same UID from another one for a stranger's.
    """
    entry = booking.entry(side)
    return EntryHolder(
        **{"appointment_id" if isinstance(entry, Appointment) else "booking_id": entry.id},
        mailbox=booking.person(side).email,
        organizer=entry.holders[0].organizer if entry.holders else settings().mail_from,
        route=secrets.token_hex(10),
    )


def take(booking: Booking, side: str) -> EntryHolder:
    """The holder of this side's entry: where its person reads today. Another one must have been let go before."""
    holders, mailbox = booking.entry(side).holders, booking.person(side).email
    found = next((each for each in holders if each.mailbox == mailbox), None)
    if found is None:
        found = would_receive(booking, side)
        holders.append(found)
    if found.let_go_at is not None:
        found.let_go_at = None
    return found


def take_all(booking: Booking) -> None:
    """The holders of a booking that nobody was written to about yet, for every side that wants an entry of its own."""
    for side in [each for each in SIDES if not is_shared(booking, each)]:
        set_committed_value(booking.entry(side), "holders", [])
        if wants_entry(booking.person(side)):
            take(booking, side)


def let_go(booking: Booking, holder: EntryHolder) -> bool:
    """`holder` holds the entry no more; True if it may stand in a calendar there and has to be taken out.

    What still waits for a mailbox that its person left, or wants nothing sent to, does not leave any more.
    """
    holder.let_go_at = clock.now()
    db.session.flush()
    person = booking.person(holder.side)
    reads_there = not person.no_email and holder.mailbox == person.email
    if booking.is_confirmed and reads_there:
        return True
    things = [each.thing for each in (booking.appointment.bookings if is_shared(booking, holder.side) else [booking])]
    # About the others of a group people go on reading where they read.
    outbox.withdraw(person.id, [booking.thing] if reads_there else things, holder.mailbox)
    return outbox.may_have_reached(person.id, things, holder.mailbox)


def _recency(holder: EntryHolder) -> tuple[bool, datetime]:
    return (holder.let_go_at is None, holder.let_go_at or holder.held_since)
