"""This file knows how a case is kept to oneself until the transaction ends."""

from __future__ import annotations

from sqlalchemy import select

from practice.moderation.models import Case
from practice.store.db import db


def locked(case: Case) -> Case:
    """As it is now, with what was decided, and nobody else changes it."""
    asked = select(Case).where(Case.id == case.id).with_for_update()
    found = db.session.scalars(asked, execution_options={"populate_existing": True}).one()
    db.session.expire(found, ["verdicts"])
    return found
