"""This file knows what is noted for the length of one transaction."""

from __future__ import annotations

from typing import Any

from .db import db


def noted(name: str) -> dict[Any, Any]:
    """What was noted under a name in this transaction; it goes with it."""
    session = db.session()
    transaction, notes = session.info.get("notes", (None, {}))
    if transaction is None or transaction is not session.get_transaction():
        notes = {}
        session.info["notes"] = session.get_transaction(), notes
    found: dict[Any, Any] = notes.setdefault(name, {})
    return found
