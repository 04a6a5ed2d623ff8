"""This file knows that whoever looks up whose something is says why, and that this person reads it."""

from __future__ import annotations

from practice.accounts.models import User
from practice.moderation import policy
from practice.moderation.models import Look
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Invalid, NotAllowed, NotFound

from .submitting import known


@transactional
def look(by: User, kind: str, code: str, purpose: str) -> User:
    """Whose this is, looked up by one of the staff: written down first, and read by that person at "Who looked".

    Raises `NotAllowed` to whoever is not of the staff, `Invalid` without a purpose, `NotFound` where it is nobody's.
    """
    if not by.is_staff:
        raise NotAllowed("Only staff can look this up.")
    if len(purpose.strip()) < policy.SHORTEST_PURPOSE:
        raise Invalid("", {"purpose": "Write why in a sentence: the person will read it."})
    author = known(kind).author(code)
    if author is None:
        raise NotFound()
    db.session.add(
        Look(user_id=author.id, kind=kind, subject=code, purpose=purpose.strip(), by_id=by.id, at=clock.now())
    )
    audit.record("moderation.looked", f"{kind}:{code}", actor=by)
    return author
