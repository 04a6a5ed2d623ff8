"""This file knows the staff's desk for disputes: what waits, one dispute with both sides, and cases of safety."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import dispute_forms as forms
from practice.admin import queries as log
from practice.bookings import queries as bookings
from practice.bookings import timeline
from practice.bookings.models import Booking
from practice.bookings.who_may import Side
from practice.disputes import actions, labels, policy, queries
from practice.disputes.actions import Decision
from practice.disputes.actions.deciding import needs_second
from practice.disputes.models import Dispute, Ruling, SafetyCase
from practice.http.access import staff
from practice.http.formats import amount
from practice.http.pages import link, page
from practice.payments import queries as payments
from practice.store import sealed
from practice.values.errors import Conflict, NotFound

from .blueprint import bp

TAKEN = "safety_case.taken"


@bp.get("/disputes")
@staff
def disputes() -> Response:
    """What clients and banks say was wrong: what waits, the oldest first, and what is over."""
    found = queries.open_disputes()
    return page(
        "admin/disputes.html",
        open=found,
        at_bank=queries.codes_at_bank(found),
        closed=queries.closed_lately(),
        cases=queries.open_cases(but_about=current_user),
        banks=queries.at_bank(),
        labels=labels,
    )


@bp.get("/disputes/<number>")
@staff
def dispute(number: str) -> Response:
    """Both sides of one, what the records say, and the decision; that it was opened stands in the log."""
    return _page(queries.by_number(number))


def _page(found: Dispute, status: int = 200, **sent: Any) -> Response:
    booking, side = found.booking, queries.side_of(found.booking, current_user)
    known = queries.known_of(found)
    is_own = side != Side.STAFF
    if not is_own:
        actions.note_read_by_staff(f"booking:{booking.code}", by=current_user)
    waiting = queries.waiting(found)
    context = {
        "dispute": found,
        "booking": booking,
        "is_own": is_own,
        "reason": labels.reason(found),
        "wish": labels.wish(found),
        "state": labels.state(found, at_bank=known.at_bank),
        "ending": labels.ending(found),
        "statements": [] if is_own else labels.statements(found, Side.STAFF),
        "joins": labels.joins(booking, Side.STAFF),
        "trail": _trail(booking),
        "paid": labels.paid(booking),
        "rulings": labels.rulings(found),
        "waiting": labels.ruling(found, waiting) if waiting is not None and not is_own else None,
        "ruling": waiting,
        "at_bank": known.at_bank,
        "case": None if is_own else queries.open_case_about(booking),
        "may_decide": policy.may_decide(known, side, current_user.id),
        "may_second": policy.may_second(known, side, current_user.id),
        "form": forms.DecideForm(formdata=None),
        "two_from": amount(payments.two_for_refund(queries.price_of(booking).currency)),
        "needs_two": needs_second(found, 100),
    }
    return page("admin/dispute.html", status, **(context | sent))


def _trail(booking: Booking) -> list[dict[str, Any]]:
    moves = bookings.history(booking)
    return [{"at": move.at, "title": timeline.step(move, booking.terms), "done": True} for move in moves]


@bp.post("/disputes/<number>/decide")
@staff
def decide_dispute(number: str) -> Response:
    """How much comes back, and why."""
    found, form = queries.by_number(number), forms.DecideForm()
    if not form.validate_on_submit():
        return _page(found, 422, form=form)
    decision = Decision(int(form.percent.data or 0), form.reason.data or "")
    ruling = actions.decide(found, decision, by=current_user)
    flash("A second person has to agree." if ruling.state == "waiting" else "Decided. Both sides hear by mail.")
    return _back(number)


@bp.post("/disputes/<number>/agree")
@staff
def agree_to_ruling(number: str) -> Response:
    """The second person agrees."""
    actions.second(_waiting(number), by=current_user)
    flash("Decided. Both sides hear by mail.")
    return _back(number)


@bp.post("/disputes/<number>/disagree")
@staff
def disagree_with_ruling(number: str) -> Response:
    """The second person does not, or the first thinks again."""
    actions.decline_ruling(_waiting(number), by=current_user)
    flash("It is to be decided anew.")
    return _back(number)


def _waiting(number: str) -> Ruling:
    found = queries.waiting(queries.by_number(number))
    if found is None:
        raise Conflict("This was decided in the meantime.")
    return found


def _back(number: str) -> Response:
    answer: Response = redirect(link("admin.dispute", number=number), 303)
    return answer


@bp.get("/safety-cases/<code>")
@staff
def safety_case(code: str) -> Response:
    """How a client says they were treated; that it was opened stands in the log."""
    return _case(_others_case(code), forms.CaseForm(formdata=None))


def _others_case(code: str) -> SafetyCase:
    """Of one about themselves nobody learns that it is there."""
    found = queries.case(code)
    if queries.side_of(found.booking, current_user) != Side.STAFF:
        raise NotFound()
    return found


def _case(found: SafetyCase, form: forms.CaseForm, status: int = 200) -> Response:
    actions.note_read_by_staff(f"case:{found.code}", by=current_user)
    return page(
        "admin/safety_case.html",
        status,
        case=found,
        booking=found.booking,
        text=sealed.shown(found, "words"),
        answer=sealed.shown(found, "answer"),
        dispute=queries.dispute_about(found.booking),
        taken=_taken(found),
        form=form,
    )


def _taken(case: SafetyCase) -> tuple[datetime, str] | None:
    """Since when who looks after it, by the log."""
    lines = reversed(log.lines_about(f"case:{case.code}"))
    return next(((at, who) for at, what, who in lines if what == TAKEN), None)


@bp.post("/safety-cases/<code>/take")
@staff
def take_safety_case(code: str) -> Response:
    """One of them looks after it."""
    found = _others_case(code)
    actions.take_case(found, by=current_user)
    flash("You look after it now. Colleagues read so.")
    answer: Response = redirect(link("admin.safety_case", code=found.code), 303)
    return answer


@bp.post("/safety-cases/<code>/answer")
@staff
def answer_safety_case(code: str) -> Response:
    """What came of it."""
    found, form = _others_case(code), forms.CaseForm()
    if not form.validate_on_submit():
        return _case(found, form, 422)
    actions.answer_case(found, form.answer.data or "", by=current_user)
    flash("Closed. The client hears by mail.")
    answer: Response = redirect(link("admin.disputes"), 303)
    return answer
