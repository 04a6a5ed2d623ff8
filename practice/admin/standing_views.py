"""This file knows how staff look after practices that people can find: strikes, and what may be taken back."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import actions as bookings
from practice.bookings.policy import STRIKE_WINDOW
from practice.web import link, page, staff

from . import forms, queries
from .views import bp


@bp.get("/strikes")
@staff
def strikes() -> Response:
    """Who was not there or cancelled late within 90 days, those whose free consultations rest first."""
    return page("admin/strikes.html", lasts=STRIKE_WINDOW, people=queries.struck(), form=None, wrong=None)


@bp.post("/strikes/<code>")
@staff
def waive_strike(code: str) -> Response:
    """Take back the strike that this booking brought, with a reason for the log."""
    strike = queries.strike_of(code)
    form = forms.ReasonForm()
    if not form.validate_on_submit():
        return page("admin/strikes.html", 422, lasts=STRIKE_WINDOW, people=queries.struck(), form=form, wrong=code)
    bookings.waive_strike(strike, by=current_user, reason=form.words())
    flash("Taken back. The specialist hears by mail.")
    return redirect(link("admin.strikes"), 303)
