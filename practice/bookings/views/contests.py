"""This file knows how either side of an appointment says that it was not as it was marked, and answers the other."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import actions, forms, queries
from practice.bookings.models import Booking
from practice.http.pages import link

Page = Callable[..., Response]  # the appointment's page of this side, with what was typed
Back = Callable[[str], Response]


def back_to_ones_own(booking: Booking) -> Response:
    """The appointment's page of the side that the reader is on."""
    mine = booking.client_id == current_user.id
    answer: Response = redirect(link("bookings.show" if mine else "bookings.practice_show", code=booking.code), 303)
    return answer


def contest(booking: Booking, page: Page, back: Back) -> Response:
    """ "It was not like that"."""
    form = forms.ContestForm()
    if not form.validate_on_submit():
        return page(booking, 422, contest_form=form)
    actions.contest(booking, (form.words.data or "").strip(), by=current_user)
    flash("We have your words. A person reads them and answers you.")
    return back(booking.code)


def answer(booking: Booking, page: Page, back: Back) -> Response:
    """How it was, for the other side."""
    form = forms.AnswerForm()
    if not form.validate_on_submit():
        return page(booking, 422, answer_form=form)
    actions.answer_contest(queries.contest_about(booking), (form.answer.data or "").strip(), by=current_user)
    flash("We have your words. A person reads both sides and answers you.")
    return back(booking.code)
