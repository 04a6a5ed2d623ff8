"""This file knows the pages of drafts: what was begun and not finished."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import intents, queries
from practice.errors import NotFound
from practice.web import client, local_path

from . import bp


@bp.get("/drafts/<code>")
@client
def take_up(code: str) -> BaseResponse:
    """Back to the form with what was written; nothing is sent."""
    draft = queries.intent_for(current_user, code)
    target = local_path(draft.target)
    if target is None:
        raise NotFound("The page this draft belongs to is gone.")
    intents.take_up(draft)
    return redirect(target)


@bp.post("/drafts/<code>/discard")
@client
def discard(code: str) -> BaseResponse:
    """Throw a draft away."""
    intents.discard(queries.intent_for(current_user, code))
    flash("The draft is gone.")
    return redirect(url_for("accounts.settings"))
