"""This file knows how the scheduling tests write times: short words in, readable times out."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from practice.scheduling.hours import OpenHours, WeeklyRange
from practice.scheduling.slots import BookingRules, Busy, open_slots
from practice.scheduling.zones import wall_to_instant


def minute(text: str) -> int:
    """“09:30” → 570, “26:00” → 1560."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def span(text: str) -> tuple[int, int]:
    opens, closes = text.split("-")
    return minute(opens), minute(closes)


def weekly(days: Iterable[int], *spans: str) -> tuple[WeeklyRange, ...]:
    return tuple(WeeklyRange(day, *span(each)) for day in days for each in spans)


def daily(zone: str, *spans: str, **more: object) -> OpenHours:
    """The same hours on every day of the week."""
    return OpenHours(zone, weekly(range(7), *spans), **more)  # type: ignore[arg-type]


def utc(text: str) -> int:
    """“2027-03-14 07:00” in UTC, as epoch seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def z(starts: Iterable[int]) -> list[str]:
    """“07:00Z” for each instant."""
    return [datetime.fromtimestamp(start, UTC).strftime("%H:%MZ") for start in starts]


def shown(starts: Iterable[int], zone: str, form: str = "%H:%M") -> list[str]:
    return [datetime.fromtimestamp(start, ZoneInfo(zone)).strftime(form) for start in starts]


def rules(length: int, step: int, **more: object) -> BookingRules:
    return BookingRules(length, step, **{"horizon_days": 400, **more})  # type: ignore[arg-type]


def slots_on(
    on: date, hours: OpenHours, rules: BookingRules, busy: Iterable[Busy] = (), now: int | None = None
) -> list[int]:
    """The slots of one date of the hours' home zone, seen long before unless a `now` is given."""
    midnight = wall_to_instant(on, 0, hours.zone)
    window = midnight, wall_to_instant(on, 1440, hours.zone)
    return open_slots(hours, busy, rules, midnight - 30 * 86_400 if now is None else now, window)
