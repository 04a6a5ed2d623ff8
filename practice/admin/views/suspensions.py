"""This file knows how staff look after practices: strikes taken back, suspensions as two, closing for good."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import actions, forms, queries
from practice.bookings import actions as bookings
from practice.bookings.limits import STRIKE_WINDOW
from practice.http.access import staff
from practice.http.pages import link, page
from practice.specialists import actions as specialists
from practice.specialists import queries as specialist_queries
from practice.specialists.models import Suspension
from practice.values.errors import Invalid

from .blueprint import bp
from .cases import case_page, show_mistakes


@bp.get("/strikes")
@staff
def strikes() -> Response:
    """Who was not there or cancelled late within 90 days, those whose free consultations rest first."""
    return page("admin/strikes.html", lasts=STRIKE_WINDOW, people=queries.struck(), form=None, wrong=None)


@bp.post("/strikes/<code>")
@staff
def waive_strike(code: str) -> Response:
    """Take back the strike that this booking brought, with a reason that stays beside it."""
    strike = queries.strike_of(code)
    form = forms.ReasonForm()
    if not form.validate_on_submit():
        return page("admin/strikes.html", 422, lasts=STRIKE_WINDOW, people=queries.struck(), form=form, wrong=code)
    bookings.waive_strike(strike, by=current_user, reason=form.words())
    flash("Taken back. The specialist hears by mail.")
    return redirect(link("admin.strikes"), 303)


@bp.post("/applications/<code>/suspend")
@staff
def suspend(code: str) -> Response:
    """Propose that this practice stops; a second person has to agree."""
    specialist = specialist_queries.application_by_code(code)
    form = forms.SuspendForm(prefix="suspend")
    if not form.validate_on_submit():
        return case_page(specialist, 422, suspend=form)
    try:
        specialists.propose_suspension(specialist, form.terms(), by=current_user)
    except Invalid as refusal:
        show_mistakes(refusal, form)
        return case_page(specialist, 422, suspend=form)
    return _done(code, "Proposed. A second person has to agree; nothing has changed yet.")


@bp.post("/applications/<code>/suspend/agree")
@staff
def agree_to_suspend(code: str) -> Response:
    """The second person agrees: it stops now."""
    actions.suspend(_suspension(code), by=current_user)
    return _done(code, "Suspended. Everybody it concerns hears by mail.")


@bp.post("/applications/<code>/suspend/withdraw")
@staff
def withdraw_suspension(code: str) -> Response:
    """The second person does not agree, or the first thinks again."""
    specialists.withdraw_suspension(_suspension(code), by=current_user)
    return _done(code, "Taken back. The practice goes on as it is.")


@bp.post("/applications/<code>/reinstate")
@staff
def reinstate(code: str) -> Response:
    """Let a suspended practice go on, with a reason that stays beside it."""
    suspension, form = _suspension(code), forms.ReasonForm(prefix="reinstate")
    if not form.validate_on_submit():
        return case_page(suspension.specialist, 422, reinstate=form)
    specialists.reinstate(suspension, by=current_user, reason=form.words())
    return _done(code, "The practice is open again. The specialist hears by mail.")


@bp.post("/applications/<code>/close")
@staff
def close_practice(code: str) -> Response:
    """Close a suspended practice for good; what two people left standing there stands."""
    suspension, form = _suspension(code), forms.CloseForm(prefix="close")
    if not form.validate_on_submit():
        return case_page(suspension.specialist, 422, close=form)
    specialists.close_suspended(suspension, (form.words.data or "").strip(), by=current_user)
    return _done(code, "Closed for good. The specialist hears by mail.")


@bp.post("/applications/<code>/appointments/<booking>/cancel")
@staff
def call_off(code: str, booking: str) -> Response:
    """Cancel one appointment with a practice that is not public any more."""
    specialist = specialist_queries.application_by_code(code)
    bookings.call_off(queries.booking_with(specialist, booking), by=current_user)
    return _done(code, "Cancelled. Both sides hear by mail.")


def _suspension(code: str) -> Suspension:
    return specialist_queries.suspension_of(specialist_queries.application_by_code(code))


def _back(code: str) -> Response:
    return redirect(link("admin.application", code=code), 303)


def _done(code: str, what: str) -> Response:
    """Back to the page, which says what was done."""
    flash(what)
    return _back(code)
