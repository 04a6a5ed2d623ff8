"""This file knows what a client may have said on a detailed invoice of a session: who gave it and when, never what it
was about."""

from __future__ import annotations

from sqlalchemy import select

from practice.invoices.describing import Description, describes
from practice.store.db import db

from . import sold
from .models import Booking


def _describe(code: str) -> Description | None:
    """By the booking's code; None for none."""
    booking = db.session.scalars(select(Booking).where(Booking.code == code)).first()
    if booking is None:
        return None
    appointment = booking.appointment
    return Description(booking.specialist.granted_title or "", appointment.starts_at, appointment.zone)


describes(sold.KIND, _describe)
