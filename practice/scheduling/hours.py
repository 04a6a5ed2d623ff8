"""This file knows when a specialist is willing to work: wall-clock rules beside a zone, made instants day by day.

The letters name the rules of docs/decisions/0002-slot-rules.md. Minutes count on the wall clock of the local date
and may run to 2880, the end of the following day; dates are local; instants are epoch seconds (UTC).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from .days import Stay, Travel, day_at, span_of, stay_on, stays, stretches_of
from .intervals import Interval, clip, epoch, merge, subtract
from .zones import DAY, EPOCH_DAY, MINUTE, ClockTable, clock_between, forget_tables, local_midnight, wall_to_instant

DAY_MINUTES = 1440
LONGEST = 2 * DAY_MINUTES
_REACH = 3  # days: a range of two, and the widest difference between two zones


def is_sound(opens: int, closes: int) -> bool:
    """Whether a range counts (rule l): it begins on its own day and ends later, by the end of the following day."""
    return 0 <= opens < DAY_MINUTES and opens < closes <= LONGEST


@dataclass(frozen=True)
class WeeklyRange:
    """Every week on this weekday (Monday is 0), from `opens` to `closes`."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class DateRule:
    """On this date these ranges and nothing else; no range means closed. It owns every minute of its date (rule o)."""

    on: date
    ranges: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "ranges", tuple((opens, closes) for opens, closes in self.ranges))


@dataclass(frozen=True)
class TimeOff:
    """Away from one instant to another: aware datetimes or epoch seconds."""

    starts_at: datetime | int
    ends_at: datetime | int

    @property
    def interval(self) -> Interval:
        """The same in epoch seconds. Raises ValueError on a naive datetime."""
        return Interval(epoch(self.starts_at), epoch(self.ends_at))


