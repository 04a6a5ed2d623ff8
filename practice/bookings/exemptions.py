"""This file knows which pairs have a free consultation that counts towards no limit: a colleague suggested it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from practice.specialists.models import Specialist
from practice.store.db import db
from practice.values import clock


class Exemption(db.Model):  # type: ignore[name-defined]
    """What one person books with one specialist is none of their open or begun consultations."""

    __tablename__ = "exemptions"
    __table_args__ = (UniqueConstraint("person_key", "specialist_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    # The client's normalised address, hashed, as bookings have it.
    person_key: Mapped[str] = mapped_column(String(64))
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
