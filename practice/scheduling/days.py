"""This file knows which local date an instant belongs to, also while the specialist travels (rule k).

A specialist is always somewhere: home, or where a travel entry says. Consecutive dates in one zone are a stay, and
a stay lasts until its own midnight. So dates that overlap (flying east) or leave a gap (flying west) still share
out every instant: in an overlap the earlier date goes on to its end, a gap belongs to the later date.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from .intervals import Interval, clip, merge
from .zones import DAY, clock_between, local_midnight, wall_to_instant, zone_of

_FAR = 1 << 60


@dataclass(frozen=True)
class Travel:
    """From one date to another, both included (None: until further notice), the specialist lives in another zone."""

    first_on: date
    last_on: date | None
    zone: str

    def covers(self, on: date) -> bool:
        """Whether the date belongs to this entry; an entry that ends before it begins covers nothing."""
        return self.first_on <= on and (self.last_on is None or on <= self.last_on)


class Stay(NamedTuple):
    """Dates in one zone, both included, and the instants that belong to them."""

    first_on: date
    last_on: date
    zone: str
    begins_at: int
    ends_at: int


@lru_cache(maxsize=1024)
def stays(home: str, travel: tuple[Travel, ...]) -> tuple[Stay, ...]:
    """Where the specialist is, from the beginning of time to its end. The first entry that covers a date counts.

    Raises UnknownZone.
    """
    found: list[Stay] = []
    begins_at = -_FAR
    turns = _turns(home, travel)
    for (first_on, zone), following in zip(turns, [*turns[1:], None], strict=True):
        last_on = following[0] - timedelta(days=1) if following else date.max
        ends_at = max(begins_at, wall_to_instant(following[0], 0, zone)) if following else _FAR
        found.append(Stay(first_on, last_on, zone, begins_at, ends_at))
        begins_at = ends_at
    return tuple(found)


def _turns(home: str, travel: Iterable[Travel]) -> list[tuple[date, str]]:
    """The dates on which the zone changes, each with the zone from then on."""
    dates = {date.min}
    for trip in travel:
        dates.add(trip.first_on)
        if trip.last_on is not None and trip.last_on < date.max:
            dates.add(trip.last_on + timedelta(days=1))
    turns: list[tuple[date, str]] = []
    for on in sorted(dates):
        zone = next((trip.zone for trip in travel if trip.covers(on)), home)
        zone_of(zone)
        if not turns or turns[-1][1] != zone:
            turns.append((on, zone))
    return turns


def stay_on(on: date, where: tuple[Stay, ...]) -> Stay:
    """The stay that a date belongs to."""
    return where[bisect_right(where, on, key=lambda stay: stay.first_on) - 1]


def stay_at(instant: int, where: tuple[Stay, ...]) -> Stay:
    """The stay that an instant belongs to."""
    return where[bisect_right(where, instant, key=lambda stay: stay.ends_at)]


def day_at(instant: int, where: tuple[Stay, ...]) -> date:
    """The local date of an instant."""
    stay = stay_at(instant, where)
    return min(max(clock_between(stay.zone, instant, instant).date(instant), stay.first_on), stay.last_on)


def stretches_of(on: date, where: tuple[Stay, ...]) -> list[Interval]:
    """Exactly the instants whose local date this is: mostly one stretch, none for a date that the zone skipped."""
    stay = stay_on(on, where)
    midnight = local_midnight(on)
    since = midnight if on > stay.first_on else -_FAR
    until = midnight + DAY if on < stay.last_on else _FAR
    stretches = merge(clock_between(stay.zone, midnight, midnight).stretches(since, until))
    return clip(stretches, (stay.begins_at, stay.ends_at))


def span_of(first_on: date, last_on: date, where: tuple[Stay, ...]) -> Interval:
    """From the first instant of one date to the end of another."""
    first, last = stretches_of(first_on, where), stretches_of(last_on, where)
    begins = first[0].starts_at if first else wall_to_instant(first_on, 0, stay_on(first_on, where).zone)
    ends = last[-1].ends_at if last else wall_to_instant(last_on, 0, stay_on(last_on, where).zone)
    return Interval(begins, max(begins, ends))
