"""This file knows when people of the staff are there: every page that promises an answer says so by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Every day, on the clock of the platform's own zone (the setting ZONE).
FROM, TO = time(8), time(20)


def is_staffed(now: datetime, zone: str) -> bool:
    """Whether somebody is there at this instant."""
    return FROM <= now.astimezone(ZoneInfo(zone)).time() < TO


def back_at(now: datetime, zone: str) -> datetime:
    """When somebody is there again (UTC): `now` itself where somebody is there."""
    if is_staffed(now, zone):
        return now
    here = now.astimezone(ZoneInfo(zone))
    return _opens(here.date() if here.time() < FROM else here.date() + timedelta(days=1), zone)


def staffed_between(since: datetime, until: datetime, zone: str) -> timedelta:
    """How much of that stretch somebody was there: what a target that counts "while we are here" is held against."""
    day, last, there = since.astimezone(ZoneInfo(zone)).date(), until.astimezone(ZoneInfo(zone)).date(), timedelta()
    while day <= last:
        opens, closes = _opens(day, zone), _at(day, TO, zone)
        there += max(timedelta(), min(until, closes) - max(since, opens))
        day += timedelta(days=1)
    return there


def _opens(day: date, zone: str) -> datetime:
    return _at(day, FROM, zone)


def _at(day: date, wall: time, zone: str) -> datetime:
    return datetime.combine(day, wall, ZoneInfo(zone)).astimezone(UTC)
