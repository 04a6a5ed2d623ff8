"""This file knows how wall clocks and instants belong together: a small table of offsets per zone and time.

Asking `zoneinfo` costs a third of a microsecond and formatting a zoned datetime more than one, for every slot. A
table answers with a bisection, and whole days are formatted at once. Instants are epoch seconds (UTC); local times
are "local seconds": the wall clock read as if it were UTC.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .intervals import Interval

MINUTE = 60
DAY = 86_400
EPOCH_DAY = date(1970, 1, 1).toordinal()
_FAR = 1 << 60
_BLOCK = 400 * DAY  # a table covers whole blocks: about a year, found without a calendar
_NOT_PLACES = ("posix/", "right/", "posixrules", "localtime")
_FIRST_BLOCK = -(EPOCH_DAY - 366) // 400  # the calendar of Python, less a year at both ends
_LAST_BLOCK = (date.max.toordinal() - EPOCH_DAY - 366) // 400
_CLOCK = {minute * MINUTE: f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(DAY // MINUTE)}


class UnknownZone(ValueError):
    """The name is not one of the installed IANA zones."""


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises UnknownZone, also for names that are paths, folders or counted leap seconds."""
    if not name or name.startswith(_NOT_PLACES):
        raise UnknownZone(f"“{name}” is not a time zone.")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unusable:
        raise UnknownZone(f"“{name}” is not a time zone.") from unusable


def forget_tables() -> None:
    """Drop every cached zone and table; what callers want is `hours.forget_zones`."""
    zone_of.cache_clear()
    _changes.cache_clear()
    clock_table.cache_clear()


