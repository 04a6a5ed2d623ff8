"""This file knows every read of a specialist's hours: few queries, whatever the horizon and however many rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Row, Select, String, bindparam, cast, literal, null, select, union_all
from sqlalchemy.types import TypeEngine

from practice.accounts.models import User
from practice.scheduling import hours as rules
from practice.scheduling.days import Travel as Trip
from practice.scheduling.slots import BookingRules
from practice.scheduling.zone_names import present
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.specialists.timing import Timing
from practice.store.db import UtcDateTime, db
from practice.values.errors import NotFound

from . import policy
from .models import DateException, Schedule, TimeOff, Travel, WeeklyRange

_COLUMNS: dict[str, TypeEngine[Any]] = {
    "kind": String(),
    "weekday": Integer(),
    "opens": Integer(),
    "closes": Integer(),
    "first_on": Date(),
    "last_on": Date(),
    "starts_at": UtcDateTime(),
    "ends_at": UtcDateTime(),
    "zone": String(),
}
# What a schedule says beside its zone: minutes, days and numbers of appointments.
LIMITS = (
    "gap_before",
    "gap_after",
    "step",
    "consult_notice",
    "session_notice",
    "consult_horizon",
    "session_horizon",
    "daily_cap",
    "weekly_cap",
    "weekly_consults",
)
_COLUMNS |= dict.fromkeys(LIMITS, Integer())
NO_ZONE = "UTC"
_HOME = (
    select(User.zone)
    .join(Specialist, Specialist.user_id == User.id)
    .where(Specialist.id == Schedule.specialist_id)
    .correlate(Schedule)
    .scalar_subquery()
)


def schedule_of(specialist: Specialist) -> Schedule:
    """The specialist's limits; with the defaults, and not stored, for one who has saved nothing yet."""
    stored = db.session.get(Schedule, specialist.id)
    return stored or unsaved_schedule(specialist.id)


def unsaved_schedule(specialist_id: int) -> Schedule:
    """A schedule of nothing but defaults, outside the database."""
    defaults = {
        column.name: column.default.arg
        for column in Schedule.__table__.columns
        if column.default is not None and column.default.is_scalar
    }
    return Schedule(**defaults | {"specialist_id": specialist_id})


def open_hours(specialist: Specialist, kind: str) -> rules.OpenHours:
    """When the specialist is willing to meet for this kind of offer, in one query.

    Who has saved nothing yet is closed, in the zone of their account.
    """
    rows = _rows_of([specialist.id])[specialist.id]
    return replace(_composed(rows, kind), zone=home_of(specialist))


def home_of(specialist: Specialist) -> str:
    """The zone in which a specialist lives and their hours are meant: that of their account."""
    return present(specialist.user.zone) or NO_ZONE


# Asked with each letter, so it is put together once.
TRAVEL = (
    select(Specialist.user_id, Travel.first_on, Travel.last_on, Travel.zone)
    .join(Travel, Travel.specialist_id == Specialist.id)
    .where(Specialist.user_id.in_(bindparam("ids", expanding=True)))
    .order_by(Travel.first_on, Travel.zone)
)


def travel_of(user_ids: Sequence[int]) -> dict[int, tuple[Trip, ...]]:
    """All travel of these accounts, past too, in one query; whoever has none is left out. Asked by `clocks`."""
    rows = db.session.execute(TRAVEL, {"ids": user_ids})
    trips: dict[int, tuple[Trip, ...]] = {}
    for user_id, first_on, last_on, zone in rows:
        trips[user_id] = (*trips.get(user_id, ()), Trip(first_on, last_on, zone))
    return trips


def calendars_of(
    asked: Iterable[tuple[int, Timing]],
) -> dict[tuple[int, Timing], tuple[rules.OpenHours, BookingRules]]:
    """Hours and booking rules of each (specialist id, timing of an offer), in one query for all of them together.

    Who has never saved any hours is left out.
    """
    wanted = list(dict.fromkeys(asked))
    rows_of, found = _rows_of({each for each, _ in wanted}), {}
    for specialist_id, timing in wanted:
        rows = rows_of[specialist_id]
        schedule = next((row for row in rows if row.part == "home"), None)
        if schedule is not None:
            found[specialist_id, timing] = _composed(rows, timing.kind), rules_for(schedule, timing)
    return found


def _rows_of(specialist_ids: Iterable[int]) -> dict[int, list[Any]]:
    ids = list(specialist_ids)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(_everything(), {"ids": ids}) if ids else ():
        rows[row.specialist_id].append(row)
    return rows


@cache
def _everything() -> Any:
    """Every rule of some specialists as rows of one shape; `part` says which table a row is from. Put together once."""
    parts = (
        _part("home", Schedule, zone=_HOME, **{name: getattr(Schedule, name) for name in LIMITS}),
        _part(
            "weekly",
            WeeklyRange,
            kind=WeeklyRange.kind,
            weekday=WeeklyRange.weekday,
            opens=WeeklyRange.opens,
            closes=WeeklyRange.closes,
        ),
        _part(
            "exception",
            DateException,
            kind=DateException.kind,
            first_on=DateException.on,
            opens=DateException.opens,
            closes=DateException.closes,
        ),
        _part("off", TimeOff, starts_at=TimeOff.starts_at, ends_at=TimeOff.ends_at),
        _part("travel", Travel, first_on=Travel.first_on, last_on=Travel.last_on, zone=Travel.zone),
    )
    wanted: Any = bindparam("ids", expanding=True)
    return union_all(*(part.where(model.specialist_id.in_(wanted)) for part, model in parts))


