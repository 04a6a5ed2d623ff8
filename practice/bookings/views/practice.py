"""This file knows the pages of one booking as its specialist sees them: initials, what was shared, what is possible."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import (
    actions,
    agenda,
    complaints,
    forms,
    invites,
    labels,
    limits,
    policy,
    queries,
    sale_labels,
    slot_picker,
    sold,
    specialists_money,
    timeline,
)
from practice.bookings.errors import NotThisTime, TooOften
from practice.bookings.models import Booking
from practice.bookings.queries import Looker
from practice.bookings.who_may import Side
from practice.config import settings
from practice.http import clocks
from practice.http.access import specialist
from practice.http.pages import link, page
from practice.store import audit, sealed
from practice.store.db import is_only_shown, transaction
from practice.values import clock

from . import contests
from .blueprint import bp


def _ours(code: str) -> Booking:
    return queries.booking_of_specialist(current_user, code)


def _back(code: str) -> Response:
    answer: Response = redirect(link("bookings.practice_show", code=code), 303)
    return answer


def _done(code: str, what: str) -> Response:
    """Back to the page, which says what was done."""
    flash(what)
    return _back(code)


@bp.get("/practice/bookings/<code>")
@specialist
def practice_show(code: str) -> Response:
    """One appointment: who (initials), when, what they chose to share."""
    return case_page(_ours(code))


def case_page(booking: Booking, status: int = 200, **more: Any) -> Response:
    """The appointment's page; what the client did not share is not even read."""
    theirs = clocks.of(booking.client, booking.client_zone)
    moves, contest = queries.history(booking), queries.contest_of(booking)
    possible = queries.possible(booking, Side.SPECIALIST)
    context: dict[str, Any] = {
        "booking": booking,
        "initials": invites.initials(booking),
        **_shared(booking),
        **timeline.shown(moves, booking, current_user.id),
        "complaint": complaints.about(booking, Side.SPECIALIST),
        "tile": labels.tile(booking.starts_at),
        "span": labels.span(booking.starts_at, booking.ends_at),
        "other_clock": labels.other_clock(booking.starts_at, invites.initials(booking), theirs),
        "how": forms.FORMATS[forms.Format(booking.format)],
        "topics": labels.topics(booking),
        "possible": possible,
        "leaves_choice": bool(possible.cancel) and sold.may_choose(booking, current_user),
        "asked": _asked(booking) if possible.answer_asked else [],
        "looked_at": labels.looked_at(contest, booking, current_user.id),
        "asked_whether": "" if contest else sale_labels.asked_whether(booking, possible, current_user.id),
        "form": forms.CancelForm(),
        "contest_form": forms.ContestForm(),
        "answer_form": forms.AnswerForm(),
        **_money(booking),
    }
    if context["note"] or context["prep"] or context["phone"]:
        with transaction(notes=True):
            audit.record("booking.read", f"booking:{booking.code}", actor=current_user)
    return page("bookings/practice_show.html", status, **(context | more))


def _asked(booking: Booking) -> list[tuple[str, datetime]]:
    return slot_picker.still_free(booking, booking.open_request, Looker((booking,), booking.client))


def _money(booking: Booking) -> dict[str, Any]:
    """What was paid, what of it is kept, and a form to give more of that back once it is over."""
    found = sale_labels.money_of(booking)
    if found is not None:
        found |= specialists_money.on_its_page(booking)
    if found is None or not found["keeps"] or sold.no_more_yet(booking):
        return {"money": found, "waive_form": None}
    kept, _ = sold.left_and_returned(booking)
    waive_form = forms.WaiveForm(data={"amount": kept.typed}, formdata=None)
    return {"money": found, "waive_form": waive_form}


def _shared(booking: Booking) -> dict[str, Any]:
    """What the client chose to share; nothing is read before the specialist has two-step sign-in.

    The demo offers that and does not ask for it: everything in it is invented.
    """
    may_read = current_user.has_two_step or settings().is_demo
    there = agenda.shared_with_them(booking) + (["phone"] if booking.format == "phone" and booking.phone_sealed else [])
    words = ("note", "prep", "phone")
    read = {name: sealed.shown(booking, name) if may_read and name in there else "" for name in words}
    return read | {"needs_two_step": bool(there) and not may_read}


@bp.get("/practice/bookings/<code>/move")
@specialist
def propose(code: str) -> Response:
    """A few other times to offer."""
    return _propose_page(_ours(code))


