"""This file knows whether somebody is away, on their own clock, and what they say then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from practice.accounts.models import User
from practice.http import clocks
from practice.http.clocks import Clock
from practice.scheduling.zones import wall_to_instant
from practice.specialists.models import Specialist
from practice.values import clock

from . import queries
from .models import MessageWishes


def text_of(specialist: Specialist) -> tuple[str, date | None] | None:
    """What a specialist says while they are away, and their last day of it; None while they are not."""
    wishes = queries.wishes_of(specialist.user)
    return (wishes.away, wishes.away_until) if wishes is not None and _is_away(wishes, specialist.user) else None


def is_now(specialist: Specialist) -> bool:
    """Whether a specialist has said that they are away today."""
    return text_of(specialist) is not None


def back_at(specialist: Specialist) -> datetime | None:
    """When they were, or will be, back from where they have gone; None where they have not, or gave no end."""
    wishes = queries.wishes_of(specialist.user)
    if wishes is None or wishes.away_until is None or not _has_gone(wishes, clocks.of(specialist.user)):
        return None
    after = wishes.away_until + timedelta(days=1)
    return datetime.fromtimestamp(wall_to_instant(after, 0, clocks.of(specialist.user).zone_on(after)), UTC)


def _is_away(wishes: MessageWishes, user: User) -> bool:
    reader = clocks.of(user)
    is_back = wishes.away_until is not None and wishes.away_until < reader.day_at(clock.now())
    return _has_gone(wishes, reader) and not is_back


def _has_gone(wishes: MessageWishes, reader: Clock) -> bool:
    return bool(wishes.away) and (wishes.away_from is None or wishes.away_from <= reader.day_at(clock.now()))
