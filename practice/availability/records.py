"""This file knows what the availability room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from practice.accounts import holdings
from practice.accounts.holdings import Record, Rows
from practice.accounts.models import User
from practice.specialists.models import Specialist
from practice.store.db import db

from .models import DateException, Schedule, TimeOff, Travel, WeeklyRange

RULES = (WeeklyRange, DateException, TimeOff, Travel)


def _practice_of(user: User) -> int | None:
    return db.session.scalar(select(Specialist.id).where(Specialist.user_id == user.id))


def _hours(user: User) -> Rows:
    practice = _practice_of(user)
    if practice is None:
        return []
    return [
        _row(each)
        for kind in (Schedule, *RULES)
        for each in db.session.scalars(select(kind).filter_by(specialist_id=practice))
    ]


def _row(row: Any) -> dict[str, Any]:
    hidden = {"id", "code", "specialist_id", "note_sealed"}
    values = {
        column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if column.key not in hidden
    }
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
    return {"kind_of_rule": row.__tablename__} | plain | ({"note": row.note} if isinstance(row, TimeOff) else {})


def _wipe(user: User) -> None:
    practice = _practice_of(user)
    for kind in RULES:
        db.session.execute(delete(kind).where(kind.specialist_id == practice))


holdings.keeps(Record("hours", "Your hours, time off and travel", _hours, _wipe))