@dataclass(frozen=True)
class ClockTable:
    """One zone over some time: from `since[i]` until `since[i + 1]` the wall clock is `offsets[i]` seconds ahead."""

    since: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset(self, instant: int) -> int:
        """Seconds that the wall clock is ahead of UTC at an instant."""
        return self.offsets[max(bisect_right(self.since, instant) - 1, 0)]

    def run_until(self, instant: int, until: int) -> int:
        """Where the offset in force at an instant ends, or `until` if that comes first."""
        following = bisect_right(self.since, instant)
        return until if following == len(self.since) else min(until, self.since[following])

    def date(self, instant: int) -> date:
        """The local date of an instant."""
        return date.fromordinal(EPOCH_DAY + (instant + self.offset(instant)) // DAY)

    def steady(self, since: int, until: int) -> int | None:
        """The one offset of a stretch of local seconds, or None when the clock changes on or near it."""
        first, last = self._near(since, until)
        return self.offsets[first] if first == last else None

    def instant(self, local: int, *, end: bool = False) -> int:
        """The instant of a local time (rules b and c).

        A time that does not exist becomes the first instant that does; of a time that comes twice a start takes
        the first and an end the second.
        """
        first, last = self._near(local, local)
        if first == last:
            return local - self.offsets[first]
        found = [local - self.offsets[i] for i in range(first, last + 1) if self._applies(i, local - self.offsets[i])]
        if found:
            return found[-1] if end else found[0]
        return next(self.since[i] for i in range(first + 1, last + 1) if self.since[i] + self.offsets[i] > local)

    def stretches(self, since: int, until: int) -> Iterator[Interval]:
        """The instants at which the wall clock reads `since` or later but not yet `until` (local seconds)."""
        first, last = self._near(since, until)
        for i in range(first, last + 1):
            ends = self.since[i + 1] if i + 1 < len(self.since) else _FAR
            stretch = Interval(max(self.since[i], since - self.offsets[i]), min(ends, until - self.offsets[i]))
            if stretch.starts_at < stretch.ends_at:
                yield stretch

    def _near(self, since: int, until: int) -> tuple[int, int]:
        """First and last entry that can matter for local seconds: no clock is a day away from UTC."""
        return (
            max(bisect_right(self.since, since - DAY) - 1, 0),
            max(bisect_right(self.since, until + DAY) - 1, 0),
        )

    def _applies(self, i: int, instant: int) -> bool:
        return self.since[i] <= instant and (i + 1 == len(self.since) or instant < self.since[i + 1])


@lru_cache(maxsize=1024)
def clock_table(zone: str, first_block: int, last_block: int) -> ClockTable:
    """The table of a zone over blocks of 400 days since the epoch, both included. Raises UnknownZone."""
    rows = [row for block in range(first_block, last_block + 1) for row in _changes(zone, block)]
    kept = [row for i, row in enumerate(rows) if i == 0 or row[1] != rows[i - 1][1]]
    return ClockTable((-_FAR, *(at for at, _ in kept[1:])), tuple(offset for _, offset in kept))


def clock_between(zone: str, since: int, until: int) -> ClockTable:
    """The table that answers for every instant or local second between two, and some days around them."""
    return clock_table(zone, _block_of(since - 4 * DAY), _block_of(until + 4 * DAY))


def _block_of(instant: int) -> int:
    return min(max(instant // _BLOCK, _FIRST_BLOCK), _LAST_BLOCK)


def wall_to_instant(on: date, minute: int, zone: str, *, end: bool = False) -> int:
    """The instant (epoch seconds) of a minute of a local date, counted on the wall clock; 1440 and more run past it.

    Times that do not exist or come twice follow rules b and c, see `ClockTable.instant`. Raises UnknownZone.
    """
    local = local_midnight(on) + minute * MINUTE
    return clock_between(zone, local, local).instant(local, end=end)


def local_midnight(on: date) -> int:
    """Local seconds of the beginning of a date."""
    return (on.toordinal() - EPOCH_DAY) * DAY


def local_isoformat(starts: Iterable[int], zone: str) -> list[str]:
    """Each instant as ISO 8601 with the offset of the zone, in the order given. Raises UnknownZone."""
    return [text for day in _local_days(starts, zone) for text in _day_isoformat(day, zone)]


def _day_isoformat(day: "_LocalDay", zone: str) -> list[str]:
    prefix, zero, suffix = day.prefix, day.zero, day.suffix
    try:
        return [prefix + _CLOCK[start - zero] + suffix for start in day.starts]
    except KeyError:  # seconds in the instant: right before fast
        return [datetime.fromtimestamp(start, zone_of(zone)).isoformat() for start in day.starts]


class _LocalDay(NamedTuple):
    """Consecutive instants on one local date under one offset; `zero` is where that date would have begun."""

    on: date
    zero: int
    prefix: str
    suffix: str
    starts: list[int]


def _local_days(starts: Iterable[int], zone: str) -> Iterator[_LocalDay]:
    ordered = list(starts)
    zone_of(zone)
    clock = clock_between(zone, min(ordered, default=0), max(ordered, default=0))
    i = 0
    while i < len(ordered):
        offset = clock.offset(ordered[i])
        day = (ordered[i] + offset) // DAY
        zero = day * DAY - offset
        ends = clock.run_until(ordered[i], zero + DAY)
        j = i + 1
        while j < len(ordered) and ordered[i] <= ordered[j] < ends:
            j += 1
        on = date.fromordinal(EPOCH_DAY + day)
        yield _LocalDay(on, zero, f"{on.isoformat()}T", _suffix(offset), ordered[i:j])
        i = j


def _suffix(offset: int) -> str:
    """“+02:00”, or “+00:19:32” as it was before standard time."""
    minutes, seconds = divmod(abs(offset), MINUTE)
    sign = "-" if offset < 0 else "+"
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


@lru_cache(maxsize=4096)
def _changes(zone: str, block: int) -> tuple[tuple[int, int], ...]:
    """(instant, offset from then on) at the beginning of a block and at each change within it."""
    begins = block * _BLOCK
    rows = [(begins, _offset_at(zone, begins))]
    for instant in range(begins + DAY, begins + _BLOCK + 1, DAY):
        if _offset_at(zone, instant) != rows[-1][1]:
            rows.append(_change_between(zone, instant - DAY, instant))
    return tuple(rows)


def _change_between(zone: str, before: int, after: int) -> tuple[int, int]:
    """The second at which the offset changes, found by bisection, and the new offset."""
    old = _offset_at(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_at(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after, _offset_at(zone, after)


def _offset_at(zone: str, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, zone_of(zone)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
