"""This file knows how a ticket is held while it changes."""

from __future__ import annotations

from sqlalchemy import select

from practice.contact.models import Ticket
from practice.store.db import db


def locked(ticket_id: int) -> Ticket:
    """As it is now, and nobody else changes it meanwhile."""
    asked = select(Ticket).where(Ticket.id == ticket_id).with_for_update()
    return db.session.scalars(asked, execution_options={"populate_existing": True}).one()
