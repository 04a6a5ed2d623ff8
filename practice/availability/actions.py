"""This file knows every change of a specialist's hours; none of them ever moves what is already booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, update

from practice.http import clocks
from practice.scheduling import hours as rules
from practice.scheduling.days import Travel as Trip
from practice.scheduling.problems import problems_of, problems_of_day, problems_of_time_off, problems_of_travel
from practice.scheduling.zone_names import is_zone, present
from practice.scheduling.zones import wall_to_instant, zone_of
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.store import versions
from practice.store.db import db, insert_once, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.counts import in_years
from practice.values.errors import Invalid

from . import policy, queries
from .models import DateException, Schedule, TimeOff, Travel, WeeklyRange
from .moving import moved_rules
from .policy import Limits

KINDS = (policy.GENERAL, *OfferKind)


class Keep(StrEnum):
    """What stays the same when a specialist moves to another zone: the hours on the clock, or the instants."""

    CLOCK = "clock"
    INSTANTS = "instants"


def lock_calendar(specialist: Specialist) -> Schedule:
    """Hold the specialist's calendar until the transaction ends and give back the stored schedule, fresh.

    Raising the version is the lock; whatever was remembered about their free times is outdated by it.
    """
    db.session.execute(
        update(Specialist)
        .where(Specialist.id == specialist.id)
        .values(calendar_version=Specialist.calendar_version + 1)
        .execution_options(synchronize_session=False)
    )
    insert_once(Schedule, specialist_id=specialist.id)
    return db.session.get_one(Schedule, specialist.id, populate_existing=True)


def _looked_at(specialist: Specialist) -> Schedule:
    """Lock; and whoever changes their hours has just confirmed them."""
    schedule = lock_calendar(specialist)
    schedule.confirmed_at = clock.now()
    return schedule


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise Invalid("Choose which kind of offer these hours are for.", {"kind": "Choose one from the list."})
    return kind


# ---------------------------------------------------------------- the week


@transactional
def save_week(specialist: Specialist, kind: str, ranges: Iterable[rules.WeeklyRange]) -> None:
    """Replace the weekly hours of one kind of offer ("" serves all without their own; none left: back to the general).

    Raises Invalid; its fields are weekdays ("0" is Monday), or "week" for what no single day explains.
    """
    week = list(ranges)
    _known_kind(kind)
    if problems := problems_of_week(week):
        raise Invalid("These hours can't be saved yet.", problems)
    _looked_at(specialist)
    _replace_week(specialist, kind, week)


def _replace_week(specialist: Specialist, kind: str, week: Iterable[rules.WeeklyRange]) -> None:
    owned = WeeklyRange.specialist_id == specialist.id, WeeklyRange.kind == kind
    db.session.execute(delete(WeeklyRange).where(*owned))
    db.session.add_all(
        WeeklyRange(specialist_id=specialist.id, kind=kind, weekday=r.weekday, opens=r.opens, closes=r.closes)
        for r in sorted(week, key=lambda r: (r.weekday, r.opens))
    )


def problems_of_week(week: Sequence[rules.WeeklyRange]) -> dict[str, str]:
    """What stops these hours from being saved: a sentence by weekday, or under "week"."""
    found: dict[str, str] = {}
    for weekday in range(7):
        of_day = [each for each in week if each.weekday == weekday]
        if problems := problems_of(of_day):
            found[str(weekday)] = " ".join(problems)
        elif len(of_day) > policy.MOST_RANGES:
            found[str(weekday)] = f"A day can have at most {policy.MOST_RANGES} ranges."
    if not found and (problems := problems_of(week)):
        found["week"] = " ".join(problems)
    return found


# ---------------------------------------------------------------- single dates


@transactional
def save_exception(
    specialist: Specialist, on: date, ranges: Sequence[tuple[int, int]], kind: str = "", *, shown: Shown | None = None
) -> None:
    """On this date these ranges (minutes of the day) and nothing else; none at all closes it.

    Raises Invalid, and `Changed` where the date has hours that `shown` did not show.
    """
    _known_kind(kind)
    _looked_at(specialist)
    versions.check(shown)
    _check_exception(specialist, on, ranges)
    _delete_exception(specialist, on, kind)
    _add_exception(specialist, on, ranges, kind)


def _add_exception(specialist: Specialist, on: date, ranges: Sequence[tuple[int, int]], kind: str) -> None:
    rows: Sequence[tuple[int | None, int | None]] = sorted(ranges) or [(None, None)]
    db.session.add_all(
        DateException(specialist_id=specialist.id, kind=kind, on=on, opens=opens, closes=closes)
        for opens, closes in rows
    )


def _check_exception(specialist: Specialist, on: date, ranges: Sequence[tuple[int, int]]) -> None:
    today = clocks.of(specialist.user).day_at(clock.now())
    if not today - timedelta(days=1) <= on <= today + policy.AHEAD:
        raise Invalid(
            "Choose another date.", {"on": f"Choose a date from today on, at most {in_years(policy.AHEAD)} ahead."}
        )
    if problems := problems_of_day(ranges):
        raise Invalid("These hours can't be saved yet.", {"ranges": " ".join(problems)})
    if len(ranges) > policy.MOST_RANGES:
        raise Invalid("Too many ranges.", {"ranges": f"A day can have at most {policy.MOST_RANGES} ranges."})
    if len(queries.exceptions(specialist.id, today)) >= policy.MOST_EXCEPTIONS:
        raise Invalid("Too many dates.", {"on": f"At most {policy.MOST_EXCEPTIONS} dates can differ from your week."})


@transactional
def remove_exception(specialist: Specialist, on: date, kind: str = "", *, shown: Shown | None = None) -> None:
    """The weekly hours hold again on this date; removing what is not there changes nothing.

    Raises Invalid, and `Changed` where the date has other hours than `shown` showed.
    """
    _looked_at(specialist)
    if queries.exception(specialist.id, on, kind) is not None:
        versions.check(shown)
    _delete_exception(specialist, on, _known_kind(kind))


def _delete_exception(specialist: Specialist, on: date, kind: str) -> None:
    db.session.execute(
        delete(DateException).where(
            DateException.specialist_id == specialist.id, DateException.on == on, DateException.kind == kind
        )
    )


# ---------------------------------------------------------------- time off


@transactional
def add_time_off(specialist: Specialist, starts_at: datetime, ends_at: datetime, note: str = "") -> TimeOff:
    """Away from one instant to another; what is booked in between stays booked. Raises Invalid."""
    _check_time_off(starts_at, ends_at)
    _looked_at(specialist)
    off = TimeOff(specialist_id=specialist.id, starts_at=starts_at, ends_at=ends_at, note=note.strip()[:80])
    db.session.add(off)
    db.session.flush()
    return off


def _check_time_off(starts_at: datetime, ends_at: datetime) -> None:
    problems = problems_of_time_off(rules.TimeOff(starts_at, ends_at))
    if not problems and ends_at <= clock.now():
        problems = ["Choose days that are not over yet."]
    if not problems and ends_at - starts_at > policy.LONGEST_ABSENCE:
        problems = ["Time off can last a year at most. For longer, pause your profile."]
    if not problems and starts_at > clock.now() + policy.AHEAD:
        problems = [policy.DAYS_TOO_FAR]
    if problems:
        raise Invalid("This time off can't be saved yet.", {"last_on": " ".join(problems)})


@transactional
def remove_time_off(specialist: Specialist, code: str) -> None:
    """The hours in that time are open again. Raises NotFound for another specialist's."""
    _looked_at(specialist)
    db.session.delete(queries.absence_for(specialist, code))