def _part(name: str, model: Any, **given: Any) -> tuple[Select[Any], Any]:
    columns = [given.get(column, cast(null(), type_)).label(column) for column, type_ in _COLUMNS.items()]
    return select(literal(name).label("part"), model.specialist_id, *columns), model


def _composed(rows: Iterable[Any], kind: str) -> rules.OpenHours:
    parts: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        parts[row.part].append(row)
    weekly = (rules.WeeklyRange(r.weekday, r.opens, r.closes) for r in policy.serving(parts["weekly"], kind))
    return rules.OpenHours(
        zone=next((present(row.zone) or NO_ZONE for row in parts["home"]), NO_ZONE),
        weekly=tuple(sorted(weekly, key=lambda each: (each.weekday, each.opens, each.closes))),
        date_rules=_date_rules(parts["exception"], kind),
        time_off=tuple(sorted((rules.TimeOff(r.starts_at, r.ends_at) for r in parts["off"]), key=_begins)),
        travel=tuple(sorted((Trip(r.first_on, r.last_on, r.zone) for r in parts["travel"]), key=_leaves)),
    )


def _begins(off: rules.TimeOff) -> tuple[int, int]:
    return off.interval


def _leaves(trip: Trip) -> tuple[date, str]:
    return trip.first_on, trip.zone


def _date_rules(rows: Iterable[Any], kind: str) -> tuple[rules.DateRule, ...]:
    """One rule for each date that has rows of this kind or general ones; the kind's own replace the general ones."""
    by_date: dict[date, list[Any]] = defaultdict(list)
    for row in rows:
        by_date[row.first_on].append(row)
    dates = {on: policy.serving(of_date, kind) for on, of_date in sorted(by_date.items())}
    return tuple(
        rules.DateRule(on, tuple(sorted((row.opens, row.closes) for row in serving if row.opens is not None)))
        for on, serving in dates.items()
        if serving
    )


def rules_for(schedule: Schedule | Row[Any] | policy.Limits, timing: Timing) -> BookingRules:
    """How an offer of this timing is sold; takes a schedule, or a row with the same columns."""
    is_consult = timing.kind == OfferKind.CONSULT
    return BookingRules(
        length=timing.minutes,
        step=schedule.step,
        before=schedule.gap_before,
        after=schedule.gap_after,
        notice=schedule.consult_notice if is_consult else schedule.session_notice,
        horizon_days=schedule.consult_horizon if is_consult else schedule.session_horizon,
        daily_cap=schedule.daily_cap,
        weekly_cap=schedule.weekly_cap,
        kind=timing.kind,
        kind_weekly_cap=schedule.weekly_consults if is_consult else None,
    )


def weekly_ranges(specialist_id: int) -> dict[str, list[rules.WeeklyRange]]:
    """The stored week by kind ("" is general), in the order of the week."""
    found = db.session.scalars(
        select(WeeklyRange)
        .where(WeeklyRange.specialist_id == specialist_id)
        .order_by(WeeklyRange.weekday, WeeklyRange.opens)
    )
    weeks: dict[str, list[rules.WeeklyRange]] = defaultdict(list)
    for row in found:
        weeks[row.kind].append(rules.WeeklyRange(row.weekday, row.opens, row.closes))
    return weeks


def exceptions(specialist_id: int, since: date) -> list[tuple[date, str, list[tuple[int, int]]]]:
    """Dates from `since` on that differ from the week: date, kind, and ranges; no range means closed."""
    found = db.session.scalars(
        select(DateException)
        .where(DateException.specialist_id == specialist_id, DateException.on >= since)
        .order_by(DateException.on, DateException.kind, DateException.opens)
    )
    dates: dict[tuple[date, str], list[tuple[int, int]]] = defaultdict(list)
    for row in found:
        ranges = dates[row.on, row.kind]
        if row.opens is not None and row.closes is not None:
            ranges.append((row.opens, row.closes))
    return [(on, kind, ranges) for (on, kind), ranges in dates.items()]


def exception(specialist_id: int, on: date, kind: str) -> list[tuple[int, int]] | None:
    """The ranges of one date, none for a closed one; None where it follows the week."""
    found = select(DateException.opens, DateException.closes).where(
        DateException.specialist_id == specialist_id, DateException.on == on, DateException.kind == kind
    )
    rows = db.session.execute(found.order_by(DateException.opens)).all()
    return [(opens, closes) for opens, closes in rows if opens is not None and closes is not None] if rows else None


def absences(specialist_id: int, since: datetime) -> list[TimeOff]:
    """Time off that has not ended at `since`, soonest first."""
    found = select(TimeOff).where(TimeOff.specialist_id == specialist_id, TimeOff.ends_at > since)
    return list(db.session.scalars(found.order_by(TimeOff.starts_at)))


def travels(specialist_id: int, since: date) -> list[Travel]:
    """Travel that has not ended on `since`, soonest first."""
    still = (Travel.last_on.is_(None)) | (Travel.last_on >= since)
    found = select(Travel).where(Travel.specialist_id == specialist_id, still)
    return list(db.session.scalars(found.order_by(Travel.first_on)))


def absence_for(specialist: Specialist, code: str) -> TimeOff:
    """One's own time off; another specialist's does not exist here (NotFound)."""
    found: TimeOff = _own(TimeOff, specialist, code)
    return found


def travel_for(specialist: Specialist, code: str) -> Travel:
    """One's own travel; another specialist's does not exist here (NotFound)."""
    found: Travel = _own(Travel, specialist, code)
    return found


def _own(model: Any, specialist: Specialist, code: str) -> Any:
    row = db.session.scalar(select(model).where(model.specialist_id == specialist.id, model.code == code))
    if row is None:
        raise NotFound()
    return row
