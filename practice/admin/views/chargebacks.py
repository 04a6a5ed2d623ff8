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
from practice.payments.models import BankDispute

from .blueprint import bp


@bp.get("/chargebacks/<code>")
@staff
def chargeback(code: str) -> Response:
    """What a bank asks, until when, and what is on record about it."""
    return _page(queries.asked_of(code), forms.EvidenceForm(formdata=None))


def _page(dispute: BankDispute, form: forms.EvidenceForm, status: int = 200) -> Response:
    order, sent = dispute.order, payments.evidence_about(dispute)
    sessions = queries.bookings_of(order)
    is_own = any(queries.side_of(booking, current_user) != Side.STAFF for booking in sessions)
    return page(
        "admin/chargeback.html",
        status,
        order=order,
        dispute=dispute,
        others=[each for each in reversed(order.disputes) if each is not dispute],
        labels=labels,
        sessions=sessions,
        sent=sent,
        shown=evidence.of(order),
        timeline=evidence.timeline(order, sessions),
        letters=evidence.letters(order, sessions),
        asked=amount(dispute.money),
        why=labels.BANK_REASONS.get(dispute.reason, dispute.reason.replace("_", " ")),
        is_own=is_own,
        may_answer=dispute.may_be_answered and sent is None and not is_own,
        form=form,
    )


@bp.post("/chargebacks/<code>/<int:number>/evidence")
@staff
def send_evidence(code: str, number: int) -> Response:
    """Send it: once, by one of the staff, and logged; about the dispute that they had before them."""
    dispute, form = queries.asked_of(code), forms.EvidenceForm()
    if not form.validate_on_submit():
        return _page(dispute, form, 422)
    actions.send_evidence(dispute.order, number, form.refusal.data or "", by=current_user)
    flash("It is on its way to the bank. Nothing can be added to it.")
    answer: Response = redirect(link("admin.chargeback", code=code), 303)
    return answer