# ---------------------------------------------------------------- travel and zone


@transactional
def add_travel(specialist: Specialist, first_on: date, last_on: date | None, zone: str) -> Travel:
    """From one date through another (None: until further notice) the hours are meant in this zone. Raises Invalid."""
    _looked_at(specialist)
    stored = queries.travels(specialist.id, date.min)
    _check_travel(specialist, [Trip(t.first_on, t.last_on, t.zone) for t in stored], Trip(first_on, last_on, zone))
    trip = Travel(specialist_id=specialist.id, first_on=first_on, last_on=last_on, zone=zone)
    db.session.add(trip)
    db.session.flush()
    return trip


def _check_travel(specialist: Specialist, stored: Sequence[Trip], new: Trip) -> None:
    today = clocks.of(specialist.user).day_at(clock.now())
    field = "zone" if not is_zone(new.zone) else "last_on"
    problems = problems_of_travel([new]) or problems_of_travel([*stored, new])
    if not problems and (new.last_on or date.max) < today:
        problems = ["Choose days that are not over yet."]
    if not problems and new.first_on > today + policy.AHEAD:
        field, problems = "first_on", [f"Choose a day within the next {in_years(policy.AHEAD)}."]
    if problems:
        raise Invalid("This travel can't be saved yet.", {field: " ".join(problems)})


@transactional
def remove_travel(specialist: Specialist, code: str) -> None:
    """Those dates are spent at home again. Raises NotFound for another specialist's."""
    _looked_at(specialist)
    db.session.delete(queries.travel_for(specialist, code))


