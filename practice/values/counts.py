"""This file knows how counts and lengths of time are said among words: "two hours", "72 hours", "twice"."""

from __future__ import annotations

from datetime import timedelta

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(count: int) -> str:
    """A count among words: "two", "twelve", "13"."""
    return SMALL[count] if 0 <= count < len(SMALL) else str(count)


def times(count: int) -> str:
    """How often: "once", "twice", "three times"."""
    return {1: "once", 2: "twice"}.get(count) or f"{number(count)} times"


def in_minutes(length: timedelta) -> str:
    """A length of time in whole minutes: "ten minutes". ValueError where it is none, here and below."""
    return _counted(length, timedelta(minutes=1), "minute")


def in_hours(length: timedelta) -> str:
    """The same in whole hours: "two hours", "72 hours"."""
    return _counted(length, timedelta(hours=1), "hour")


def in_days(length: timedelta) -> str:
    """The same in whole days: "three days", "90 days"."""
    return _counted(length, timedelta(days=1), "day")


def _counted(length: timedelta, unit: timedelta, name: str) -> str:
    if length % unit:
        raise ValueError(f"{length} is no whole number of {name}s")
    count = length // unit
    return f"{number(count)} {name}" if count == 1 else f"{number(count)} {name}s"
