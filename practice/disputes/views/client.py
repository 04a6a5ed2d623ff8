"""This file knows the pages on which a client says that something was wrong, and reads what comes of it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import queries as bookings
from practice.bookings.models import Booking
from practice.bookings.who_may import Side
from practice.disputes import actions, forms, labels, policy, queries
from practice.disputes.actions import Opening
from practice.disputes.models import Dispute
from practice.disputes.states import Reason
from practice.http.access import client
from practice.http.pages import link, page
from practice.values import clock

from .blueprint import bp
from .shared import of_either

ALREADY = "You have told us already, maybe in another tab. What you typed is here: add it if you like."

TOLD = "Our safety team has your words, and answers you."


@bp.get("/bookings/<code>/dispute")
@client
def show(code: str) -> Response:
    """What can be said about a session, or how it stands with what was said."""
    booking = bookings.booking_of_client(current_user, code)
    dispute = queries.dispute_about(booking)
    return _opening(booking) if dispute is None else dispute_page(dispute)


def _opening(booking: Booking, status: int = 200, form: forms.OpenForm | None = None) -> Response:
    session, now = queries.session_of(booking), clock.now()
    money, conduct = policy.may_open(session, now), policy.may_report(session, now)
    return page(
        "disputes/open.html",
        status,
        booking=booking,
        money=money,
        conduct=conduct,
        form=form or forms.OpenForm(formdata=None).only(money=bool(money), conduct=bool(conduct)),
        joins=labels.joins(booking, Side.CLIENT),
        paid=labels.paid(booking) if booking.price is not None else None,
        until=booking.ends_at + policy.OPENS_FOR,
        promise=labels.promise(booking),
        cases=queries.cases_about(booking),
    )


@bp.post("/bookings/<code>/dispute")
@client
def open_dispute(code: str) -> Response:
    """Say it: about the money, about conduct, or both."""
    booking = bookings.booking_of_client(current_user, code)
    dispute, form = queries.dispute_about(booking), forms.OpenForm()
    if dispute is not None:
        flash(ALREADY)
        return dispute_page(dispute, 409, say_form=forms.SayForm(formdata=None, data={"words": form.words.data}))
    session, now = queries.session_of(booking), clock.now()
    money, conduct = policy.may_open(session, now), policy.may_report(session, now)
    if not money:
        conduct.require()
    if not form.only(money=bool(money), conduct=bool(conduct)).validate_on_submit():
        return _opening(booking, 422, form)
    flash(_send(booking, form, about_money=bool(money) and form.is_about_money))
    return _back(code)


def _send(booking: Booking, form: forms.OpenForm, *, about_money: bool) -> str:
    """Say it, and what to tell whoever did."""
    opening = Opening(Reason(form.reason.data), form.chosen_wish, (form.words.data or "").strip())
    if about_money:
        actions.open_dispute(booking, opening, by=current_user)
        return "Sent. What happens next stands here, and in a letter."
    actions.report(booking, opening.words, by=current_user)
    return TOLD


def dispute_page(dispute: Dispute, status: int = 200, **sent: Any) -> Response:
    """How a dispute stands, for its client."""
    known = queries.known_of(dispute)
    context = {
        **of_either(dispute, Side.CLIENT),
        "may_withdraw": policy.may_withdraw(known, Side.CLIENT),
        "may_report": policy.may_report(queries.session_of(dispute.booking), clock.now()),
        "report_form": forms.SayForm(formdata=None, prefix="report"),
        "cases": queries.cases_about(dispute.booking),
        "promise": labels.promise(dispute.booking),
        "is_conduct": dispute.reason == Reason.CONDUCT,
    }
    return page("disputes/show.html", status, **(context | sent))


@bp.post("/bookings/<code>/dispute/say")
@client
def say(code: str) -> Response:
    """A few words more."""
    _, dispute = queries.of_client(current_user, code)
    form = forms.SayForm()
    policy.may_say(queries.known_of(dispute), Side.CLIENT).require()
    if not form.validate_on_submit():
        return dispute_page(dispute, 422, say_form=form)
    actions.say(dispute, (form.words.data or "").strip(), by=current_user)
    flash("We have your words. A person reads both sides.")
    return _back(code)


@bp.post("/bookings/<code>/dispute/appeal")
@client
def appeal(code: str) -> Response:
    """Somebody else shall look."""
    _, dispute = queries.of_client(current_user, code)
    form = forms.AppealForm()
    # Where it cannot be said any more its field is gone: the refusal shows what was typed, which the form has read.
    policy.may_appeal(queries.known_of(dispute), Side.CLIENT, clock.now()).require()
    if not form.validate_on_submit():
        return dispute_page(dispute, 422, appeal_form=form)
    actions.appeal(dispute, (form.why.data or "").strip(), by=current_user)
    flash("Another person looks at it, and decides for good.")
    return _back(code)


@bp.post("/bookings/<code>/dispute/accept")
@client
def accept(code: str) -> Response:
    """It is fine as it was decided."""
    _, dispute = queries.of_client(current_user, code)
    actions.accept(dispute, by=current_user)
    flash("Thank you. Nobody else looks at it on your side.")
    return _back(code)


@bp.post("/bookings/<code>/dispute/withdraw")
@client
def withdraw(code: str) -> Response:
    """It is settled otherwise."""
    _, dispute = queries.of_client(current_user, code)
    actions.withdraw(dispute, by=current_user)
    flash("You have taken it back. Nothing changes about the money.")
    return _back(code)


@bp.post("/bookings/<code>/dispute/conduct")
@client
def report(code: str) -> Response:
    """How they were treated, beside what they said about the money."""
    _, dispute = queries.of_client(current_user, code)
    form = forms.SayForm(prefix="report")
    if not form.validate_on_submit():
        return dispute_page(dispute, 422, report_form=form)
    actions.report(dispute.booking, (form.words.data or "").strip(), by=current_user)
    flash(TOLD)
    return _back(code)


def _back(code: str) -> Response:
    answer: Response = redirect(link("disputes.show", code=code), 303)
    return answer
