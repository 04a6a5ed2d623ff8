"""This file knows which questions a person can read; what is public is decided in `visible`, and nowhere else."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from practice.accounts.models import User
from practice.store.db import db
from practice.values.errors import NotFound

from .models import Question
from .states import VISIBLE


def visible() -> ColumnElement[bool]:
    """What makes a question public, as a condition of a statement. Whoever lists, counts, searches or links questions
    for the public asks this."""
    return Question.state.in_(VISIBLE)


def public(code: str) -> Question:
    """A question that everybody can read; raises `NotFound` for every other."""
    found = db.session.scalar(select(Question).where(Question.code == code, visible()))
    if found is None:
        raise NotFound
    return found


def own(user: User, code: str) -> Question:
    """A question of this asker, wherever it stands; raises `NotFound` for anybody else's."""
    found = db.session.scalar(select(Question).where(Question.code == code, Question.asker_id == user.id))
    if found is None:
        raise NotFound
    return found
