"""This file knows the page on which a specialist closes their practice for good: what ends, what stays, and how."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional

from practice.bookings import actions, invites
from practice.bookings import queries as bookings
from practice.bookings.models import Booking
from practice.http.access import specialist
from practice.http.forms import Form
from practice.http.pages import link, page
from practice.specialists.models import Specialist
from practice.specialists.states import WORKING


class CloseForm(Form):
    """That it is meant, and what becomes of appointments that are still ahead."""

    ahead = RadioField(
        "What is booked",
        choices=[SelectChoice("keep", "I keep it"), SelectChoice("cancel", "Cancel all of it")],
        validate_choice=False,
    )
    sure = BooleanField(
        "I understand that this cannot be undone",
        [InputRequired("Please tick this, so that we know that it is meant.")],
    )

    def ask_about(self, ahead: Sequence[Booking]) -> None:
        """With appointments ahead an answer is needed; without any there is nothing to choose."""
        self.ahead.validate_choice = bool(ahead)
        self.ahead.validators = [InputRequired("Choose what becomes of what is booked.") if ahead else Optional()]


@specialist
def close_practice() -> Response:
    """Close the practice: the page that says what it means, and the press that does it."""
    mine: Specialist = current_user.specialist
    if mine.state not in WORKING:
        return redirect(link("specialists.apply"), 303)
    form, ahead = CloseForm(), bookings.ahead_of_practice(mine.id)
    form.ask_about(ahead)
    if not form.validate_on_submit():
        return page("home/close.html", 422 if form.errors else 200, form=form, ahead=ahead, who=invites.initials)
    cancelled = actions.close_practice(mine, calls_off=form.ahead.data == "cancel", by=current_user)
    flash("Closed. Your clients hear from us." if cancelled else "Closed. Nobody new can book.")
    return redirect(link("specialists.apply"), 303)
