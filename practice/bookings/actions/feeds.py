"""This file knows how a published calendar gets its secret address, another one, or none."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import update

from practice.accounts.holdings import Door, lets_go, opens
from practice.accounts.models import User, hash_of
from practice.accounts.policy import Holding
from practice.bookings import emails, queries
from practice.bookings.models import CalendarFeed
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock
from practice.values.errors import NotAllowed

LABELS = {"busy": "Calendar address, busy times only", "details": "Calendar address with details"}


@transactional
def new_feed(user: User, purpose: str) -> str:
    """A fresh secret token, shown once, and a letter to its owner; the address before it stops working in the same
    moment. Raises `NotAllowed` for an address that was never confirmed."""
    if not user.is_confirmed:
        raise NotAllowed("Please confirm your email first.")
    _revoke(user, CalendarFeed.purpose == purpose)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(user_id=user.id, purpose=purpose, token_hash=hash_of(token))
    db.session.add(feed)
    db.session.flush()
    emails.feed_opened(user, feed)
    audit.record("feed.opened", f"account:{user.code}", actor=user, detail={"purpose": purpose})
    return token


@transactional
def revoke_feed(user: User, purpose: str) -> None:
    """The address answers 404 from now on, on every server."""
    _revoke(user, CalendarFeed.purpose == purpose)
    audit.record("feed.revoked", f"account:{user.code}", actor=user, detail={"purpose": purpose})


@lets_go(Holding.FEEDS)
def revoke_all(user: User) -> None:
    """Every address of the person answers 404 from now on."""
    if ended := _revoke(user):
        audit.record("feed.revoked", f"account:{user.code}", actor=None, detail={"addresses": ended})


@opens
def doors(user: User) -> Iterator[Door]:
    """The open addresses, as the list beside the devices shows them."""
    for feed in queries.feeds_of(user):
        yield Door(LABELS[feed.purpose], feed.created_at, "bookings.close_feed", {"purpose": feed.purpose})


def _revoke(user: User, *which: Any) -> int:
    mine = (CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None), *which)
    return changed(update(CalendarFeed).where(*mine).values(revoked_at=clock.now()))
