"""This file knows how a couple's conversation begins: the client asks, the partner agrees before anything is seen."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client
from practice.http.pages import link
from practice.messages import actions, queries
from practice.messages.states import Side
from practice.values.errors import NotFound

from .blueprint import bp
from .shared import to_thread


@bp.post("/me/messages/<code>/together")
@client
def begin_joint(code: str) -> Response:
    """Another conversation beside one's own, with the partner in it."""
    found = queries.readable(current_user, code)
    if queries.part_of(found, current_user).side != Side.CLIENT:
        raise NotFound()
    joint = actions.begin_joint(current_user, found.specialist)
    flash("Your partner finds it among their messages. It begins once they agree.")
    return to_thread(joint)


@bp.post("/me/messages/<code>/agree")
@client
def agree(code: str) -> Response:
    """The partner takes part."""
    found = queries.thread_of(current_user, code)
    actions.agree(found, by=current_user)
    return to_thread(found)


@bp.post("/me/messages/<code>/not-now")
@client
def decline(code: str) -> Response:
    """The partner does not."""
    actions.decline(queries.thread_of(current_user, code), by=current_user)
    flash("You are not in it. Nobody is told why.")
    return redirect(link("messages.index"), 303)
