"""This file knows how a few times are picked from many: those nearest to one, or some that are a real choice."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

APART = 3 * 3600  # seconds between two times that are a real choice


def nearest(starts: Sequence[int], at: datetime, count: int, minutes: int = 0) -> list[datetime]:
    """The `count` starts (epoch seconds, in order) that are closest to `at`, as instants in order of time: of what
    lasts so many minutes none that overlaps another of them."""
    wanted, chosen = int(at.timestamp()), list[int]()
    for start in _outwards(starts, wanted):
        if len(chosen) == count:
            break
        # The chosen are in order and apart from each other, so the two that it would stand between say everything.
        place = bisect_left(chosen, start)
        if all(abs(start - each) >= 60 * minutes for each in chosen[max(place - 1, 0) : place + 1]):
            chosen.insert(place, start)
    return [datetime.fromtimestamp(start, UTC) for start in chosen]


def _outwards(starts: Sequence[int], wanted: int) -> Iterator[int]:
    """The closest first; of two that are as close the earlier one."""
    after = bisect_left(starts, wanted)
    before = after - 1
    while before >= 0 or after < len(starts):
        is_before = after == len(starts) or (before >= 0 and wanted - starts[before] <= starts[after] - wanted)
        yield starts[before if is_before else after]
        before, after = (before - 1, after) if is_before else (before, after + 1)


def spread(starts: Sequence[int], count: int) -> tuple[int, ...]:
    """Not 9:00, 9:15 and 9:30: the first, then ones three hours later or more, filled up if there are too few."""
    chosen: list[int] = []
    for start in starts:
        if not chosen or start >= chosen[-1] + APART:
            chosen.append(start)
            if len(chosen) == count:
                return tuple(chosen)
    others = [start for start in starts if start not in chosen]
    return tuple(sorted(chosen + others[: count - len(chosen)]))
