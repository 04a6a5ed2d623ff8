"""This file knows how a calendar entry follows the person whose calendar it belongs in."""

from __future__ import annotations

from practice.bookings import claims, emails
from practice.bookings.models import Booking
from practice.store.db import transactional
from practice.values import clock


@transactional
def keep_entry(booking: Booking, side: str) -> None:
    """The entry leaves the calendar that its person left, and comes into the one that they read now, if they want one.

    Called for an appointment that lies ahead; one that ended or was cancelled in the meantime is left alone.
    """
    claims.lock_booking(booking)
    if booking.is_confirmed and clock.now() < booking.ends_at:
        emails.entry_follows(booking, side)
