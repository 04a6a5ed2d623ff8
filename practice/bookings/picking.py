"""This file knows how a few times are picked from many: those nearest to one, or some that are a real choice."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime

APART = 3 * 3600  # seconds between two times that are a real choice


def nearest(starts: Sequence[int], at: datetime, count: int) -> list[datetime]:
    """The `count` starts (epoch seconds, in order) that are closest to `at`, as instants in order of time."""
    wanted = int(at.timestamp())
    place = bisect_left(starts, wanted)
    around = starts[max(0, place - count) : place + count]
    return [
        datetime.fromtimestamp(start, UTC) for start in sorted(sorted(around, key=lambda s: abs(s - wanted))[:count])
    ]


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
