"""This file knows which hours serve which kind of offer, and what moves when a specialist changes their zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from practice.scheduling.hours import DAY_MINUTES, LONGEST, WeeklyRange
from practice.scheduling.problems import GRAIN
from practice.scheduling.zones import zone_of
from practice.values.counts import in_years, number

GENERAL = ""  # the hours that serve every kind of offer without hours of its own
WEEK_MINUTES = 7 * DAY_MINUTES
QUIET = timedelta(days=14)
MOST_RANGES = 8  # of one day
MOST_EXCEPTIONS = 200
LONGEST_ABSENCE = timedelta(days=366)
AHEAD = timedelta(days=730)
TOO_FAR = f"Choose a date within the next {in_years(AHEAD)}."
DAYS_TOO_FAR = f"Choose days within the next {in_years(AHEAD)}."

GAPS = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120)
STEPS = (5, 10, 15, 20, 30, 45, 60)
NOTICES = (2 * 60, 4 * 60, 12 * 60, 24 * 60, 48 * 60, 72 * 60, 7 * 24 * 60)
HORIZONS = (7, 14, 28, 42, 60, 90, 180)
SHORTEST_CONSULT_NOTICE = 12 * 60


@dataclass(frozen=True)
class Limits:
    """Gaps, step and notices in minutes, horizons in days, caps in appointments (None: no cap)."""

    gap_before: int = 10
    gap_after: int = 10
    step: int = 15
    consult_notice: int = 12 * 60
    session_notice: int = 24 * 60
    consult_horizon: int = 28
    session_horizon: int = 60
    daily_cap: int | None = None
    weekly_cap: int | None = None
    weekly_consults: int | None = 4


USUAL = Limits()


class OfKind(Protocol):
    """A stored row that is for one kind of offer, or for all."""

    @property
    def kind(self) -> str: ...


Row = TypeVar("Row", bound=OfKind)


def serving(rows: Iterable[Row], kind: str) -> list[Row]:
    """The rows that hold for one kind of offer: its own where there are any, else the general ones, never both."""
    all_rows = list(rows)
    own = [row for row in all_rows if row.kind == kind]
    return own or [row for row in all_rows if row.kind == GENERAL]


def is_quiet(confirmed_at: datetime, now: datetime) -> bool:
    """True when nobody has looked at these hours for two weeks, so that we ask whether they are still right."""
    return now - confirmed_at > QUIET


def minutes_between_zones(old: str, new: str, now: datetime) -> int:
    """How many minutes the wall clock of `new` is ahead of that of `old` at `now`. Raises UnknownZone."""
    ahead = [now.astimezone(zone_of(zone)).utcoffset() or timedelta() for zone in (old, new)]
    return int((ahead[1] - ahead[0]).total_seconds()) // 60


def shifted_week(ranges: Iterable[WeeklyRange], minutes: int) -> list[WeeklyRange]:
    """The same instants on a clock that is `minutes` ahead; a range may land on another weekday, or be cut in two."""
    return [part for each in ranges for part in _shifted(each, minutes)]


def _shifted(each: WeeklyRange, minutes: int) -> list[WeeklyRange]:
    weekday, opens = divmod((each.weekday * DAY_MINUTES + each.opens + minutes) % WEEK_MINUTES, DAY_MINUTES)
    closes = opens + each.closes - each.opens
    if closes <= LONGEST:
        return [WeeklyRange(weekday, opens, closes)]
    # More than 48 hours after its day began: the part beyond midnight becomes a range of the next day.
    return [
        WeeklyRange(weekday, opens, DAY_MINUTES),
        WeeklyRange((weekday + 1) % 7, 0, closes - DAY_MINUTES),
    ]


def overlaps(first: tuple[datetime, datetime], others: Sequence[tuple[datetime, datetime]]) -> bool:
    """True if one half-open stretch shares an instant with any of the others."""
    return any(first[0] < ends and starts < first[1] for starts, ends in others)


_BOUNDS: dict[str, tuple[int, int, str]] = {
    "gap_before": (0, 240, "minutes"),
    "gap_after": (0, 240, "minutes"),
    "step": (5, 240, "minutes"),
    "consult_notice": (SHORTEST_CONSULT_NOTICE, 30 * 24 * 60, "minutes"),
    "session_notice": (0, 30 * 24 * 60, "minutes"),
    "consult_horizon": (1, 365, "days"),
    "session_horizon": (1, 365, "days"),
    "daily_cap": (1, 24, "conversations"),
    "weekly_cap": (1, 100, "conversations"),
    "weekly_consults": (1, 50, "free consultations"),
}
_IN_FIVES = ("gap_before", "gap_after", "step")


def problems_of_limits(limits: Limits) -> dict[str, str]:
    """What stops these limits from being saved, by field."""
    found = {}
    for name, (least, most, unit) in _BOUNDS.items():
        value: int | None = getattr(limits, name)
        if name == "weekly_consults" and value == 0:
            found[name] = (
                "With 0 nobody could book. To offer none, turn the free consultation off on the page “Offers”."
            )
        elif value is not None and not least <= value <= most:
            found[name] = f"Choose from {least} to {most} {unit}."
        elif value is not None and name in _IN_FIVES and value % 5:
            found[name] = f"Choose a multiple of {number(GRAIN)} minutes."
    return found