def _propose_page(booking: Booking, status: int = 200, problem: str = "") -> Response:
    """A week of free times; what was chosen in another week stays chosen, and stands above it."""
    first = forms.parse_week(request.args.get("week"))
    starts = queries.starts_for(booking.appointment.offer, Looker((booking,)))
    week = slot_picker.picker(starts, first, url=lambda on: on.isoformat())
    shown = {time["value"] for day in week["days"] for part in day["parts"] for time in part["times"]}
    chosen = forms.parse_starts(request.values.getlist("starts"))
    may_propose = queries.possible(booking, Side.SPECIALIST).propose_times
    return page(
        "bookings/propose.html",
        status,
        booking=booking,
        initials=invites.initials(booking),
        week=week,
        on=first.isoformat() if first else None,
        chosen={forms.start_value(start) for start in chosen},
        elsewhere=[slot_picker.time_choice(start) for start in chosen if forms.start_value(start) not in shown],
        problem=problem or may_propose.sentence,
        may_propose=may_propose,
        is_short_notice=policy.is_short_notice(booking.starts_at, clock.now()),
    )


def _other_week(code: str) -> Response | None:
    """Where a button for an earlier or a later week leads, with the choices so far; None if none was pressed."""
    on = forms.parse_week(request.form.get("week"))
    if on is None:
        return None
    starts = [forms.start_value(start) for start in forms.parse_starts(request.form.getlist("starts"))]
    return redirect(link("bookings.propose", code=code, week=on.isoformat(), starts=starts), 303)


@bp.post("/practice/bookings/<code>/move")
@specialist
def propose_now(code: str) -> Response:
    """Offer them; the original stands until the client has chosen."""
    booking = _ours(code)
    if (other := _other_week(code)) is not None:
        return other
    if is_only_shown():
        return _propose_page(booking)
    sent = request.form.getlist("starts")
    chosen = [start for text in sent if (start := forms.parse_start(text)) is not None]
    if not 1 <= len(chosen) <= limits.MOST_PROPOSED or len(chosen) < len(sent):
        return _propose_page(booking, 422, policy.choose_some(len(chosen)))
    try:
        actions.propose(booking, chosen, by=current_user)
    except (NotThisTime, TooOften) as refusal:
        return _propose_page(_ours(code), 409, refusal.whole)
    return _done(code, "Offered. The old time stands until your client has chosen.")


@bp.post("/practice/bookings/<code>/cancel")
@specialist
def cancel_by_specialist(code: str) -> Response:
    """Cancel: never counts for the client, who gets other people to talk to."""
    booking, form = _ours(code), forms.CancelForm()
    if not form.validate_on_submit():
        return case_page(booking, 422, form=form)
    actions.cancel_by_specialist(booking, by=current_user, emergency=form.emergency.data)
    return _done(code, f"Cancelled. Your client has been told, {_put_before(booking)}.")


def _put_before(booking: Booking) -> str:
    """What the letter about a cancellation puts before their client."""
    if sold.chooses_until(booking) is not None:
        return "and chooses another time with you or their money"
    return "and their money goes back" if booking.price_amount else "with other people who have time"


@bp.post("/practice/bookings/<code>/complete")
@specialist
def complete(code: str) -> Response:
    """It took place."""
    actions.complete(_ours(code), by=current_user)
    return _done(code, "Noted: it took place.")


@bp.post("/practice/bookings/<code>/missed")
@specialist
def client_missed(code: str) -> Response:
    """The client did not come."""
    actions.mark_client_missed(_ours(code), by=current_user)
    return _done(code, "Noted. We write to your client without blame; they can say if it was otherwise.")


@bp.post("/practice/bookings/<code>/contest")
@specialist
def practice_contest(code: str) -> Response:
    """The specialist says that they were there."""
    return contests.contest(_ours(code), case_page, _back)


@bp.post("/practice/bookings/<code>/contest/answer")
@specialist
def practice_answer_contest(code: str) -> Response:
    """The other side of a contest says how it was."""
    return contests.answer(_ours(code), case_page, _back)


@bp.post("/practice/bookings/<code>/again")
@specialist
def grant_again(code: str) -> Response:
    """Give this person another free consultation."""
    actions.grant_again(_ours(code), by=current_user, reason="granted by the specialist")
    return _done(code, "Granted. They can book one more free consultation with you.")
