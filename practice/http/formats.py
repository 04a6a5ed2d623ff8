"""This file knows how values become words on a page: initials, names where no markup can stand."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from practice.values import counts
from practice.values.text import initials

from .prices import amount, money


def initials_of(name: str) -> str:
    """Up to two letters that stand for a face: whole signs, as a reader sees them."""
    return "".join(initials(name or ""))


def flat(words: str) -> str:
    """A name, or words with names in them, where no markup can stand, as in an attribute: marks in its place."""
    if isinstance(words, Markup):
        return Markup(words.replace("<bdi>", "\u2068").replace("</bdi>", "\u2069"))  # noqa: S704 - it was escaped
    return str(words)


def duration(minutes: int) -> str:
    """“30 minutes”, “12 hours”, “2 days”."""
    if minutes > 1440 and minutes % 1440 == 0:
        return f"{minutes // 1440} days"
    if minutes and minutes % 60 == 0:
        return counts.in_hours(timedelta(minutes=minutes), digits=True)
    return f"{minutes} minutes"


FILTERS = (
    *(money, amount, initials_of, flat, duration, counts.number, counts.times),
    *(counts.in_minutes, counts.in_hours, counts.in_days, counts.in_weeks, counts.in_years),
)
