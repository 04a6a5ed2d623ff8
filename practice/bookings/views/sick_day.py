"""This file knows the page on which a specialist who cannot work cancels a day's appointments at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import actions, agenda, forms, invites, labels
from practice.bookings.models import Booking
from practice.http.access import specialist
from practice.http.clocks import day, reader
from practice.http.pages import link, page
from practice.scheduling.zones import wall_to_instant
from practice.values import clock

from .blueprint import bp

MOST = 200
NONE_CHOSEN = "Choose at least one appointment."
WHICH_DAY = "We could not read which day to close. It is chosen below; nothing is cancelled yet."


@bp.get("/practice/sick-day")
@specialist
def sick_day() -> Response:
    """What lies ahead on one day, nothing of it ticked; and the other days on which something does."""
    return _page(forms.SickDayForm(formdata=None))


def _page(form: forms.SickDayForm, status: int = 200, problem: str = "") -> Response:
    days = {on: list(found) for on, found in groupby(_ahead(), key=_day_of)}
    on = _chosen_day(days)
    return page(
        "bookings/sick_day.html",
        status,
        form=form,
        on=on,
        rows=[_row(each) for each in days.get(on, [])],
        codes=" ".join(each.code for each in days.get(on, [])),
        days=[(day(found[0].starts_at), each.isoformat(), len(found)) for each, found in days.items() if each != on],
        problem=problem,
    )


def _ahead() -> list[Booking]:
    now = clock.now()
    return [each for each in agenda.ahead_of(current_user.specialist.id, now, limit=MOST) if now < each.starts_at]


def _day_of(booking: Booking) -> date:
    return reader().day_at(booking.starts_at)


def _chosen_day(days: dict[date, Any]) -> date:
    """As the address says; else today, where something lies ahead then, or the next day on which something does."""
    today = reader().day_at(clock.now())
    return forms.parse_week(request.values.get("day")) or (today if today in days else next(iter(days), today))


def _row(booking: Booking) -> dict[str, str]:
    span = labels.span(booking.starts_at, booking.ends_at)
    return {"code": booking.code, "what": f"{span}: {invites.initials(booking)}, {booking.terms.brief.lower()}"}


@bp.post("/practice/sick-day")
@specialist
def cancel_day() -> Response:
    """Cancel what is ticked, or all that the page listed; each client gets a letter of their own."""
    whole = request.form.get("whole", "").split()
    form, codes = forms.SickDayForm(), [*whole, *request.form.getlist("bookings")][:MOST]
    if not form.validate_on_submit() or not codes:
        return _page(form, 422, NONE_CHOSEN)
    on = forms.parse_week(request.values.get("day"))
    if form.closes.data and on is None:
        return _page(form, 422, WHICH_DAY)
    closes = _rest_of(on) if form.closes.data and on is not None else None
    count = actions.cancel_several(
        current_user.specialist, codes, by=current_user, emergency=form.emergency.data, closes=closes
    )
    flash(" ".join((*_cancelled(count), *_rest(closes, is_over=on is not None and on < reader().day_at(clock.now())))))
    answer: Response = redirect(link("home.practice"), 303)
    return answer


def _cancelled(count: int) -> tuple[str, ...]:
    if not count:
        return ("Nothing of that was ahead any more, so nothing is cancelled.",)
    said = "One appointment is cancelled, and its client has" if count == 1 else f"{count} are cancelled, and all have"
    return (f"{said} a letter.",)


def _rest(closes: tuple[datetime, datetime] | None, *, is_over: bool) -> tuple[str, ...]:
    """What others can still book of that day; of one that is over there is nothing to say."""
    if is_over:
        return ()
    return ("The rest of the day is closed to others." if closes else "Others can still book the rest of the day.",)


def _rest_of(on: date) -> tuple[datetime, datetime] | None:
    """That day on the reader's clock, as far as it lies ahead: its two ends (UTC); None where it is over."""
    zone = reader().zone_on(on)
    begins, ends = wall_to_instant(on, 0, zone), wall_to_instant(on, 24 * 60, zone, end=True)
    now = clock.now().replace(second=0, microsecond=0)
    first, last = max(datetime.fromtimestamp(begins, UTC), now), datetime.fromtimestamp(ends, UTC)
    return (first, last) if first < last else None
