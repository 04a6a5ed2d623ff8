"""This file knows how near the slot engine comes to a floor: a bare sweep with local times from a table.

Run it with `python -m tests.bench.bench_slots`. The floor knows nothing but this one case; the engine answers with
all its rules. Both give the whole answer as ISO texts in the viewer's zone, in turn, round after round.
"""

import sys
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from practice.scheduling.hours import OpenHours, WeeklyRange, openings
from practice.scheduling.slots import BookingRules, Busy, open_slots
from practice.scheduling.zones import local_isoformat
from tests.bench import workloads
from tests.bench.workloads import BUFFER, LENGTH, NOTICE, NOW, SPECIALIST_ZONE, STEP, VIEWER_ZONE, Workload

ROUNDS = 7


def engine(work: Workload) -> Callable[[], list[str]]:
    """The product's own answer."""
    spans = [
        (opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute) for opens, closes in workloads.DAY_HOURS
    ]
    hours = OpenHours(SPECIALIST_ZONE, tuple(WeeklyRange(day, *span) for day in range(5) for span in spans))
    rules = BookingRules(LENGTH, STEP, BUFFER, BUFFER, NOTICE, work.days - 1)
    busy = [Busy(starts_at, ends_at, BUFFER, BUFFER) for starts_at, ends_at in work.bookings]
    return lambda: local_isoformat(open_slots(hours, busy, rules, NOW), VIEWER_ZONE)


def engine_cold(work: Workload) -> Callable[[], list[str]]:
    """The same with nothing remembered about these hours."""
    warm = engine(work)

    def answer() -> list[str]:
        openings.cache_clear()
        return warm()

    return answer


def floor(work: Workload) -> Callable[[], list[str]]:
    """A two-pointer sweep over sorted bookings, then offsets by bisection and one formatted prefix per day."""
    changes = _offsets(work.days)
    return lambda: _texts(_sweep(work), changes)


def _sweep(work: Workload) -> list[int]:
    length, gap, step = LENGTH * 60, BUFFER * 60, STEP * 60
    earliest, bookings, number, near, free = (
        int(NOW.timestamp()) + NOTICE * 60,
        work.bookings,
        len(work.bookings),
        0,
        [],
    )
    for opens, closes in workloads.ranges(work.days):
        start, last = opens if opens >= earliest else opens - (opens - earliest) // step * step, closes - length
        while near < number and bookings[near][1] + gap <= start:
            near += 1
        while start <= last:
            if near == number or bookings[near][0] - gap >= closes:
                free.extend(range(start, last + 1, step))
                break
            starts_at, ends_at = bookings[near]
            free.extend(range(start, min(last, starts_at - gap - length) + 1, step))
            start = max(start, opens - (opens - ends_at - gap) // step * step)
            near += 1
    return free


def _offsets(days: int) -> tuple[list[int], list[int]]:
    """When the viewer's offset changes, to the hour, and what it is from then on."""
    zone, begins = ZoneInfo(VIEWER_ZONE), int(NOW.timestamp())
    since, offsets = [0], []
    for instant in range(begins, begins + (days + 2) * 86_400, 3600):
        offset = int(datetime.fromtimestamp(instant, zone).utcoffset().total_seconds())
        if not offsets or offset != offsets[-1]:
            since = [*since, instant] if offsets else since
            offsets.append(offset)
    return since, offsets


def _texts(starts: list[int], changes: tuple[list[int], list[int]]) -> list[str]:
    since, offsets = changes
    texts, today, prefix, suffix = [], None, "", ""
    for start in starts:
        offset = offsets[bisect_right(since, start) - 1]
        day, second = divmod(start + offset, 86_400)
        if day != today:
            today = day
            prefix = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).strftime("%Y-%m-%dT")
            suffix = f":00{'-' if offset < 0 else '+'}{abs(offset) // 3600:02d}:{abs(offset) % 3600 // 60:02d}"
        texts.append("%s%02d:%02d%s" % (prefix, second // 3600, second % 3600 // 60, suffix))
    return texts


def milliseconds(answer: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        begun = perf_counter()
        answer()
        taken.append((perf_counter() - begun) * 1000)
    return median(taken)


def expected(work: Workload) -> list[str]:
    """The reference, formatted by the standard library."""
    zone = ZoneInfo(VIEWER_ZONE)
    starts = workloads.reference(work)
    assert len(starts) == work.free, (work.name, len(starts))
    return [datetime.fromtimestamp(start, zone).isoformat() for start in starts]


def measure(work: Workload) -> dict[str, float]:
    """Median milliseconds of each contender over interleaved rounds, every answer checked first."""
    contenders = {"floor": floor(work), "engine": engine(work), "engine, nothing remembered": engine_cold(work)}
    wanted = expected(work)
    for name, answer in contenders.items():
        assert answer() == wanted, f"{work.name}: {name} gives another answer"
    rounds = [{name: milliseconds(answer, 40) for name, answer in contenders.items()} for _ in range(ROUNDS)]
    return {name: median(each[name] for each in rounds) for name in contenders}


def main() -> None:
    print(f"Slots as ISO texts, Python {sys.version.split()[0]}, median of {ROUNDS} interleaved rounds")
    print(f"{'':4}{'contender':30}{'ms':>9}{'of floor':>10}")
    for work in (workloads.w1(), workloads.w2()):
        figures = measure(work)
        for name, spent in figures.items():
            print(f"{work.name:4}{name:30}{spent:9.3f}{spent / figures['floor']:9.2f}x")


if __name__ == "__main__":
    main()
