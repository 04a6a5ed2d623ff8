"""This file knows that a paid session is held within the days of withdrawal only for a client who asked to have it so
early: at the sale the review asks them, and here whatever brings it into these days later."""

from __future__ import annotations

from datetime import datetime

from practice.bookings import sold
from practice.bookings.errors import ExpressNeeded
from practice.bookings.models import Booking


def note_express(booking: Booking, starts_at: datetime, *, is_express: bool) -> None:
    """Before its client takes or asks for that start (UTC); what they asked once holds for later moves. Raises
    `ExpressNeeded` where they have not asked for it."""
    if not sold.needs_express(booking, starts_at):
        return
    if not is_express:
        raise ExpressNeeded()
    booking.is_express = True
