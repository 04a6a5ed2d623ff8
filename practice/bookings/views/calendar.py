"""This file knows the specialist's calendar page: a week as a grid on wide screens and as a list everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from practice.accounts.models import User
from practice.availability import queries as availability
from practice.bookings import agenda, invites, labels, terms
from practice.bookings.states import BookingState
from practice.bookings.week import Block, Day, monday_of, shown_hours, week_text
from practice.http import clocks
from practice.http.access import specialist
from practice.http.clocks import Clock, clock_time, day, zone_name
from practice.http.pages import link, page
from practice.scheduling.hours import local_day, week_of
from practice.specialists.states import OfferKind
from practice.values import clock

from .blueprint import bp

# How the page paints each sort of block.
KINDS = {str(each.kind): each for each in terms.ALL}
PAINT = {kind: each.paint for kind, each in KINDS.items()} | {"held": "pending", "off": "busy", "gap": "gap"}
NAMES = {kind: each.brief for kind, each in KINDS.items()} | {"held": "Being booked", "off": "Time off", "free": "Open"}
LISTED = (*KINDS, "held", "off", "free")


@bp.get("/practice/calendar")
@specialist
def calendar() -> Response:
    """One week: open hours, what is booked (initials only), held, kept free, and time off."""
    own, now = current_user.specialist, clock.now()
    today = local_day(now, availability.open_hours(own, OfferKind.CONSULT))
    monday = monday_of(request.args.get("week"), today)
    days = agenda.week(own, monday, now)
    clients = clocks.of_all(_clients(days))
    return page(
        "bookings/calendar.html",
        title_words=_title(monday),
        days=[_column(each, today, now) for each in days],
        lists=[_list(each, now, today, clients) for each in days],
        **_legend(days),
        is_list=request.args.get("view") == "list",
        hours=shown_hours(days),
        **_of_weeks(monday, today),
    )


def _of_weeks(monday: date, today: date) -> dict[str, Any]:
    """The week that is shown, the ones beside it, and the way back to this one."""
    return {
        "weeks": {step: week_text(monday + timedelta(days=7 * number)) for step, number in _STEPS},
        "is_this_week": monday <= today <= monday + timedelta(days=6),
        "this_week": week_text(today),
        "shown_week": week_text(monday),
    }


_STEPS = (("earlier", -1), ("later", 1))


def _title(monday: date) -> str:
    sunday = monday + timedelta(days=6)
    if monday.month == sunday.month:
        return f"{monday.day} to {day(sunday, pattern='d MMMM y')}"
    first = day(monday, pattern="d MMMM" if monday.year == sunday.year else "d MMMM y")
    return f"{first} to {day(sunday, pattern='d MMMM y')}"


def _legend(days: list[Day]) -> dict[str, Any]:
    """The zones of this week, and the kinds of appointments: what is for one person, and whatever else it has."""
    shown = {block.what for each in days for block in each.blocks}
    kinds = [(each.paint, each.brief) for each in terms.ALL if not each.shares_a_time or each.kind in shown]
    return {"kinds": kinds, "zones": _zones(days)}


def _zones(days: list[Day]) -> list[str]:
    """The zones of this week in order, each once."""
    return list(dict.fromkeys(zone_name(each.zone) for each in days))


def _column(each: Day, today: date, now: datetime) -> dict[str, Any]:
    """One day of the grid, in minutes of its wall clock."""
    local = now.astimezone(ZoneInfo(each.zone))
    return {
        "short": day(each.on, pattern="EEE"),
        "number": str(each.on.day),
        "long": day(each.on),
        "today": each.on == today,
        "open": [(p.starts, p.starts + p.lasts) for block in each.of("open") for p in block.pieces],
        "now": local.hour * 60 + local.minute if each.on == today else None,
        "events": [
            {
                "kind": PAINT[block.what] + (" again" if piece.again else ""),
                "title": _who(block),
                "note": _note(block, each),
                "url": _address(block, each.on),
                "starts": piece.starts,
                "ends": piece.starts + piece.lasts,
            }
            for block in each.of(*PAINT)
            for piece in block.pieces
        ],
    }


def _clients(days: list[Day]) -> list[User]:
    booked = (booking for each in days for block in each.blocks for booking in block.bookings)
    return [booking.client for booking in booked if booking.client is not None]


def _list(each: Day, now: datetime, today: date, clients: dict[int, Clock]) -> dict[str, Any]:
    """One day of the list, with what is unusual about its clock."""
    return {
        "long": day(each.on),
        "today": each.on == today,
        "notes": each.notes,
        "zone": zone_name(each.zone),
        "items": [
            {
                "time": clock_time(block.begins, each.zone) + (" (second time)" if _is_again(block) else ""),
                "until": _until(block, each),
                "kind": PAINT.get(block.what, "open"),
                **_number(block, now, each.zone, clients),
                "url": _address(block, each.on),
            }
            for whole in each.of(*LISTED)
            for block in _lines(whole)
        ],
    }


def _lines(block: Block) -> list[Block]:
    """In the list everybody of a group has a line, which leads to their booking."""
    return [replace(block, bookings=(each,)) for each in block.bookings] or [block]


def _number(block: Block, now: datetime, zone: str, clients: dict[int, Clock]) -> dict[str, str]:
    if block.what == "free" and block.ends <= now:
        return {"title": "Was open", "note": ""}
    return {"title": _who(block), "note": _detail(block, zone, clients)}


def _until(block: Block, each: Day) -> str:
    """The end on the day's clock; midnight as an end is 24:00."""
    return clock_time(block.ends, each.zone).replace("00:00", "24:00")


def _is_again(block: Block) -> bool:
    return bool(block.pieces) and block.pieces[0].again


def _who(block: Block) -> str:
    if block.is_booked:
        return Markup(", ").join(invites.initials(each) for each in block.bookings)
    return "Kept free" if block.what == "gap" else NAMES[block.what]


def _note(block: Block, each: Day) -> str:
    begins = clock_time(block.begins, each.zone)
    return f"{begins} · {NAMES[block.what]}" if block.is_booked else begins


def _detail(block: Block, zone: str, clients: dict[int, Clock]) -> str:
    """What the list says beside the name: what it is, how it went, the client's own clock."""
    if block.what == "free":
        return "Nobody booked"
    if not block.is_booked:
        return _of_held(block) if block.what == "held" else ""
    (booking,) = block.bookings
    state = BookingState(booking.state)
    became = labels.named(state, booking.terms, labels.FOR_SPECIALIST)
    parts = [NAMES[block.what], "" if state == BookingState.CONFIRMED else became]
    theirs = clients.get(booking.client_id or 0) or Clock(booking.client_zone)
    parts.append(_client_clock(block, zone, theirs.zone_at(block.begins)))
    return ", ".join(part for part in parts if part)


def _of_held(block: Block) -> str:
    pays = any(each.price_amount is not None for each in block.bookings)
    return "Someone is paying for it just now" if pays else "Somebody has the form open"


def _client_clock(block: Block, ours: str, theirs: str) -> str:
    """“10:15, New York time”, where the client's clock shows something else than the specialist's."""
    if clock_time(block.begins, theirs) == clock_time(block.begins, ours):
        return ""
    return f"{clock_time(block.begins, theirs)}, {zone_name(theirs)}"


def _address(block: Block, on: date) -> str | None:
    """Where a block leads: to its booking, and from a group's to the list, which has a line for each."""
    if not block.is_booked:
        return None
    if len(block.bookings) > 1:
        return link("bookings.calendar", week=week_text(week_of(on)), view="list")
    return link("bookings.practice_show", code=block.bookings[0].code)
