"""This file knows how somebody keeps a specialist for later; only they see it."""

from __future__ import annotations

from sqlalchemy import delete

from practice.accounts.holdings import lets_go
from practice.accounts.models import User
from practice.accounts.policy import Holding
from practice.specialists.models import SavedSpecialist, Specialist
from practice.store.db import db, insert_once, transactional
from practice.values import clock


@transactional
def save(user: User, specialist: Specialist) -> None:
    """Keep `specialist` on the user's list; a second time changes nothing."""
    insert_once(SavedSpecialist, user_id=user.id, specialist_id=specialist.id, saved_at=clock.now())


@transactional
def forget(user: User, specialist: Specialist) -> None:
    """Take `specialist` off the list; also when it is not on it."""
    db.session.execute(
        delete(SavedSpecialist).where(
            SavedSpecialist.user_id == user.id, SavedSpecialist.specialist_id == specialist.id
        )
    )


@lets_go(Holding.SAVED)
def forget_all(user: User) -> None:
    """Empty the user's list."""
    db.session.execute(delete(SavedSpecialist).where(SavedSpecialist.user_id == user.id))
