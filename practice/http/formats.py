"""This file knows how values become words on a page: money, initials, names where no markup can stand."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from babel.numbers import format_currency
from markupsafe import Markup

from practice.values import counts
from practice.values.money import Money
from practice.values.text import initials


def money(amount: Money) -> str:
    """A price, in the one way in which money is written: "€72.00", "JP¥9,000", "AED 380.00", "Free"."""
    return "Free" if amount.is_free else _written(amount)


def amount(amount: Money) -> str:
    """The same of what is no price, where nothing is a figure as well: "€0.00" comes back."""
    return _written(amount)


@lru_cache(maxsize=2_000)
def _written(amount: Money) -> str:
    text: str = format_currency(amount.decimal, amount.currency, locale="en_IE", currency_digits=True)
    # A currency without a sign stands as a word.
    return re.sub(r"(?<=[A-Za-z])(?=[0-9])", " ", text.replace("\u00a0", " "))


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
