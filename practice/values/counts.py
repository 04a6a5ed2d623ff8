"""This file knows how counts and lengths of time are said among words ("two hours", "72 hours", "twice"), and typed."""

from __future__ import annotations

import re
from datetime import timedelta

WHOLE = re.compile(r"-?[0-9]{1,18}")
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(count: int) -> str:
    """A count among words: "two", "twelve", "13"."""
    return SMALL[count] if 0 <= count < len(SMALL) else str(count)


def times(count: int) -> str:
    """How often: "once", "twice", "three times"."""
    return {1: "once", 2: "twice"}.get(count) or f"{number(count)} times"


def in_minutes(length: timedelta, *, one: str = "one", digits: bool = False) -> str:
    """A length of time in whole minutes: "ten minutes". ValueError where it is none, here and below.

    `one` is how a single one is said, as in "an hour" or "a day"; `digits` says numbers as such.
    """
    return _counted(length, timedelta(minutes=1), "minute", None if digits else one)


def in_hours(length: timedelta, *, one: str = "one", digits: bool = False) -> str:
    """The same in whole hours: "two hours", "72 hours"."""
    return _counted(length, timedelta(hours=1), "hour", None if digits else one)


def in_days(length: timedelta, *, one: str = "one", digits: bool = False) -> str:
    """The same in whole days: "three days", "90 days"."""
    return _counted(length, timedelta(days=1), "day", None if digits else one)


def in_weeks(length: timedelta, *, one: str = "one") -> str:
    """The same in whole weeks: "two weeks"."""
    return _counted(length, timedelta(weeks=1), "week", one)


def in_years(length: timedelta) -> str:
    """The same in whole years of 365 days: "two years"."""
    return _counted(length, timedelta(days=365), "year", "one")


def _counted(length: timedelta, unit: timedelta, name: str, one: str | None) -> str:
    """`one` is None where numbers are said in digits."""
    if length % unit:
        raise ValueError(f"{length} is no whole number of {name}s")
    count = length // unit
    if one is None:
        return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{one} {name}" if count == 1 else f"{number(count)} {name}s"


def whole(typed: str) -> int | None:
    """A whole number as somebody typed it, in the digits that everybody reads, up to eighteen of them; None for
    anything else ("²", "1_000", "")."""
    found = WHOLE.fullmatch(typed.strip())
    return int(found[0]) if found else None
