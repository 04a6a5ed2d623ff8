"""This file knows how a dispute is kept to oneself until the transaction ends: its session's calendar first."""

from __future__ import annotations

from sqlalchemy import select

from practice.bookings import claims
from practice.disputes.models import Dispute
from practice.store.db import db


def locked(dispute: Dispute) -> Dispute:
    """As it is now, with all that was written and decided, and nobody else changes it."""
    claims.lock_booking(dispute.booking)
    asked = select(Dispute).where(Dispute.id == dispute.id).with_for_update()
    found = db.session.scalars(asked, execution_options={"populate_existing": True}).one()
    db.session.expire(found, ["statements", "rulings"])
    return found
