"""This file knows a day or a month of the books as rows of a file: the same each time, and in sum nothing.

Days are those of the platform's own zone. What is booked late stands where it was booked, so what is over stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from practice.http.spreadsheets import Cell
from practice.ledger import queries as ledger
from practice.ledger.labels import POTS as CALLED
from practice.values import clock
from practice.values.money import Money

# A transaction that began before midnight is stored by then, or it failed.
SETTLES_WITHIN = timedelta(hours=1)
PERIOD = re.compile(r"^(\d{4})-(\d{2})(?:-(\d{2}))?$", re.ASCII)
YEARS = range(2020, 2200)
ENTRIES = ("batch", "booked_at", "event", "about", "order", "line", "payee", "pot", "called", "currency", "amount")
POTS = ("currency", "pot", "called", "before", "came", "went", "after")


@dataclass(frozen=True)
class Period:
    """A day or a month, by its name ("2027-03", "2027-03-01"), from one instant (UTC) to another."""

    name: str
    begins: datetime
    ends: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come into it."""
        return clock.now() >= self.ends + SETTLES_WITHIN

    @property
    def file(self) -> str:
        """What its files are called: whoever downloads too early sees it."""
        return self.name if self.is_over else f"{self.name}-so-far"


def period(asked: str, zone: str) -> Period | None:
    """The day or month of that name in a zone; None for what is none, or has not begun."""
    found = PERIOD.match(asked)
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
    try:
        first = date(year, month, day)
        following = (
            first + timedelta(days=1) if found[3] else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        )
    except (ValueError, OverflowError):
        return None
    begins, ends = (datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(zone)) for on in (first, following))
    return Period(asked, begins, ends) if year in YEARS and begins <= clock.now() else None


def entries(of: Period, zone: str) -> Iterator[tuple[Cell, ...]]:
    """Both sides of everything that was booked in it, in the order in which it was."""
    for each in ledger.entries_between(of.begins, of.ends):
        at = each.at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
        names = (each.event, each.about, each.order, each.line, each.payee)
        yield each.batch, at, *names, each.pot, CALLED[each.pot], each.money.currency, each.money.decimal


def pots(of: Period) -> Iterator[tuple[Cell, ...]]:
    """What was in each pot at its beginning, what came and went, and what is in it at its end."""
    before, within = ledger.moved_between(None, of.begins), ledger.moved_between(of.begins, of.ends)
    for key in sorted(before.keys() | within.keys()):
        (currency, pot), (came, went) = key, within.get(key, (0, 0))
        there = before.get(key, (0, 0))[0] - before.get(key, (0, 0))[1]
        figures = (there, came, -went, there + came - went)
        yield currency, pot, CALLED[pot], *(Money(each, currency).decimal for each in figures)