@dataclass(frozen=True)
class OpenHours:
    """All that shapes a specialist's willing time. A value: equal hours give equal answers, remembered once."""

    zone: str
    weekly: tuple[WeeklyRange, ...] = ()
    date_rules: tuple[DateRule, ...] = ()
    time_off: tuple[TimeOff, ...] = ()
    travel: tuple[Travel, ...] = ()

    def __post_init__(self) -> None:
        for name in ("weekly", "date_rules", "time_off", "travel"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def stays(self) -> tuple[Stay, ...]:
        """Where the specialist is on which dates. Raises UnknownZone."""
        return stays(self.zone, self.travel)


class Opening(NamedTuple):
    """Open time without a break, and its grid: starts stand at `starts_at` and whole steps after it.

    From `turns_at` on the grid of the next opening holds; a meeting may run on until `ends_at`. The two differ only
    where hours run round the clock and each local date anchors at its midnight (rule j).
    """

    starts_at: int
    turns_at: int
    ends_at: int


def local_day(instant: datetime | int, hours: OpenHours) -> date:
    """The date of an instant in the zone in force then (rule k). Raises UnknownZone; ValueError if it is naive."""
    return day_at(epoch(instant), hours.stays)


def zone_on(on: date, hours: OpenHours) -> str:
    """The zone that holds for a date: that of the travel entry which covers it, else home."""
    return stay_on(on, hours.stays).zone


def covers(hours: OpenHours, starts_at: datetime | int, ends_at: datetime | int) -> bool:
    """Whether a stretch lies wholly in open time: for warning of what new hours would leave outside (S32)."""
    wanted = Interval(epoch(starts_at), epoch(ends_at))
    around = openings(hours, local_day(wanted.starts_at, hours), local_day(wanted.ends_at, hours))
    return any(each.starts_at <= wanted.starts_at and wanted.ends_at <= each.ends_at for each in around)


def forget_zones() -> None:
    """Drop all that was remembered about zones: after an update of the zone data in a running process (S22)."""
    forget_tables()
    stays.cache_clear()
    openings.cache_clear()


def week_of(on: date) -> date:
    """The Monday that begins the week of a date."""
    return on - timedelta(days=on.weekday())


def days_between(first_on: date, last_on: date) -> Iterator[date]:
    """Each date from the first to the last, both included."""
    return map(date.fromordinal, range(first_on.toordinal(), last_on.toordinal() + 1))


def open_intervals(hours: OpenHours, first_on: date, last_on: date) -> list[Interval]:
    """The willing time on these local dates, both included, cut off at their first and last instant.

    Raises UnknownZone, also for a zone named only in a travel entry.
    """
    whole = merge((opening.starts_at, opening.ends_at) for opening in openings(hours, first_on, last_on))
    return clip(whole, span_of(first_on, last_on, hours.stays))


def planned_on(hours: OpenHours, on: date) -> list[Interval]:
    """The willing time that the rules of one date make, whatever time off takes from it. Raises UnknownZone."""
    return merge(_ranges_of_dates(hours, on, on))


@lru_cache(maxsize=512)
def openings(hours: OpenHours, first_on: date, last_on: date) -> tuple[Opening, ...]:
    """The openings that touch these local dates, uncut and in order, so that a grid never depends on what was asked.

    Raises UnknownZone.
    """
    begins, ends = span_of(first_on, last_on, hours.stays)
    runs, endless = _runs_since_they_began(hours, first_on, last_on, begins)
    found = [Opening(run.starts_at, run.ends_at, run.ends_at) for run in runs]
    if endless:
        found[:1] = _from_midnights(hours, first_on, last_on, runs[0])
    return tuple(opening for opening in found if opening.turns_at > begins and opening.starts_at < ends)


def _runs_since_they_began(hours: OpenHours, first_on: date, last_on: date, begins: int) -> tuple[list[Interval], bool]:
    """Unbroken open time from `begins` on, each with its true beginning; True if the first one never had any."""
    back = 2 * _REACH
    while True:
        since = first_on - timedelta(days=back)
        runs = [run for run in _runs(hours, since, last_on + timedelta(days=_REACH)) if run.ends_at > begins]
        if not runs or runs[0].starts_at > local_midnight(since) + _REACH * DAY:
            return runs, False
        if _is_round_the_clock(hours.weekly) and since < _first_exception(hours) - timedelta(days=_REACH):
            return runs, True
        back *= 2


def _from_midnights(hours: OpenHours, first_on: date, last_on: date, run: Interval) -> list[Opening]:
    """One opening for each local date, all running to the same end (rule j)."""
    dates = days_between(first_on - timedelta(days=_REACH), last_on + timedelta(days=_REACH))
    midnights = sorted({wall_to_instant(on, 0, zone_on(on, hours)) for on in dates})
    return [
        Opening(midnight, min(following, run.ends_at), run.ends_at)
        for midnight, following in pairwise(midnights)
        if midnight < run.ends_at
    ]


def _runs(hours: OpenHours, first_on: date, last_on: date) -> list[Interval]:
    """Unbroken open time that the rules of these dates make, less time off (rule i)."""
    away = merge(off.interval for off in hours.time_off)
    return subtract(merge(_ranges_of_dates(hours, first_on, last_on)), away)


def _ranges_of_dates(hours: OpenHours, first_on: date, last_on: date) -> Iterator[Interval]:
    weekly = _sound_by_weekday(hours.weekly)
    rules = _rules_by_ordinal(hours.date_rules)
    owned = _owned(hours, rules, first_on, last_on)
    for stay in hours.stays:
        first, last = max(first_on, stay.first_on), min(last_on, stay.last_on)
        if first > last:
            continue
        clock = clock_between(stay.zone, local_midnight(first), local_midnight(last))
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            ranges = rules.get(ordinal, weekly[(ordinal - 1) % 7])
            found = _instants((ordinal - EPOCH_DAY) * DAY, ranges, clock)
            yield from found if not owned else _less_owned(found, ordinal, owned)


def _instants(midnight: int, ranges: Iterable[tuple[int, int]], clock: ClockTable) -> list[Interval]:
    """Ranges of one date in instants; `midnight` is in local seconds. Empty ones may be among them (S4)."""
    offset = clock.steady(midnight, midnight + 2 * DAY)
    if offset is not None:
        zero = midnight - offset
        return [Interval(zero + opens * MINUTE, zero + closes * MINUTE) for opens, closes in ranges]
    return [
        Interval(clock.instant(midnight + opens * MINUTE), clock.instant(midnight + closes * MINUTE, end=True))
        for opens, closes in ranges
    ]


def _less_owned(found: list[Interval], ordinal: int, owned: dict[int, list[Interval]]) -> list[Interval]:
    """Ranges of one date without what they spill into later dates that have a rule of their own (rule o).

    An earlier date takes nothing from a later one: where one has flown east, both clocks show the same instants, and
    each date keeps those that its own hours name.
    """
    near = range(ordinal + 1, ordinal + _REACH + 1)
    taken = merge(stretch for other in near for stretch in owned.get(other, ()))
    return subtract(merge(found), taken) if taken else found


def _owned(
    hours: OpenHours, rules: dict[int, list[tuple[int, int]]], first_on: date, last_on: date
) -> dict[int, list[Interval]]:
    first, last = first_on.toordinal() - _REACH, last_on.toordinal() + _REACH
    return {on: stretches_of(date.fromordinal(on), hours.stays) for on in rules if first <= on <= last}


def _sound_by_weekday(weekly: Iterable[WeeklyRange]) -> list[list[tuple[int, int]]]:
    by_day: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for each in weekly:
        if 0 <= each.weekday < 7 and is_sound(each.opens, each.closes):
            by_day[each.weekday].append((each.opens, each.closes))
    return by_day


def _rules_by_ordinal(date_rules: Iterable[DateRule]) -> dict[int, list[tuple[int, int]]]:
    by_date: dict[int, list[tuple[int, int]]] = {}
    for rule in date_rules:
        sound = [(opens, closes) for opens, closes in rule.ranges if is_sound(opens, closes)]
        by_date.setdefault(rule.on.toordinal(), []).extend(sound)
    return by_date


def _is_round_the_clock(weekly: Iterable[WeeklyRange]) -> bool:
    week = 7 * DAY_MINUTES
    ranges = [
        (day * DAY_MINUTES + opens - shift, day * DAY_MINUTES + closes - shift)
        for day, ranges in enumerate(_sound_by_weekday(weekly))
        for opens, closes in ranges
        for shift in (0, week)
    ]
    return any(united.starts_at <= 0 and united.ends_at >= week for united in merge(ranges))


def _first_exception(hours: OpenHours) -> date:
    """The first date on which anything but the weekly hours has a say."""
    dates = [rule.on for rule in hours.date_rules] + [trip.first_on for trip in hours.travel]
    dates += [local_day(off.starts_at, hours) for off in hours.time_off]
    return min(dates, default=date.max)
