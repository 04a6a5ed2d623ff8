"""This file knows the presses by which more of a price comes back than the rule says: from either side."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import actions, forms, labels, queries, sale_labels, withdrawing
from practice.bookings.errors import LessComesBack
from practice.bookings.models import Booking
from practice.http.access import client, specialist
from practice.http.pages import link, page
from practice.values import clock
from practice.values.errors import Invalid
from practice.values.money import Money, parse_price

from .blueprint import bp
from .client import MINOR
from .practice import case_page


@bp.post("/bookings/<code>/no-fit")
@client
def no_fit(code: str) -> Response:
    """ "It doesn't fit": a first session then costs nothing."""
    booking = queries.booking_of_client(current_user, code)
    brought = actions.say_no_fit(booking, by=current_user)
    flash(f"{sale_labels.came_of(brought, 'your card')} Nobody is asked why, and below are ways to go on.")
    answer: Response = redirect(link("bookings.show", code=code), 303)
    return answer


@bp.get("/bookings/<code>/withdraw")
@client
def withdrawal(code: str) -> Response:
    """The notice by which they withdraw, filled in; or why they cannot."""
    booking = queries.booking_of_client(current_user, code)
    return _notice(booking)


def _notice(booking: Booking, status: int = 200, problem: str = "") -> Response:
    return page(
        "bookings/withdrawal.html",
        status,
        booking=booking,
        person=labels.person(booking.specialist),
        until=withdrawing.ahead_until(booking, clock.now()),
        brings=sale_labels.withdrawing_brings(booking, clock.now()),
        bought=withdrawing.within_days(booking, clock.now()),
        over=sale_labels.no_notice(booking, clock.now()),
        problem=problem,
    )


@bp.post("/bookings/<code>/withdraw")
@client
def withdraw(code: str) -> Response:
    """The law lets them withdraw from what lies ahead, and from what was held without their asking for it so early."""
    booking = queries.booking_of_client(current_user, code)
    shown = request.form.get("back", "")
    try:
        expecting = int(shown) if MINOR.fullmatch(shown) else None
        brought = actions.withdraw(booking, by=current_user, expecting=expecting)
    except LessComesBack as refusal:
        return _notice(booking, 409, refusal.message)
    flash(f"You have withdrawn. {sale_labels.came_of(brought, 'your card')}")
    answer: Response = redirect(link("bookings.show", code=code), 303)
    return answer


@bp.post("/practice/bookings/<code>/waive")
@specialist
def waive(code: str) -> Response:
    """Their specialist lets them have more back."""
    booking = queries.booking_of_specialist(current_user, code)
    form = forms.WaiveForm()
    more = _amount(booking, form.amount.data) if form.validate_on_submit() else None
    if more is None:
        form.amount.errors = [*form.amount.errors, "Write an amount, such as 36.00."]
        return case_page(booking, 422, waive_form=form)
    try:
        brought = actions.waive(booking, more, by=current_user, shown=form.shown_amount())
    except Invalid as refusal:
        form.amount.errors = [refusal.fields["amount"]]
        return case_page(booking, 422, waive_form=form)
    flash(sale_labels.came_of(brought, "your client"))
    answer: Response = redirect(link("bookings.practice_show", code=code), 303)
    return answer


def _amount(booking: Booking, typed: str | None) -> Money | None:
    """What was typed in the currency of the booking; None for what is no amount of it."""
    try:
        return parse_price(typed or "", booking.price_currency or "")
    except ValueError:
        return None
