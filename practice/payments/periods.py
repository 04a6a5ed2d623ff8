"""This file knows weeks and months of the reader's own calendar, and what was earned in each, ready to be drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from practice.scheduling.days import Stay, span_of
from practice.values.money import Money

SHOWN, LEAST = 12, 6  # weeks or months of a chart at most, and at least
HEIGHT = 180  # of the highest bar, in the drawing's own units


class Step(StrEnum):
    """How a chart is divided."""

    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True)
class Bar:
    """What one week or month came to; `height` is in units of the drawing."""

    begins_on: date
    sum: Money
    height: int


@dataclass(frozen=True)
class Chart:
    """What was earned in one currency over time, the oldest first; the last bar is not over yet."""

    currency: str
    bars: tuple[Bar, ...]

    @property
    def most(self) -> Money:
        """The highest bar."""
        return max(bar.sum for bar in self.bars)


def month_of(on: date) -> date:
    """The first day of its month."""
    return on.replace(day=1)


def next_month(on: date) -> date:
    """The first day of the month after."""
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def months(first: date, last: date) -> list[date]:
    """Every month from one date to another, the newest first."""
    found, on = [], month_of(first)
    while on <= last:
        found.append(on)
        on = next_month(on)
    return found[::-1]


def starts(step: Step, today: date, first: date) -> list[date]:
    """The first days of the weeks or months that are drawn, the oldest first, the last is the one of today: from where
    something was earned for the `first` time on, so far as they fit."""
    on = today - timedelta(days=today.weekday()) if step == Step.WEEK else month_of(today)
    found: list[date] = []
    while len(found) < LEAST or (len(found) < SHOWN and found[-1] > first):
        found.append(on)
        on = on - timedelta(weeks=1) if step == Step.WEEK else month_of(on - timedelta(days=1))
    return found[::-1]


def begins(on: date, stays: tuple[Stay, ...]) -> datetime:
    """The first instant of a date for somebody who lives there."""
    return datetime.fromtimestamp(span_of(on, on, stays).starts_at, UTC)


def charts(paid: Iterable[tuple[datetime, Money]], first_days: Sequence[date], edges: list[datetime]) -> list[Chart]:
    """One for each currency in which something was earned; `edges` are the first instants of `first_days`."""
    sums: dict[str, list[int]] = {}
    for at, yours in paid:
        place = bisect_right(edges, at) - 1
        if place >= 0:
            sums.setdefault(yours.currency, [0] * len(edges))[place] += yours.amount
    return [Chart(currency, tuple(_bars(currency, amounts, first_days))) for currency, amounts in sorted(sums.items())]


def _bars(currency: str, amounts: Sequence[int], first_days: Sequence[date]) -> Iterable[Bar]:
    most = max(*amounts, 1)
    for on, amount in zip(first_days, amounts, strict=True):
        yield Bar(on, Money(amount, currency), round(amount * HEIGHT / most))