@transactional
def change_zone(specialist: Specialist, zone: str, keep: Keep, *, shown: Shown | None = None) -> None:
    """Live in another zone from now on, on every page and in every letter.

    The week and single dates keep their place on the clock, or their instants. Raises Invalid, and `Changed` where the
    zone is not the one that `shown` showed.
    """
    new = present(zone)
    if new is None:
        raise Invalid("Choose a time zone.", {"zone": "We do not know that time zone. Choose one from the list."})
    _looked_at(specialist)
    versions.check(shown)
    old = queries.home_of(specialist)
    if keep == Keep.INSTANTS:
        _keep_instants(specialist, old, new)
    else:
        _shift_absences(specialist, old, new)
    specialist.user.zone = new


def _keep_instants(specialist: Specialist, old: str, new: str) -> None:
    minutes = policy.minutes_between_zones(old, new, clock.now())
    dates = _moved_dates(specialist, new, minutes)
    for kind, week in queries.weekly_ranges(specialist.id).items():
        _replace_week(specialist, kind, policy.shifted_week(week, minutes))
    for kind, rules_of_kind in dates.items():
        for rule in rules_of_kind:
            _add_exception(specialist, rule.on, rule.ranges, kind)


def _moved_dates(specialist: Specialist, new: str, minutes: int) -> dict[str, list[rules.DateRule]]:
    """Take the dates that are not over away, and say by kind what stands in their place in the new zone."""
    since = _first_date_left(specialist)
    stored = queries.exceptions(specialist.id, since)
    own = {*queries.weekly_ranges(specialist.id), *(kind for _, kind, _ in stored)} - {policy.GENERAL}
    found: dict[str, dict[date, rules.DateRule]] = {}
    for kind in (policy.GENERAL, *sorted(own)) if stored else ():
        hours = queries.open_hours(specialist, kind)
        hours = replace(hours, date_rules=tuple(rule for rule in hours.date_rules if rule.on >= since))
        then = replace(hours, zone=new, weekly=tuple(policy.shifted_week(hours.weekly, minutes)))
        found[kind] = moved_rules(hours, then, also=found.get(policy.GENERAL, ()))
    db.session.execute(
        delete(DateException).where(DateException.specialist_id == specialist.id, DateException.on >= since)
    )
    general = found.get(policy.GENERAL, {})
    return {
        kind: [r for r in of_kind.values() if r.on >= since and (not kind or general.get(r.on) != r)]
        for kind, of_kind in found.items()
    }


def _first_date_left(specialist: Specialist) -> date:
    """What is older is over in every zone, and stays as it was."""
    return clocks.of(specialist.user).day_at(clock.now()) - timedelta(days=3)


def _shift_absences(specialist: Specialist, old: str, new: str) -> None:
    """A holiday is meant in whole days of the place where one lives: its midnights are those of the new place, by the
    clocks of its own season."""
    for off in queries.absences(specialist.id, clock.now()):
        off.starts_at = _same_clock(off.starts_at, old, new)
        off.ends_at = _same_clock(off.ends_at, old, new, end=True)


def _same_clock(at: datetime, old: str, new: str, *, end: bool = False) -> datetime:
    wall = at.astimezone(zone_of(old))
    return datetime.fromtimestamp(wall_to_instant(wall.date(), wall.hour * 60 + wall.minute, new, end=end), UTC)


# ---------------------------------------------------------------- limits


@transactional
def save_limits(specialist: Specialist, limits: Limits) -> None:
    """Replace gaps, step, notices, horizons and caps. Raises Invalid with the field's name."""
    if problems := policy.problems_of_limits(limits):
        raise Invalid("These limits can't be saved yet.", problems)
    schedule = _looked_at(specialist)
    for name, value in asdict(limits).items():
        setattr(schedule, name, value)


def limits_of(schedule: Schedule) -> Limits:
    """The limits that hold now."""
    return Limits(**{name: getattr(schedule, name) for name in Limits.__dataclass_fields__})


@transactional
def save_hours(
    specialist: Specialist,
    weeks: dict[str, list[rules.WeeklyRange]],
    limits: Limits,
    *,
    shown: Shown | None = None,
) -> None:
    """The whole editor at once: each week given, and the limits; all is stored or nothing.

    Raises Invalid, and `Changed` for hours that `shown` did not show.
    """
    lock_calendar(specialist)
    versions.check(shown)
    for kind, week in weeks.items():
        save_week(specialist, kind, week)
    save_limits(specialist, limits)


@transactional
def confirm_hours(specialist: Specialist) -> None:
    """The specialist says that the hours are right as they are."""
    _looked_at(specialist)
