"""This file knows when a reader is awake, and which free times are therefore suggested to them unasked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from practice.bookings.limits import SLEEPS, WAKES
from practice.http.clocks import Clock
from practice.scheduling.days import day_at
from practice.scheduling.intervals import Interval
from practice.scheduling.zones import wall_to_instant

NEAR = timedelta(days=7)


def by_day(starts: Sequence[int], reader: Clock) -> tuple[int, ...]:
    """Of these starts (epoch seconds, in order) those in waking hours within a week of the first; all where none is."""
    if not starts:
        return ()
    spans = _waking_from(day_at(starts[0], reader.stays), reader)
    found = [
        start
        for span in spans
        for start in starts[bisect_left(starts, span.starts_at) : bisect_left(starts, span.ends_at)]
    ]
    return tuple(found or starts)


def is_night(start: int, reader: Clock) -> bool:
    """Whether the reader is asleep at this start (epoch seconds)."""
    at = reader.wall(datetime.fromtimestamp(start, UTC))
    return not WAKES <= at.hour * 60 + at.minute < SLEEPS


@lru_cache(maxsize=5_000)
def _waking_from(first: date, reader: Clock) -> tuple[Interval, ...]:
    """The waking hours of a week of dates, each on the clock of where the reader then is."""
    return tuple(_waking(first + timedelta(days=number), reader) for number in range(NEAR.days + 1))


def _waking(on: date, reader: Clock) -> Interval:
    zone = reader.zone_on(on)
    return Interval(*(wall_to_instant(on, minute, zone) for minute in (WAKES, SLEEPS)))
