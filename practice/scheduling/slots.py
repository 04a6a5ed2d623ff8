"""This file knows which starts may be booked, and why another may not: one set of rules serves the list and the check.

Every rule is written once, as the stretch of starts it refuses. `open_slots` lists the grid of the open hours outside
all stretches; `why_not` names the first rule whose stretch holds a start. So a slot is open if and only if
`open_slots` lists it. Durations are whole minutes, instants epoch seconds (UTC); nothing here reads a clock.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from .days import span_of, stretches_of
from .hours import OpenHours, Opening, days_between, local_day, openings, planned_on, week_of, zone_on
from .intervals import Interval, epoch, merge
from .rules import BookingRules, Busy, Refusal, Why
from .zones import MINUTE, clock_between, local_midnight

__all__ = [
    "BookingRules",
    "Busy",
    "Refusal",
    "Why",
    "busy_window",
    "is_open",
    "last_day",
    "open_slots",
    "room_left",
    "starts_on_the_wall",
    "why_not",
    "why_not_at",
]

_FAR = 1 << 60
_SATURDAY = 5
_ORDER = {why: place for place, why in enumerate(Why)}
_WEEKLY = (Why.WEEKLY_CAP, Why.KIND_WEEKLY_CAP)
_TAKEN_BY = {"booking": Why.BOOKED, "hold": Why.HELD, "busy_elsewhere": Why.BUSY_ELSEWHERE}


def open_slots(
    hours: OpenHours,
    busy: Iterable[Busy],
    rules: BookingRules,
    now: datetime | int,
    window: tuple[int, int] | None = None,
) -> list[int]:
    """The starts that may be booked, in order; with a window only those inside it (half-open, epoch seconds).

    `busy` must hold all that is taken within `busy_window`. Raises UnknownZone; ValueError for a naive `now`.
    """
    today, last_on = local_day(now, hours), last_day(hours, rules, now)
    wanted = window or (-_FAR, _FAR)
    bookable = span_of(today, last_on, hours.stays)
    begins, ends = max(wanted[0], epoch(now)), min(wanted[1], bookable.ends_at)
    if begins >= ends:
        return []
    refused = [each[:2] for each in _refused(hours, list(busy), rules, epoch(now))]
    refused += [(-_FAR, begins), (ends, _FAR)]
    days = (today, last_on) if window is None else (local_day(begins, hours), local_day(ends - 1, hours))
    return _grid_outside(merge(refused), openings(hours, *days), rules)


def why_not(
    start: datetime | int,
    hours: OpenHours,
    busy: Iterable[Busy],
    rules: BookingRules,
    now: datetime | int,
    *,
    asked_on: date | None = None,
) -> Refusal | None:
    """The first rule that refuses a start, or None exactly if `open_slots` lists it. Raises as `open_slots` does.

    `asked_on` is the date of which the start was asked; while one flies, two dates may hold the same instant.
    """
    at = min(max(epoch(start), -_FAR), _FAR - 1)
    refused = (each for each in _refused(hours, list(busy), rules, epoch(now)) if each.from_at <= at < each.until_at)
    found = [_refusal(each, at, rules) for each in refused]
    if not any(each.why in (Why.PAST, Why.HORIZON) for each in found):
        found += _off_the_grid((asked_on or local_day(at, hours), at), hours, rules, now)
    return min(found, key=lambda refusal: _ORDER[refusal.why], default=None)


def is_open(
    start: datetime | int, hours: OpenHours, busy: Iterable[Busy], rules: BookingRules, now: datetime | int
) -> bool:
    """Whether `open_slots` lists the start."""
    return why_not(start, hours, busy, rules, now) is None


def why_not_at(
    wall: tuple[date, int], hours: OpenHours, busy: Iterable[Busy], rules: BookingRules, now: datetime | int
) -> Refusal | None:
    """The same for a time on the specialist's wall clock: a local date and the minute of that day.

    A time that comes twice is offered if either is; one that the clock skips is refused as CLOCK_GAP.
    """
    taken = list(busy)
    starts = starts_on_the_wall(wall, hours)
    if not starts:
        return Refusal(Why.CLOCK_GAP)
    refusals = [why_not(start, hours, taken, rules, now, asked_on=wall[0]) for start in starts]
    return None if None in refusals else refusals[0]


def starts_on_the_wall(wall: tuple[date, int], hours: OpenHours) -> list[int]:
    """When the specialist's clock shows this minute of a date: mostly once, never in a gap, twice in a fold."""
    on, minute = wall
    local = local_midnight(on) + minute * MINUTE
    clock = clock_between(zone_on(on, hours), local, local)
    return [stretch.starts_at for stretch in clock.stretches(local, local + 1)]


