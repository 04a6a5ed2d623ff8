"""This file knows whose time is taken, in cells of five minutes, and by what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from practice.store.db import db

from .models import Appointment, Booking

CELL = timedelta(minutes=5)
SPECIALIST_SIDE, CLIENT_SIDE = 0, 1


class Occupancy(db.Model):  # type: ignore[name-defined]
    """One five-minute cell of one person's time. The primary key is what makes a double booking impossible.

    A specialist's belongs to the appointment, however many come to it; a client's to their own booking.
    """

    __tablename__ = "occupancy"
    __table_args__ = (
        CheckConstraint(
            "(side = 0 AND appointment_id IS NOT NULL AND booking_id IS NULL)"
            " OR (side = 1 AND appointment_id IS NULL AND booking_id IS NOT NULL)",
            name="whose",
        ),
    )
    side: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
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
    mine = {"side": SPECIALIST_SIDE, "owner_id": appointment.specialist_id}
    return [{**mine, "cell": cell, "appointment_id": appointment.id, "booking_id": None} for cell in span]


def clients_cells(booking: Booking) -> list[dict[str, Any]]:
    """The rows that a booking takes of its client's time; none while nobody is known."""
    if booking.client_id is None:
        return []
    span = cells(booking.starts_at, booking.ends_at)
    mine = {"side": CLIENT_SIDE, "owner_id": booking.client_id}
    return [{**mine, "cell": cell, "appointment_id": None, "booking_id": booking.id} for cell in span]
