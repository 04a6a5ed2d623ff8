"""This file knows the page on which staff see what a card holder's bank is shown, and send it."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import dispute_forms as forms
from practice.bookings.who_may import Side
from practice.disputes import actions, evidence, labels, queries
from practice.http.access import staff
from practice.http.formats import amount
from practice.http.pages import link, page
from practice.payments import queries as payments
from practice.payments.models import Order
from practice.payments.states import DisputeState
from practice.values import clock
from practice.values.money import Money

from .blueprint import bp


@bp.get("/chargebacks/<code>")
@staff
def chargeback(code: str) -> Response:
    """What a bank asks back, until when, and what is on record about it."""
    return _page(queries.disputed_order(code), forms.EvidenceForm(formdata=None))


def _page(order: Order, form: forms.EvidenceForm, status: int = 200) -> Response:
    sessions, sent = queries.bookings_of(order), payments.evidence_about(order)
    is_own = any(queries.side_of(booking, current_user) != Side.STAFF for booking in sessions)
    is_late = order.evidence_until is not None and clock.now() >= order.evidence_until
    return page(
        "admin/chargeback.html",
        status,
        order=order,
        sessions=sessions,
        sent=sent,
        shown=evidence.of(order),
        timeline=evidence.timeline(order, sessions),
        letters=evidence.letters(order, sessions),
        asked=amount(Money(order.disputed, order.paid_in or order.currency)),
        state=labels.BANK_STATES[DisputeState(order.dispute)],
        why=labels.BANK_REASONS.get(order.dispute_reason, order.dispute_reason.replace("_", " ")),
        is_own=is_own,
        may_answer=order.dispute == DisputeState.OPEN and sent is None and not is_late and not is_own,
        form=form,
    )


@bp.post("/chargebacks/<code>/evidence")
@staff
def send_evidence(code: str) -> Response:
    """Send it: once, by one of the staff, and logged."""
    order, form = queries.disputed_order(code), forms.EvidenceForm()
    if not form.validate_on_submit():
        return _page(order, form, 422)
    actions.send_evidence(order, form.refusal.data or "", by=current_user)
    flash("It is on its way to the bank. Nothing can be added to it.")
    answer: Response = redirect(link("admin.chargeback", code=code), 303)
    return answer
