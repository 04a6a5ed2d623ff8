"""This file knows what the hours page shows beside its forms: what people will see, and who is booked outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from practice.bookings import agenda, free_times, sold
from practice.bookings import queries as booked
from practice.bookings.models import Booking
from practice.http.clocks import day, local, minute_of_day, reader, zone_name
from practice.scheduling.days import span_of
from practice.scheduling.hours import OpenHours, WeeklyRange, local_day, zone_on
from practice.specialists import queries as specialists
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.specialists.timing import CONSULT, Timing
from practice.values import clock
from practice.values.counts import in_minutes

from . import policy
from . import queries as availability
from .models import TimeOff
from .policy import Limits

PREVIEW = timedelta(days=7)
DATE, MINUTE = "EEE d MMMM", "EEE d MMMM, HH:mm"


@dataclass(frozen=True)
class Preview:
    """The times of the next days at which something can be booked, on the specialist's clock; each day with the zone it
    is in. `called`: "a session of 50 minutes"."""

    kind: OfferKind
    called: str
    days: list[tuple[date, str, list[datetime]]]
    following: datetime | None = None
    lasts: timedelta = PREVIEW

    @property
    def count(self) -> int:
        return sum(len(starts) for _, _, starts in self.days)

    @property
    def first(self) -> datetime | None:
        """The next time that can be booked, in these days or after."""
        return next((starts[0] for _, _, starts in self.days if starts), self.following)


def hours_now(specialist: Specialist) -> dict[str, OpenHours]:
    """The stored hours by kind of offer; who has stored none yet is in the zone of their account."""
    return {kind: availability.open_hours(specialist, kind) for kind in OfferKind}


def hours_typed(specialist: Specialist, weeks: Mapping[str, Sequence[WeeklyRange]]) -> dict[str, OpenHours]:
    """The hours as they would be if these weeks ("" is general) were saved."""
    general = weeks[policy.GENERAL]
    return {
        kind: replace(hours, weekly=tuple(weeks.get(kind) or general)) for kind, hours in hours_now(specialist).items()
    }


def timings(specialist: Specialist) -> list[Timing]:
    """What can be booked of this practice, as far as it decides when: the free consultation, then what is sold. Where
    nothing can be, the consultation, as it would be."""
    sold_here = list(dict.fromkeys(each.timing for each in specialists.sessions(specialist) if sold.is_sold(each)))
    return [CONSULT, *sold_here] if specialist.consult or not sold_here else sold_here


def previews(specialist: Specialist, hours: Mapping[str, OpenHours], limits: Limits) -> list[Preview]:
    """What people would see with these hours and limits, by the function that makes the real list; for each thing that
    can be booked."""
    return [_preview(specialist, timing, hours[timing.kind], limits) for timing in timings(specialist)]


def _preview(specialist: Specialist, timing: Timing, hours: OpenHours, limits: Limits) -> Preview:
    starts = starts_with(specialist, timing, hours, limits)
    today = local_day(clock.now(), hours)
    ends = span_of(today, today + PREVIEW - timedelta(days=1), hours.stays).ends_at
    near = [start for start in starts if start < ends]
    by_day: dict[date, list[datetime]] = {}
    for start in near:
        by_day.setdefault(local_day(start, hours), []).append(_instant(start))
    called = (
        "a free consultation"
        if timing == CONSULT
        else f"a session of {in_minutes(timedelta(minutes=timing.minutes), digits=True)}"
    )
    return Preview(
        timing.kind,
        called,
        [(on, zone_on(on, hours), by_day[on]) for on in sorted(by_day)],
        _instant(starts[len(near)]) if len(starts) > len(near) else None,
    )


def starts_with(specialist: Specialist, timing: Timing, hours: OpenHours, limits: Limits) -> Sequence[int]:
    """All starts of this timing that these hours and limits would leave, in epoch seconds."""
    now = clock.now()
    stored = free_times.calendar_of(specialist.id, timing, now)
    return replace(stored, hours=hours, rules=availability.rules_for(limits, timing)).starts(now)


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def booked_outside(specialist: Specialist, hours: Mapping[str, OpenHours]) -> list[Booking]:
    """Who is booked at a time that these hours do not cover; they stay booked."""
    return agenda.outside(booked.ahead_of_practice(specialist.id), dict(hours))


def booked_on(bookings: Iterable[Booking], on: date, hours: OpenHours) -> list[Booking]:
    """Those of one local date."""
    return [booking for booking in bookings if local_day(booking.starts_at, hours) == on]


def booked_within(bookings: Iterable[Booking], off: TimeOff) -> list[Booking]:
    """Those that a time off covers, even in part."""
    return [each for each in bookings if each.starts_at < off.ends_at and each.ends_at > off.starts_at]


def ranges_label(ranges: Iterable[tuple[int, int]]) -> str:
    """“10:00 to 14:00 and 22:00 to 02:00 the next day”."""
    return " and ".join(f"{_clock(opens)} to {_clock(closes)}" for opens, closes in ranges)


def date_label(on: date, ranges: Sequence[tuple[int, int]]) -> str:
    """The hours of one date with the zone in which it is spent; nothing for a closed one."""
    return f"{ranges_label(ranges)}, {zone_name(reader().zone_on(on))}" if ranges else ""


def absence_label(off: TimeOff) -> str:
    """“Wed 25 November to Thu 26 November” for whole days on the specialist's clock, otherwise with the times."""
    # The end is outside: where it is the midnight after a stay elsewhere, that stay's own clock shows it.
    ends_in = reader().zone_at(off.ends_at - timedelta(seconds=1))
    first, last = reader().wall(off.starts_at), off.ends_at.astimezone(ZoneInfo(ends_in))
    if first.time() != time.min or last.time() != time.min:
        zones = dict.fromkeys((zone_name(off.starts_at), zone_name(ends_in)))
        return (
            f"{local(off.starts_at, pattern=MINUTE)} to {local(off.ends_at, ends_in, MINUTE)}, {', then '.join(zones)}"
        )
    ends_on = last.date() - timedelta(days=1)
    through = f" to {day(ends_on, pattern=DATE)}" if ends_on > first.date() else ", all day"
    return day(first.date(), pattern=DATE) + through


def _clock(minute: int) -> str:
    if minute in (1440, 2880):
        return "24:00" if minute == 1440 else "24:00 the next day"
    return minute_of_day(minute) + (" the next day" if minute > 1440 else "")