def last_day(hours: OpenHours, rules: BookingRules, now: datetime | int) -> date:
    """The last local date that is open to booking (rule h); counted in business days, weekends are passed over."""
    on, left = local_day(now, hours), rules.horizon_days
    if not rules.horizon_business_days:
        return on + timedelta(days=left)
    while left:
        on += timedelta(days=1)
        left -= on.weekday() < _SATURDAY
    return on


def busy_window(hours: OpenHours, rules: BookingRules, now: datetime | int) -> Interval:
    """The time of which `open_slots` must know everything taken: whole weeks, so that weekly caps count right."""
    last_on = week_of(last_day(hours, rules, now)) + timedelta(days=6)
    span = span_of(week_of(local_day(now, hours)), last_on, hours.stays)
    return Interval(span.starts_at - 86_400, span.ends_at + 86_400)


class _Refused(NamedTuple):
    """A stretch of starts that one rule refuses."""

    from_at: int
    until_at: int
    why: Why
    limit: int | None = None
    busy: Busy | None = None


def _refused(hours: OpenHours, busy: Sequence[Busy], rules: BookingRules, now: int) -> Iterator[_Refused]:
    last_on = last_day(hours, rules, now)
    days = span_of(local_day(now, hours), last_on, hours.stays)
    return chain(
        (
            _Refused(-_FAR, now, Why.PAST),
            _Refused(-_FAR, now + rules.notice * MINUTE, Why.NOTICE, rules.notice),
            _Refused(days.ends_at, _FAR, Why.HORIZON, rules.horizon_days),
        ),
        _refused_by_busy(busy, rules),
        _refused_by_caps(hours, busy, rules),
    )


def _refused_by_busy(busy: Iterable[Busy], rules: BookingRules) -> Iterator[_Refused]:
    """Rule g: between two appointments lies the larger of the first one's `after` and the second one's `before`."""
    length = rules.length * MINUTE
    for each in busy:
        if each.own or each.ends_at <= each.starts_at:
            continue
        lead = max(rules.after, each.before) * MINUTE
        rest = max(rules.before, each.after) * MINUTE
        yield _Refused(each.starts_at - lead - length + 1, each.ends_at + rest, _TAKEN_BY[each.reason], None, each)


def _refused_by_caps(hours: OpenHours, busy: Iterable[Busy], rules: BookingRules) -> Iterator[_Refused]:
    """Full days and weeks, counted by the specialist's local day (rules f and k); weeks begin on Monday."""
    for cap, why, dates in _counted(hours, busy, rules):
        yield from _refused_by_cap(hours, dates, cap, why)


def _counted(hours: OpenHours, busy: Iterable[Busy], rules: BookingRules) -> Iterator[tuple[int, Why, list[date]]]:
    """Each cap that is set, its name, and the local dates of what counts towards it."""
    caps = (rules.daily_cap, rules.weekly_cap, rules.kind_daily_cap, rules.kind_weekly_cap)
    whys = (Why.DAILY_CAP, Why.WEEKLY_CAP, Why.KIND_DAILY_CAP, Why.KIND_WEEKLY_CAP)
    if not any(cap is not None for cap in caps):
        return
    counted = [each for each in busy if each.counts and not each.own and each.starts_at < each.ends_at]
    dates = [(local_day(each.starts_at, hours), each.kind == rules.kind) for each in counted]
    for cap, why in zip(caps, whys, strict=True):
        if cap is not None:
            yield cap, why, [on for on, is_kind in dates if is_kind or why in (Why.DAILY_CAP, Why.WEEKLY_CAP)]


def room_left(on: date, hours: OpenHours, busy: Iterable[Busy], rules: BookingRules) -> int | None:
    """How many more appointments the caps allow both on a local date and in its week; None where there is no cap."""
    rooms = []
    for cap, why, dates in _counted(hours, busy, rules):
        alike = [each for each in dates if (week_of(each) == week_of(on) if why in _WEEKLY else each == on)]
        rooms.append(max(0, cap - len(alike)))
    return min(rooms, default=None)


