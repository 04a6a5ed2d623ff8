"""This file knows the rules of invoices: what tax is in a price, how numbers are written, what a month's commission is.

Pure: amounts are in the smallest unit of their currency, rates in basis points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize
from zoneinfo import ZoneInfo

from practice.values.text import initials

from .states import InvoiceKind

WHOLE = 10_000
HIGHEST_RATE = 5_000
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_NUMBER, LONGEST_SENTENCE = 120, 300, 40, 200
# What is asked for again and again is what has not been written lately; all else is looked for once an hour.
LATELY = timedelta(days=2)
# A month is settled when its last payments have been stored for certain.
AFTER_MONTH = timedelta(hours=1)
# What could not be billed when its month was over is tried again for so long.
STILL_BILLED = timedelta(days=365)
NEWEST = 50
MOST_ROWS = 500


# ---------------------------------------------------------------- tax


def tax_in(gross: int, rate: int) -> int:
    """The tax that a price includes, rounded once, half to even."""
    full, rest = divmod(gross * rate, WHOLE + rate)
    twice = 2 * rest - (WHOLE + rate)
    return full + (twice > 0 or (twice == 0 and full % 2 == 1))


def tax_back(before: int, returned: int, rate: int) -> int:
    """The tax in what goes back of an invoice of which `before` stood: parts add up to the whole, however many."""
    return tax_in(before, rate) - tax_in(before - returned, rate)


# ---------------------------------------------------------------- numbers

MARK = {InvoiceKind.CREDIT_NOTE: "CN-", InvoiceKind.COMMISSION_CREDIT: "CN-"}


def number_of(kind: InvoiceKind, prefix: str, year: int, number: int) -> str:
    """As it is printed: "2026-000123" for a receipt, "TO-2026-0017", "TO-CN-2026-0003"."""
    if kind == InvoiceKind.RECEIPT:
        return f"{year}-{number:06}"
    return f"{prefix}-{MARK.get(kind, '')}{year}-{number:04}"


def prefix_of(name: str) -> str:
    """Initials in plain capital letters; "S" for names in which none are."""
    plain = normalize("NFKD", "".join(initials(name))).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z]", "", plain)[:3] or "S"


# ---------------------------------------------------------------- commission, month by month


@dataclass(frozen=True, order=True)
class Month:
    """A month on one zone's clock."""

    year: int
    month: int

    @property
    def following(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def begins(self, zone: str) -> datetime:
        """Its first instant there."""
        return datetime(self.year, self.month, 1, tzinfo=ZoneInfo(zone))

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


def month_at(instant: datetime, zone: str) -> Month:
    """The month that an instant is in."""
    there = instant.astimezone(ZoneInfo(zone))
    return Month(there.year, there.month)


def months(first: Month, now: datetime, zone: str) -> Iterator[Month]:
    """Every month from `first` on that is over."""
    while first.following.begins(zone) + AFTER_MONTH <= now:
        yield first
        first = first.following


@dataclass(frozen=True)
class Earned:
    """Commission of one line within a month: what was earned of it, less what went back."""

    line: str
    amount: int


@dataclass(frozen=True)
class Billed:
    """What of an invoice about commission still stands for a line."""

    invoice: int
    line: str
    amount: int


@dataclass(frozen=True)
class Settlement:
    """What a month comes to: the lines of its invoice, and of each earlier invoice what goes back."""

    billed: tuple[Earned, ...]
    credited: Mapping[int, tuple[Earned, ...]]


def settle(month: Sequence[Earned], earlier: Sequence[Billed]) -> Settlement:
    """What was earned is billed; what went back of earlier months corrects the invoices it was on, newest first."""
    credited: dict[int, list[Earned]] = {}
    for each in month:
        rest = -each.amount
        for billed in sorted(earlier, key=lambda one: -one.invoice):
            if billed.line == each.line and rest > 0:
                part = min(rest, billed.amount)
                credited.setdefault(billed.invoice, []).append(Earned(each.line, part))
                rest -= part
    return Settlement(
        tuple(each for each in month if each.amount > 0),
        {invoice: tuple(lines) for invoice, lines in sorted(credited.items())},
    )
