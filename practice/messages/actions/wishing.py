"""This file knows how somebody's wishes about messages are stored: quiet hours, what was read, being away."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from practice.accounts.models import User
from practice.messages.models import MessageWishes
from practice.store import versions
from practice.store.db import db, insert_once, new_code, transactional
from practice.store.versions import Shown


@transactional
def save_wishes(
    user: User, quiet: tuple[int, int] | None, *, shows_read: bool, shown: Shown | None = None
) -> MessageWishes:
    """Quiet hours as minutes of the day on their own clock, None for none; and whether reading shows."""
    mine = _locked(user, shown)
    mine.quiet_from, mine.quiet_until = quiet or (None, None)
    mine.shows_read = shows_read
    return mine


@transactional
def save_away(
    user: User, words: str, since: date | None, until: date | None, *, shown: Shown | None = None
) -> MessageWishes:
    """What is said from one day on until another, both theirs; without words nothing is."""
    mine = _locked(user, shown)
    mine.away = words
    mine.away_from, mine.away_until = (since, until) if words else (None, None)
    return mine


def _locked(user: User, shown: Shown | None) -> MessageWishes:
    """Their row, locked; raises `Changed` where a page did not show what stands in it now."""
    insert_once(MessageWishes, user_id=user.id, code=new_code(), shows_read=False)
    mine = db.session.scalars(select(MessageWishes).where(MessageWishes.user_id == user.id).with_for_update()).one()
    versions.check(shown)
    db.session.refresh(mine)
    return mine
