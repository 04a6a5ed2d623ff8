"""This file knows the fixed workloads of the benchmarks: the same clock, seeds and numbers on every machine and run.

W1 is one specialist with Monday-to-Friday hours in Berlin over 60 local dates with 120 bookings, W2 the same over 365
dates with 1,000. Each answer is known beforehand: 608 and 2,661 starts.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)  # a Monday; both zones change their clocks within the horizon
SPECIALIST_ZONE, VIEWER_ZONE = "Europe/Berlin", "America/New_York"
DAY_HOURS = ((time(9), time(12)), (time(13), time(17)))
LENGTH, STEP, BUFFER, NOTICE = 30, 15, 10, 24 * 60  # minutes
GRAIN = 300


@dataclass(frozen=True)
class Workload:
    """A specialist's diary: sorted bookings in epoch seconds, and how many starts are free."""

    name: str
    days: int
    bookings: tuple[tuple[int, int], ...]
    free: int


def w1() -> Workload:
    return Workload("W1", 60, _bookings(seed=1, days=60, count=120), 608)


def w2() -> Workload:
    return Workload("W2", 365, _bookings(seed=2, days=365, count=1000), 2661)


def ranges(days: int) -> Iterator[tuple[int, int]]:
    """The willing time of the specialist, by the standard library, date by date."""
    zone = ZoneInfo(SPECIALIST_ZONE)
    today = NOW.astimezone(zone).date()
    for on in (today + timedelta(days=n) for n in range(days)):
        if on.weekday() < 5:
            for opens, closes in DAY_HOURS:
                begins, ends = datetime.combine(on, opens, zone), datetime.combine(on, closes, zone)
                yield int(begins.timestamp()), int(ends.timestamp())


def grid(days: int) -> list[int]:
    """Every start that fits its range, free or not."""
    last = LENGTH * 60
    return [start for opens, closes in ranges(days) for start in range(opens, closes - last + 1, STEP * 60)]


def reference(work: Workload) -> list[int]:
    """The free starts, each compared with every booking: slow and plain."""
    earliest, length, gap = int(NOW.timestamp()) + NOTICE * 60, LENGTH * 60, BUFFER * 60
    return [
        start
        for start in grid(work.days)
        if start >= earliest
        and all(start >= ends + gap or start + length <= starts - gap for starts, ends in work.bookings)
    ]


def _bookings(seed: int, days: int, count: int) -> tuple[tuple[int, int], ...]:
    """Bookings on the grid in a shuffled order, none nearer than the buffer to one drawn before it."""
    rng, pool, length, gap = random.Random(seed), grid(days), LENGTH * 60, BUFFER * 60
    rng.shuffle(pool)
    taken: set[int] = set()
    drawn: list[tuple[int, int]] = []
    for start in pool:
        if len(drawn) < count and taken.isdisjoint(range(start // GRAIN, (start + length) // GRAIN)):
            taken.update(range((start - gap) // GRAIN, -((-start - length - gap) // GRAIN)))
            drawn.append((start, start + length))
    return tuple(sorted(drawn))
