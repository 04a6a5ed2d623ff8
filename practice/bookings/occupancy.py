"""This file knows whose time is taken, in cells of five minutes, and by what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from practice.store.db import db

from .models import Appointment, Booking

CELL = timedelta(minutes=5)


class Occupancy(db.Model):  # type: ignore[name-defined]
    """One five-minute cell of one person's time, whatever they do in it. The primary key is what makes a double booking
    impossible, also of a specialist who is a client elsewhere.

    In their practice it belongs to the appointment, however many come to it; of a client to their own booking.
    """

    __tablename__ = "occupancy"
    __table_args__ = (CheckConstraint("(appointment_id IS NULL) <> (booking_id IS NULL)", name="whose"),)
    # The account: of a practice that of its owner.
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # Five-minute steps since 1970-01-01T00:00Z.
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey(Appointment.id, ondelete="CASCADE"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"), index=True)


def cells(starts_at: datetime, ends_at: datetime) -> range:
    """The five-minute cells that [starts_at, ends_at) covers, in ascending order (equal lock order, no deadlock)."""
    step = int(CELL.total_seconds())
    first, last = int(starts_at.timestamp()), int(ends_at.timestamp())
    return range(first // step, -(-last // step))


def specialists_cells(appointment: Appointment) -> list[dict[str, Any]]:
    """The rows of occupancy that an appointment takes of its specialist's time."""
    span = cells(appointment.starts_at, appointment.ends_at)
    whose = {"person_id": appointment.specialist.user_id, "appointment_id": appointment.id, "booking_id": None}
    return [{**whose, "cell": cell} for cell in span]


def clients_cells(booking: Booking) -> list[dict[str, Any]]:
    """The rows that a booking takes of its client's time; none while nobody is known."""
    if booking.client_id is None:
        return []
    span = cells(booking.starts_at, booking.ends_at)
    whose = {"person_id": booking.client_id, "appointment_id": None, "booking_id": booking.id}
    return [{**whose, "cell": cell} for cell in span]
