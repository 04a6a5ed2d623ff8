"""This file knows the presses by which a new time is asked for, agreed to, or chosen after a cancellation."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import actions, forms, queries, sale_labels, visitors
from practice.bookings.errors import NotThisTime, TooLate, TooOften
from practice.http.access import client, specialist
from practice.http.clocks import local, zone_name
from practice.http.pages import link

from .blueprint import bp
from .client import booking_page, done, mine, old_stands
from .move import move_page
from .practice import case_page

CHOOSE = "Choose one of the times."


@bp.post("/bookings/<code>/ask")
@client
def ask(code: str) -> Response:
    """Ask the specialist for this time; the old one stands until they agree."""
    booking, form = mine(code), forms.MoveForm()
    starts_at = forms.parse_start(form.start.data)
    if not form.validate_on_submit() or starts_at is None:
        return move_page(booking, 422, CHOOSE)
    try:
        asked = actions.ask_times(booking, [starts_at], by=current_user, is_express=form.express.data)
    except (NotThisTime, TooOften) as refusal:
        return move_page(mine(code), 409, old_stands(refusal))
    who = booking.specialist.called
    until = f"{local(asked.lapses_at)}, {zone_name(asked.lapses_at)}"
    return done(code, f"Asked. {who} has until {until}, to answer; until then your old time stands.")


@bp.post("/bookings/<code>/ask/back")
@client
def take_back_asked(code: str) -> Response:
    """Not asked any more."""
    actions.take_back_asked(mine(code))
    return done(code, "Taken back. Your appointment stands as it was.")


@bp.post("/bookings/<code>/again")
@client
def choose_time(code: str) -> Response:
    """The specialist cancelled: another time, paid for already."""
    booking, form = mine(code), forms.MoveForm()
    starts_at = forms.parse_start(form.start.data)
    if not form.validate_on_submit() or starts_at is None:
        return move_page(booking, 422, CHOOSE)
    try:
        ticked, browser = form.express.data, visitors.browser_key()
        actions.choose_time(booking, starts_at, by=current_user, browser_key=browser, is_express=ticked)
    except NotThisTime as refusal:
        return move_page(mine(code), 409, refusal.whole)
    except TooLate as refusal:
        return _chosen_before(code, refusal)
    return done(code, f"It takes place on {local(starts_at)}. Nothing more is charged.")


@bp.post("/bookings/<code>/money-back")
@client
def choose_money(code: str) -> Response:
    """The specialist cancelled: the money."""
    try:
        actions.choose_money(mine(code), by=current_user)
    except TooLate as refusal:
        return _chosen_before(code, refusal)
    return done(code, "All that you paid comes back to your card, usually after some days.")


def _chosen_before(code: str, refusal: TooLate) -> Response:
    """It was decided in another tab, or has become of itself: which time was taken, where one was."""
    booking = mine(code)
    flash(f"{refusal.message} {sale_labels.stands(booking)}".rstrip(), "warning")
    return booking_page(booking, 409)


# ---------------------------------------------------------------- the specialist's answer


@bp.post("/requests/<code>/agree")
@specialist
def agree(code: str) -> Response:
    """Yes to one of the times that the client asks for."""
    asked, form = queries.asked_of_specialist(current_user, code), forms.SlotForm()
    starts_at = forms.parse_start(form.start.data)
    if not form.validate_on_submit() or starts_at is None:
        return case_page(asked.booking, 422, asked_problem=CHOOSE)
    try:
        actions.agree(asked, starts_at, by=current_user)
    except NotThisTime as refusal:
        return case_page(asked.booking, 409, asked_problem=f"{refusal.message} The old time stands.")
    flash(f"Agreed. It takes place on {local(starts_at)}, and your client hears so.")
    answer: Response = redirect(link("bookings.practice_show", code=asked.booking.code), 303)
    return answer


@bp.post("/requests/<code>/decline")
@specialist
def decline_asked(code: str) -> Response:
    """No to all of them."""
    asked = queries.asked_of_specialist(current_user, code)
    actions.decline_asked(asked, by=current_user)
    flash("Your client hears that the appointment stands as it was.")
    answer: Response = redirect(link("bookings.practice_show", code=asked.booking.code), 303)
    return answer
