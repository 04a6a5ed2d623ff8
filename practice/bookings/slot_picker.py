"""This file knows how free times come before a reader: a week of them for the slot picker, or one as a choice.

What a list of starts says is written once for each clock it is read on: everybody who looks is shown the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import current_app, request
from markupsafe import Markup

from practice.http.clocks import Clock, clock_time, day, local, reader, zone_name
from practice.values import clock

from . import queries
from .forms import parse_start, start_value
from .models import Booking, Proposal
from .queries import Looker

PARTS = (("Night", 0, 6), ("Morning", 6, 12), ("Afternoon", 12, 17), ("Evening", 17, 24))
MOST_REMEMBERED = 300  # weeks in memory, about 60 kB each at the most


def named_start(text: str | None) -> datetime | None:
    """The start that the address of a page with a picker names; None for anything that is not one."""
    return parse_start(text)


def picker(
    starts: Sequence[int], first: date | None, url: Callable[[date], str], chosen: datetime | None = None
) -> dict[str, Any]:
    """A week of these starts as the slot picker takes it; `url(date)` gives the address of another week. `chosen` is
    marked, in its own week where no other is asked for, as long as it is among them.

    `grid()` is the picker itself; without script it comes back with the day
    that was open when its form was sent.
    """
    is_there = chosen is not None and int(chosen.timestamp()) in starts
    if chosen is not None and is_there:
        first = first or reader().day_at(chosen)
    value = start_value(chosen) if chosen is not None and is_there else ""
    key = tuple(starts), reader(), first, reader().day_at(clock.now())
    week = _week(*key)
    earlier = url(week["previous"]) if week["previous"] else None
    later = url(week["following"]) if week["following"] else None
    return week | {"earlier": earlier, "later": later, "grid": lambda: _grid(key, earlier, later, _open_day(), value)}


def _open_day() -> int:
    """Which day of the week was open, 1 to 7; 0 for none."""
    text = request.values.get("day", "")
    return int(text) if text in tuple("1234567") else 0


@lru_cache(maxsize=MOST_REMEMBERED)
def _grid(
    key: tuple[tuple[int, ...], Clock, date | None, date],
    earlier: str | None,
    later: str | None,
    opened: int,
    chosen: str,
) -> Markup:
    """The week as markup, mostly with nothing chosen: a hundred and more radio buttons, the same for everybody."""
    component: Any = current_app.jinja_env.get_template("components/slot_grid.html").module
    week = _week(*key) | {"earlier": earlier, "later": later}
    return Markup(component.slot_grid(week, chosen=chosen, opened=opened))  # noqa: S704 - it escapes


@lru_cache(maxsize=MOST_REMEMBERED)
def _week(starts: tuple[int, ...], looker: Clock, first: date | None, _today: date) -> dict[str, Any]:
    """What a week says, for everybody with this clock on this day; nobody may change what comes back."""
    week = queries.week_of_slots(starts, looker, first)
    days: list[dict[str, Any]] = week["days"]  # type: ignore[assignment]
    return {
        "first": days[0]["on"].isoformat(),
        "label": _dates(days[0]["on"], days[-1]["on"]),
        "days": [_day(each["on"], each["starts"], looker) for each in days],
        "has_any": week["has_any"],
        "zone": zones_of((each["on"] for each in days), looker),
        "previous": week["previous"],
        "following": week["following"],
    }


def _dates(first: date, last: date) -> str:
    """ "22 to 28 November", the month named twice only where there are two."""
    return f"{day(first, pattern='d' if first.month == last.month else 'd MMMM')} to {day(last, pattern='d MMMM')}"


def zones_of(dates: Iterable[date], looker: Clock) -> str:
    """The zones in which a reader spends these dates, each once: "Lisbon time, then New York time"."""
    names = (zone_name(zone) for zone in dict.fromkeys(map(looker.zone_on, dates)))
    return ", then ".join(dict.fromkeys(names))


def _day(on: date, starts: Sequence[datetime], looker: Clock) -> dict[str, Any]:
    parts = (_part(name, starts, span, looker) for name, *span in PARTS)
    return {
        "short": day(on, pattern="EEE"),
        "number": str(on.day),
        "long": day(on),
        "parts": [part for part in parts if part["times"]],
    }


def _part(name: str, starts: Iterable[datetime], span: Sequence[int], looker: Clock) -> dict[str, Any]:
    chosen = [start for start in starts if span[0] <= looker.wall(start).hour < span[1]]
    return {"name": name, "times": [time_choice(start, looker) for start in chosen]}


def time_choice(start: datetime, looker: Clock | None = None) -> dict[str, str]:
    """One start as a choice: its value in a form, its hour, and the whole of it in words, alone or with its zone."""
    words = local(start, looker, "EEE d MMMM, HH:mm")
    return {
        "value": start_value(start),
        "text": clock_time(start, looker),
        "long": words,
        "alone": f"{words}, {zone_name(start, looker)}",
    }


def still_free(booking: Booking, named: Proposal | None, looker: Looker) -> list[tuple[str, datetime]]:
    """Of the other times that one side has named for a booking, those that can still be taken, as a form sends them."""
    if named is None:
        return []
    free = set(queries.starts_for(booking.appointment.offer, looker))
    return [(start_value(start), start) for start in named.instants if int(start.timestamp()) in free]
