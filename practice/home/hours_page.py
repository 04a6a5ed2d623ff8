"""This file knows what the hours page shows beside its forms: what people will see, and who is booked outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from practice import clock
from practice.availability import policy
from practice.availability import queries as availability
from practice.availability.models import TimeOff
from practice.availability.policy import Limits
from practice.bookings import agenda, free_times
from practice.bookings.models import Booking
from practice.scheduling.days import span_of
from practice.scheduling.hours import OpenHours, WeeklyRange, local_day, zone_on
from practice.scheduling.zones import by_local_date
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.web import day, local

PREVIEW_DAYS = 7
DATE, MINUTE = "EEE d MMMM", "EEE d MMMM, HH:mm"


@dataclass(frozen=True)
class Preview:
    """The free consultation's times of the next days, on the specialist's clock."""

    zone: str
    days: list[tuple[date, list[datetime]]]
    following: datetime | None = None

    @property
    def count(self) -> int:
        return sum(len(starts) for _, starts in self.days)

    @property
    def first(self) -> datetime | None:
        """The next time that can be booked, in these days or after."""
        return next((starts[0] for _, starts in self.days if starts), self.following)


def hours_now(specialist: Specialist) -> dict[str, OpenHours]:
    """The stored hours by kind of offer; who has stored none yet is in the zone of their account."""
    return {kind: availability.open_hours(specialist, kind) for kind in OfferKind}


def hours_typed(specialist: Specialist, weeks: Mapping[str, Sequence[WeeklyRange]]) -> dict[str, OpenHours]:
    """The hours as they would be if these weeks ("" is general) were saved."""
    general = weeks[policy.GENERAL]
    return {
        kind: replace(hours, weekly=tuple(weeks.get(kind) or general)) for kind, hours in hours_now(specialist).items()
    }


def preview(specialist: Specialist, hours: OpenHours, limits: Limits) -> Preview:
    """What people would see with these hours and limits, by the function that makes the real list."""
    now = clock.now()
    stored = free_times.calendar_of(specialist.id, OfferKind.CONSULT, now)
    rules = availability.rules_for(limits, stored.rules.length, OfferKind.CONSULT)
    starts = replace(stored, hours=hours, rules=rules).starts(now)
    today = local_day(now, hours)
    ends = span_of(today, today + timedelta(days=PREVIEW_DAYS - 1), hours.stays).ends_at
    near = [start for start in starts if start < ends]
    zone = zone_on(today, hours)
    by_day = by_local_date(near, zone)
    return Preview(
        zone,
        [(on, [_instant(start) for start in by_day[on]]) for on in sorted(by_day)],
        _instant(starts[len(near)]) if len(starts) > len(near) else None,
    )


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def booked_outside(specialist: Specialist, hours: Mapping[str, OpenHours]) -> list[Booking]:
    """Who is booked at a time that these hours do not cover; they stay booked."""
    return agenda.outside(agenda.ahead_of(specialist.id, clock.now()), dict(hours))


def booked_on(bookings: Iterable[Booking], on: date, hours: OpenHours) -> list[Booking]:
    """Those of one local date."""
    return [booking for booking in bookings if local_day(booking.starts_at, hours) == on]


def booked_within(bookings: Iterable[Booking], off: TimeOff) -> list[Booking]:
    """Those that a time off covers, even in part."""
    return [each for each in bookings if each.starts_at < off.ends_at and each.ends_at > off.starts_at]


def words_of_ranges(ranges: Iterable[tuple[int, int]]) -> str:
    """“10:00 to 14:00 and 22:00 to 02:00 the next day”."""
    return " and ".join(f"{_clock(opens)} to {_clock(closes)}" for opens, closes in ranges)


def words_of_absence(off: TimeOff, zone: str) -> str:
    """“Wed 25 November to Thu 26 November” for whole days on the clock of `zone`, otherwise with the times."""
    first, last = off.starts_at.astimezone(ZoneInfo(zone)), off.ends_at.astimezone(ZoneInfo(zone))
    if first.time() != time.min or last.time() != time.min:
        return f"{local(off.starts_at, zone, MINUTE)} to {local(off.ends_at, zone, MINUTE)}"
    ends_on = last.date() - timedelta(days=1)
    through = f" to {day(ends_on, pattern=DATE)}" if ends_on > first.date() else ", all day"
    return day(first.date(), pattern=DATE) + through


def _clock(minute: int) -> str:
    if minute in (1440, 2880):
        return "24:00" if minute == 1440 else "24:00 the next day"
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}" + (" the next day" if minute > 1440 else "")
