"""This file knows how staff change the commission and limits, and say that they have looked at something."""

from __future__ import annotations

from datetime import datetime

from practice.accounts.models import User
from practice.payments.kinds import MOST, SettingKey
from practice.payments.models import Concern, MoneySetting
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict


@transactional
def set_value(key: SettingKey, value: int, *, from_at: datetime | None = None, because: str, by: User) -> MoneySetting:
    """From an instant on (UTC; at once) something else holds; what was sold before keeps what held then.

    Raises ValueError for a value that there cannot be, and for an instant that has passed.
    """
    if not 0 <= value <= MOST[key]:
        raise ValueError(f"The value is between 0 and {MOST[key]}.")
    if from_at is not None and from_at < clock.now():
        raise ValueError("What has been sold keeps what held then: choose an hour to come.")
    row = MoneySetting(key=key, value=value, from_at=from_at or clock.now(), because=because, by_id=by.id)
    db.session.add(row)
    audit.record("money.set", f"setting:{key}", actor=by, detail={"value": value})
    return row


@transactional
def close_concern(concern: Concern, *, because: str, by: User) -> None:
    """Somebody looked at it. Raises `Conflict` where somebody else has."""
    row = db.session.get_one(Concern, concern.id, with_for_update=True, populate_existing=True)
    if row.closed_at is not None:
        raise Conflict("Somebody else has closed this in the meantime.")
    row.closed_at, row.closed_by_id, row.closed_because = clock.now(), by.id, because
    audit.record("money.concern_closed", f"concern:{row.code}", actor=by, detail={"kind": row.kind})
