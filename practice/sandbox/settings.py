"""This file knows what is set in the sandbox's own dashboard: what somebody there may have switched on or off."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from practice.providers.stripe_gateway.accounts import PAYS_TO
from practice.store.db import db, transaction
from practice.values import clock

from .models import SandboxObject

ROW = "dashboard"
STANDARD: dict[str, Any] = {
    "methods": ["card", "link"],
    "adaptive_pricing": True,
    # The currency in which everything is settled; None: each in its own.
    "settles_in": None,
    "refunds_are": "succeeded",
    # Whether payouts of an account may be asked for, instead of leaving by a schedule.
    "payouts_by_hand": True,
    "pays_to": sorted(PAYS_TO),
    # What the API shall say that is not true, by field of a payment page.
    "lies": {},
}


def dashboard() -> dict[str, Any]:
    """Everything that is set, by name."""
    row = _row()
    return STANDARD | (row.body if row else {})


def switch(**values: Any) -> None:
    """Set something in the dashboard."""
    unknown = values.keys() - STANDARD.keys()
    if unknown:
        raise KeyError(f"the dashboard has no {', '.join(sorted(unknown))}")
    with transaction() as session:
        row = _row()
        if row:
            row.body = row.body | values
        else:
            session.add(SandboxObject(id=ROW, kind=ROW, created_at=clock.now(), body=values))


def _row() -> SandboxObject | None:
    return db.session.scalar(select(SandboxObject).where(SandboxObject.id == ROW))
