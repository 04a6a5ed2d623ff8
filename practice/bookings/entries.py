"""This file knows which mailbox holds the calendar entry of a booking, and when it takes one or lets it go."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from practice import clock, outbox
from practice.accounts.models import User
from practice.bookings.models import Booking, EntryHolder
from practice.config import settings
from practice.db import db


def wants_entry(person: User) -> bool:
    """Whether letters to `person` bring the calendar entry along."""
    return person.wants_invites and not person.no_email


def holder(booking: Booking, side: str) -> EntryHolder | None:
    """The mailbox that holds this side's entry now, if one does."""
    return next((each for each in _all(booking, side) if each.let_go_at is None), None)


def identity(booking: Booking, side: str) -> tuple[str, str]:
    """(organizer, attendee) of this side's entry: as they were written, or as they would be today."""
    known = _all(booking, side)
    now = next((each for each in known if each.let_go_at is None), known[0] if known else None)
    return (now.organizer, now.mailbox) if now else (settings().mail_from, booking.person(side).email)


def take(booking: Booking, side: str) -> EntryHolder:
    """The holder of this side's entry: where its person reads today. Another one must have been let go before."""
    known, mailbox = _all(booking, side), booking.person(side).email
    found = next((each for each in known if each.mailbox == mailbox), None)
    if found is None:
        # One organizer for life: a calendar takes the same UID from another one for a stranger's.
        organizer = known[0].organizer if known else settings().mail_from
        route = secrets.token_hex(10)
        found = EntryHolder(booking_id=booking.id, side=side, mailbox=mailbox, organizer=organizer, route=route)
        db.session.add(found)
    found.let_go_at = None
    db.session.flush()
    return found


def let_go(booking: Booking, held: EntryHolder) -> bool:
    """`held` holds the entry no more; True if it may stand in a calendar there and has to be taken out.

    What still waits for a mailbox that its person left, or wants nothing sent to, does not leave any more.
    """
    held.let_go_at = clock.now()
    db.session.flush()
    person = booking.person(held.side)
    if booking.is_confirmed and not person.no_email and held.mailbox == person.email:
        return True
    return outbox.withdraw(person.id, booking.thing, held.mailbox)


def _all(booking: Booking, side: str) -> list[EntryHolder]:
    asked = select(EntryHolder).where(EntryHolder.booking_id == booking.id, EntryHolder.side == side)
    return list(db.session.scalars(asked.order_by(EntryHolder.id)))
