"""This file knows how single dates keep their instants when a specialist moves to another zone (decision 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from practice.scheduling.days import day_at, span_of, stay_on, stretches_of
from practice.scheduling.hours import LONGEST, DateRule, OpenHours, days_between, is_sound, open_intervals, planned_on
from practice.scheduling.intervals import Interval, clip
from practice.scheduling.zones import DAY, MINUTE, clock_between, local_midnight

_NEAR = timedelta(days=4)  # a range of two days, and the widest difference between two zones
_FAR = 1 << 60


def moved_rules(old: OpenHours, new: OpenHours, also: Iterable[date] = ()) -> dict[date, DateRule]:
    """The rules of single dates with which `new` (its own rules do not count) is open there at the instants of `old`.

    Each new date that shares an instant with a ruled one gets a rule: its share of that date, and for the rest of it
    what was open then. One that says nothing else than the new week is left out, but for a whole closed day and the
    dates in `also`.
    """
    old, new = replace(old, time_off=()), replace(new, time_off=(), date_rules=())
    ruled = {on for rule in old.date_rules for on in _dates_touched(old, new, rule.on)} | set(also)
    kept = {_main_date(old, new, rule.on) for rule in old.date_rules if not rule.ranges} | set(also)
    rules = {on: _rule(old, new, on, ruled) for on in sorted(ruled)}
    for on in sorted(ruled):
        if on in also or (on in kept and not rules[on].ranges):
            continue
        without = _without(old, new, on, rules)
        if _open_around(new, on, without) == _open_around(new, on, rules):
            rules = without
    return rules


def _dates_touched(old: OpenHours, new: OpenHours, on: date) -> Iterator[date]:
    """The new dates of a date's own instants; of its ranges too where they may be longer than a range of one date."""
    stretches = stretches_of(on, old.stays)
    for hours in (old, replace(old, date_rules=())):
        stretches += [each for each in planned_on(hours, on) if each.ends_at - each.starts_at > DAY]
    for each in stretches:
        yield from days_between(day_at(each.starts_at, new.stays), day_at(each.ends_at - 1, new.stays))


def _main_date(old: OpenHours, new: OpenHours, on: date) -> date:
    whole = span_of(on, on, old.stays)
    return day_at((whole.starts_at + whole.ends_at) // 2, new.stays)


def _rule(old: OpenHours, new: OpenHours, on: date, ruled: set[date]) -> DateRule:
    """What was open on this date of the new clock, as ranges; the last runs on past midnight if no rule follows."""
    whole = span_of(on, on, new.stays)
    ranges = []
    for begins, ends in clip(open_intervals(old, on - _NEAR, on + _NEAR), (whole.starts_at, _FAR)):
        if begins < whole.ends_at:
            last = min(ends, whole.ends_at) if on + timedelta(days=1) in ruled else ends
            ranges.append((_minute(new, on, begins), min(_minute(new, on, last), LONGEST)))
    return DateRule(on, tuple(each for each in ranges if is_sound(*each)))


def _minute(hours: OpenHours, on: date, instant: int) -> int:
    """An instant in minutes of a date, on the clock of where that date is spent."""
    clock = clock_between(stay_on(on, hours.stays).zone, instant, instant)
    return (instant + clock.offset(instant) - local_midnight(on)) // MINUTE


def _without(old: OpenHours, new: OpenHours, on: date, rules: dict[date, DateRule]) -> dict[date, DateRule]:
    left = {other: rule for other, rule in rules.items() if other != on}
    before = on - timedelta(days=1)
    return left | ({before: _rule(old, new, before, set(left))} if before in left else {})


def _open_around(new: OpenHours, on: date, rules: dict[date, DateRule]) -> list[Interval]:
    near = tuple(rules[each] for each in days_between(on - _NEAR, on + _NEAR) if each in rules)
    return open_intervals(replace(new, date_rules=near), on - timedelta(days=2), on + timedelta(days=2))
