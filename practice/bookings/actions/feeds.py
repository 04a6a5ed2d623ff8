"""This file knows how a published calendar gets its secret address, another one, or none."""

from __future__ import annotations

import secrets

from sqlalchemy import update

from practice import audit, clock
from practice.accounts.models import User, hash_of
from practice.bookings.models import CalendarFeed
from practice.db import db, transactional


@transactional
def new_feed(user: User, purpose: str) -> str:
    """A fresh secret token, shown once; the address before it stops working in the same moment."""
    _revoke(user, purpose)
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarFeed(user_id=user.id, purpose=purpose, token_hash=hash_of(token)))
    audit.record("feed.opened", f"account:{user.code}", actor=user, detail={"purpose": purpose})
    return token


@transactional
def revoke_feed(user: User, purpose: str) -> None:
    """The address answers 404 from now on, on every server."""
    _revoke(user, purpose)
    audit.record("feed.revoked", f"account:{user.code}", actor=user, detail={"purpose": purpose})


def _revoke(user: User, purpose: str) -> None:
    db.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.user_id == user.id, CalendarFeed.purpose == purpose, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .execution_options(synchronize_session=False)
    )