def _refused_by_cap(hours: OpenHours, counted: Iterable[date], cap: int, why: Why) -> Iterator[_Refused]:
    """The starts on days, or in weeks, that already hold as many appointments as the cap allows."""
    if cap == 0:
        yield _Refused(-_FAR, _FAR, why, cap)
        return
    weekly = why in _WEEKLY
    for first_on, number in Counter(week_of(on) if weekly else on for on in counted).items():
        if number >= cap:
            for on in days_between(first_on, first_on + timedelta(days=6 if weekly else 0)):
                yield from (_Refused(*stretch, why, cap) for stretch in stretches_of(on, hours.stays))


def _refusal(refused: _Refused, at: int, rules: BookingRules) -> Refusal:
    """The refusal of one start; beside a taken time rather than in it, the reason is the buffer."""
    why, limit, busy = refused.why, refused.limit, refused.busy
    if busy is not None and at >= busy.ends_at:
        why, limit = Why.BUFFER, max(rules.before, busy.after)
    elif busy is not None and at + rules.length * MINUTE <= busy.starts_at:
        why, limit = Why.BUFFER, max(rules.after, busy.before)
    from_at = refused.from_at if refused.from_at > -_FAR else None
    until_at = refused.until_at if refused.until_at < _FAR else None
    return Refusal(why, from_at, until_at, limit, busy)


def _off_the_grid(asked: tuple[date, int], hours: OpenHours, rules: BookingRules, now: datetime | int) -> list[Refusal]:
    """What the open hours alone say against a start within the horizon, asked of a date."""
    on, at = asked
    opening = _opening_at(at, openings(hours, local_day(now, hours), last_day(hours, rules, now)))
    if opening is None:
        return [_outside(on, at, hours)]
    refusals = []
    if (at - opening.starts_at) % (rules.step * MINUTE):
        refusals.append(Refusal(Why.GRID, opening.starts_at, opening.turns_at, rules.step))
    if at + rules.length * MINUTE > opening.ends_at:
        refusals.append(Refusal(Why.LENGTH, opening.ends_at - rules.length * MINUTE + 1, opening.ends_at, rules.length))
    return refusals


def _outside(on: date, at: int, hours: OpenHours) -> Refusal:
    """Why an instant is not open time: a date without hours, time off within them, or simply not in them."""
    planned = merge((*planned_on(hours, on), *_touching(hours, on)))
    if not planned:
        return Refusal(Why.CLOSED_DAY)
    if not any(each.starts_at <= at < each.ends_at for each in planned):
        return Refusal(Why.OUTSIDE_HOURS)
    away = next(stretch for stretch in merge(off.interval for off in hours.time_off) if at < stretch.ends_at)
    return Refusal(Why.TIME_OFF, away.starts_at, away.ends_at)


def _touching(hours: OpenHours, on: date) -> Iterator[Interval]:
    """The open time that reaches into a date, also from a night before, whatever time off takes from it."""
    return (Interval(each.starts_at, each.ends_at) for each in openings(replace(hours, time_off=()), on, on))


def _opening_at(at: int, among: Iterable[Opening]) -> Opening | None:
    return next((opening for opening in among if opening.starts_at <= at < opening.turns_at), None)


def _grid_outside(refused: Sequence[Interval], among: Iterable[Opening], rules: BookingRules) -> list[int]:
    """One sweep: the starts on the grid of each opening, in which the length fits, outside the refused stretches.

    `refused` is sorted and disjoint and reaches to the end of time, so a stretch always lies ahead.
    """
    length, step = rules.length * MINUTE, rules.step * MINUTE
    starts: list[int] = []
    ahead = 0
    for opening in among:
        start, stop = opening.starts_at, min(opening.turns_at, opening.ends_at - length + 1)
        while start < stop:
            while refused[ahead].ends_at <= start:
                ahead += 1
            if refused[ahead].starts_at <= start:
                start += -(-(refused[ahead].ends_at - start) // step) * step
            else:
                free = range(start, min(stop, refused[ahead].starts_at), step)
                starts.extend(free)
                start = free[-1] + step
    return starts
