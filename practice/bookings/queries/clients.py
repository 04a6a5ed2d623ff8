"""This file knows who has booked with a specialist, for the rooms below that ask."""

from __future__ import annotations

from sqlalchemy import select

from practice.bookings.models import Appointment, Booking
from practice.bookings.states import BookingState
from practice.specialists.clients import KnownClient, tells
from practice.specialists.models import Specialist
from practice.store.db import db
from practice.values.text import as_initials

# What stands, and what took place: whoever cancelled has not met them.
MET = (BookingState.CONFIRMED, BookingState.COMPLETED)


@tells
def clients_of(specialist: Specialist) -> list[KnownClient]:
    """Everybody with an account whose booking stands or took place, the latest first; somebody may come twice."""
    asked = (
        select(Booking.client_id, Booking.code, Booking.call_name, Appointment.starts_at)
        .join(Booking.appointment)
        .where(Booking.specialist_id == specialist.id, Booking.state.in_(MET), Booking.client_id.is_not(None))
        .order_by(Appointment.starts_at.desc(), Booking.id.desc())
    )
    rows = db.session.execute(asked)
    return [
        KnownClient(client, code, as_initials(called), met_at)
        for client, code, called, met_at in rows
        if client is not None
    ]
