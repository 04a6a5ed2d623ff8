"""This file knows the settings page of messages: quiet hours, reading, and what is said while somebody is away."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts.models import User
from practice.http.access import client, specialist
from practice.http.forms import Form
from practice.http.pages import link, page
from practice.messages import actions, away, queries, reliability
from practice.messages.wish_forms import AwayForm, WishesForm

from .blueprint import bp


@bp.get("/me/settings/messages")
@client
def settings() -> Response:
    """How messages come to somebody; of a specialist also how they answer."""
    return _page()


@bp.post("/me/settings/messages/quiet")
@client
def save_wishes() -> Response:
    """When no letter leaves, and whether reading shows."""
    me, form = _me(), WishesForm(data=_wishes())
    if not form.validate():
        return _page(422, wishes=form)
    begins, ends = form.quiet_from.data, form.quiet_until.data
    quiet = (begins, ends) if begins is not None and ends is not None else None
    shows = bool(form.shows_read.data)
    if not form.replaces(_wishes, lambda shown: actions.save_wishes(me, quiet, shows_read=shows, shown=shown)):
        return _page(409, wishes=form)
    return _saved("Saved.", "quiet")


@bp.post("/me/settings/messages/away")
@specialist
def save_away() -> Response:
    """What people read while a specialist is away."""
    me, form = _me(), AwayForm(data=_away())
    if not form.validate():
        return _page(422, away=form)
    words, since, until = (form.away.data or "").strip(), form.away_from.data, form.away_until.data
    if not form.replaces(_away, lambda shown: actions.save_away(me, words, since, until, shown=shown)):
        return _page(409, away=form)
    return _saved("Saved. People read it before they write." if words else "Saved. Nothing is said now.", "when-away")


def _page(status: int = 200, **wrong: Form) -> Response:
    mine = current_user.specialist
    forms: dict[str, Any] = {"wishes": WishesForm(formdata=None, data=_wishes())}
    if mine is not None:
        forms["away"] = AwayForm(formdata=None, data=_away())
    return page(
        "messages/settings.html",
        status,
        forms=forms | wrong,
        practice=mine,
        answering=reliability.of(mine) if mine is not None else None,
        unanswered=reliability.unanswered(mine) if mine is not None else 0,
        is_away=mine is not None and away.is_now(mine),
    )


def _me() -> User:
    user: User = current_user._get_current_object()
    return user


def _wishes() -> dict[str, Any]:
    mine = queries.wishes_of(current_user)
    names = ("quiet_from", "quiet_until", "shows_read")
    return {each: getattr(mine, each) for each in names} if mine is not None else {"shows_read": False}


def _away() -> dict[str, Any]:
    mine = queries.wishes_of(current_user)
    names = ("away", "away_from", "away_until")
    return {each: getattr(mine, each) for each in names} if mine is not None else {"away": ""}


def _saved(words: str, section: str) -> Response:
    flash(words)
    answer: Response = redirect(link("messages.settings", _anchor=section), 303)
    return answer
