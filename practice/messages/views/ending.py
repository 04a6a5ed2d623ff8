"""This file knows the pages on which somebody ends what they hear of somebody, and reports what was written."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client
from practice.http.pages import link, page
from practice.messages import actions, labels, queries, subjects
from practice.messages.models import Message
from practice.messages.report_form import ShowingForm
from practice.values.errors import NotFound

from .blueprint import bp
from .shared import to_thread


@bp.post("/me/messages/<code>/block")
@client
def block(code: str) -> Response:
    """Nothing more from the other side, at once."""
    found = queries.readable(current_user, code)
    actions.block(found, by=current_user)
    flash("Blocked. Nothing more reaches you from them, and they are not told.")
    return to_thread(found)


@bp.post("/me/messages/<code>/unblock")
@client
def unblock(code: str) -> Response:
    """They can write again."""
    found = queries.readable(current_user, code)
    actions.unblock(found, by=current_user)
    flash("You can write to each other again. Nothing was sent meanwhile.")
    return to_thread(found)


@bp.route("/me/messages/<code>/<message>/report", methods=["GET", "POST"])
@client
def report(code: str, message: str) -> Response:
    """Which message staff are to read, and what of those around it; then what is wrong. Nobody is told anything yet."""
    found, form = _reportable(code, message), ShowingForm()
    around = queries.around(found)
    every = labels.bubbles(found.thread, sorted([*around, found], key=lambda each: each.id), current_user)
    form.offer(each for each in every if each["code"] != found.code)
    if not form.validate_on_submit():
        own = [each for each in every if each["code"] == found.code]
        return page("messages/report.html", 422 if form.errors else 200, thread=found.thread, bubbles=own, form=form)
    actions.show_around(found, form.shown.data or [], by=current_user)
    return redirect(link("moderation.report", kind=subjects.KIND, code=found.code), 303)


def _reportable(code: str, message: str) -> Message:
    """Somebody else's message that stands in a conversation they read; else `NotFound`."""
    found = queries.message_of(current_user, code, message)
    if found.author_id == current_user.id or labels.gone_because(found, current_user) or found.retracted_at is not None:
        raise NotFound("There is no message to report at this address. It may have been taken back.")
    return found
