"""This file knows how the reasons of the operator for what they do to an account are kept: beside it, and sealed."""

from __future__ import annotations

from practice.accounts.models import Intervention, User
from practice.store.db import db


def note_intervention(user: User, action: str, words: str) -> None:
    """Keep why the operator did this, beside the account: what somebody wrote has no place in a log that cannot
    forget."""
    if words:
        db.session.add(Intervention(user_id=user.id, action=action, reason=words[:500]))
