"""This file knows what is wrong with hours that someone wants to save, in sentences for that person (rules l and m).

The engine ignores broken ranges and unites overlapping ones; these checks see to it that none are ever stored.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from practice.values.counts import number

from .days import Travel
from .hours import DAY_MINUTES, LONGEST, TimeOff, WeeklyRange
from .zone_names import is_zone
from .zones import MINUTE

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GRAIN = 5
_WEEK = 7 * DAY_MINUTES


def problems_of(ranges: Iterable[WeeklyRange]) -> list[str]:
    """One sentence for each thing wrong with weekly hours, none if they may be saved.

    Overlaps are found around the week: Sunday's night may run into Monday.
    """
    weekly = sorted(ranges, key=lambda each: (each.weekday, each.opens, each.closes))
    problems = [f"{_named(each)} {wrong}" for each in weekly for wrong in _wrong_with(each.opens, each.closes)]
    problems += [f"{each.weekday} is no day of the week." for each in weekly if not 0 <= each.weekday < len(WEEKDAYS)]
    return problems or _weekly_overlaps(weekly)


def problems_of_day(ranges: Iterable[tuple[int, int]]) -> list[str]:
    """The same for the ranges of one date; no range at all is fine, it closes the date."""
    ordered = sorted(ranges)
    problems = [f"{span(*each)} {wrong}" for each in ordered for wrong in _wrong_with(*each)]
    overlaps = [f"{span(*a)} and {span(*b)} overlap." for a, b in pairwise(ordered) if b[0] < a[1]]
    return problems or overlaps


def problems_of_time_off(off: TimeOff) -> list[str]:
    """What is wrong with a time off. Raises ValueError on naive datetimes."""
    starts_at, ends_at = off.interval
    problems = [] if starts_at < ends_at else ["Time off must end after it begins."]
    if starts_at % (GRAIN * MINUTE) or ends_at % (GRAIN * MINUTE):
        problems.append(f"Time off must begin and end on a multiple of {number(GRAIN)} minutes.")
    return problems


def problems_of_travel(travel: Sequence[Travel]) -> list[str]:
    """What is wrong with travel entries: unknown zones, ends before starts, overlaps."""
    trips = sorted(travel, key=lambda trip: (trip.first_on, trip.last_on or date.max))
    problems = [f"“{trip.zone}” is not a time zone." for trip in trips if not is_zone(trip.zone)]
    problems += [
        f"The stay from {trip.first_on} ends before it begins."
        for trip in trips
        if trip.last_on is not None and trip.last_on < trip.first_on
    ]
    overlaps = [
        f"The stays from {a.first_on} and from {b.first_on} overlap."
        for a, b in pairwise(trips)
        if a.last_on is None or b.first_on <= a.last_on
    ]
    return problems or overlaps


def span(opens: int, closes: int) -> str:
    """“09:00–17:00”; hours past midnight count on: “22:00–26:00”."""
    return f"{opens // 60:02d}:{opens % 60:02d}–{closes // 60:02d}:{closes % 60:02d}"


def _named(each: WeeklyRange) -> str:
    day = WEEKDAYS[each.weekday] if 0 <= each.weekday < len(WEEKDAYS) else f"Day {each.weekday}"
    return f"{day} {span(each.opens, each.closes)}"


def _wrong_with(opens: int, closes: int) -> list[str]:
    wrong = []
    if not 0 <= opens < DAY_MINUTES:
        wrong.append("must begin on its own day, between 00:00 and 23:55.")
    if closes == opens:
        wrong.append("has no length.")
    elif closes < opens:
        wrong.append("ends before it starts; a range past midnight counts on: 22:00–26:00.")
    if closes > LONGEST:
        wrong.append("runs on for too long: a range may last until the end of the following day (48:00).")
    if opens % GRAIN or closes % GRAIN:
        wrong.append(f"must begin and end on a multiple of {number(GRAIN)} minutes.")
    return wrong


def _weekly_overlaps(weekly: Sequence[WeeklyRange]) -> list[str]:
    placed = [(each.weekday * DAY_MINUTES + each.opens, each) for each in weekly]
    placed += [(starts + _WEEK, each) for starts, each in placed]
    found: dict[str, None] = {}
    for i, (starts, each) in enumerate(placed[: len(weekly)]):
        ends = starts + each.closes - each.opens
        for other_starts, other in placed[i + 1 : i + len(weekly)]:
            if other_starts < ends:
                found[f"{_named(each)} and {_named(other)} overlap."] = None
    return list(found)
