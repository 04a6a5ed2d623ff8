"""This file knows stretches of time: half-open, in whole epoch seconds, with nothing of calendars or zones.

Every function takes any iterable and returns a new sorted list of disjoint, non-empty intervals. Each is one
sort and one sweep; `subtract`, `intersect` and `clip` expect what they return: sorted and disjoint.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """A stretch of time: `starts_at` is inside, `ends_at` is outside, both in epoch seconds (UTC)."""

    starts_at: int
    ends_at: int


def epoch(instant: datetime | int) -> int:
    """The whole epoch second of an aware datetime (or of an int, as it is); a naive datetime is a ValueError."""
    if isinstance(instant, int):
        return instant
    if instant.tzinfo is None:
        raise ValueError("An instant needs a zone; this datetime has none.")
    return int(instant.timestamp() // 1)


def merge(intervals: Iterable[tuple[int, int]]) -> list[Interval]:
    """United: overlapping and touching intervals become one; empty and inverted ones vanish."""
    united: list[Interval] = []
    opened = closed = None
    for starts_at, ends_at in sorted(intervals):
        if ends_at <= starts_at:
            continue
        if opened is None or closed is None:
            opened, closed = starts_at, ends_at
        elif starts_at <= closed:
            closed = max(closed, ends_at)
        else:
            united.append(Interval(opened, closed))
            opened, closed = starts_at, ends_at
    if opened is not None and closed is not None:
        united.append(Interval(opened, closed))
    return united


def subtract(intervals: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """What is left of `intervals` outside `taken`."""
    left: list[Interval] = []
    nearest = 0
    for starts_at, ends_at in intervals:
        while nearest < len(taken) and taken[nearest].ends_at <= starts_at:
            nearest += 1
        index = nearest
        while index < len(taken) and taken[index].starts_at < ends_at:
            if taken[index].starts_at > starts_at:
                left.append(Interval(starts_at, taken[index].starts_at))
            starts_at = taken[index].ends_at
            index += 1
        if starts_at < ends_at:
            left.append(Interval(starts_at, ends_at))
    return left


def intersect(ours: Sequence[Interval], theirs: Sequence[Interval]) -> list[Interval]:
    """What lies in both."""
    shared: list[Interval] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        starts_at = max(ours[i].starts_at, theirs[j].starts_at)
        ends_at = min(ours[i].ends_at, theirs[j].ends_at)
        if starts_at < ends_at:
            shared.append(Interval(starts_at, ends_at))
        if ours[i].ends_at < theirs[j].ends_at:
            i += 1
        else:
            j += 1
    return shared


def clip(intervals: Sequence[Interval], window: tuple[int, int]) -> list[Interval]:
    """What lies inside one window."""
    return intersect(intervals, [Interval(*window)])
