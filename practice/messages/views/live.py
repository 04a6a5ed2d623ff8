"""This file knows the page that is asked by an open conversation, and answers when something is new."""

from __future__ import annotations

from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from practice.accounts import access
from practice.http import standby
from practice.http.access import client
from practice.messages import live, queries

from .blueprint import bp
from .shared import thread_page


@bp.get("/me/messages/<code>/news")
@client
def news(code: str) -> AnyResponse:
    """The conversation as its page shows it, as soon as something came after the message that `since` names."""
    access.comes_by_itself()
    found = queries.readable(current_user, code)
    last = live.last_code(found)
    if request.args.get("since", "") == last:
        return standby.nothing_new(live.KIND, live.key_for(found, last))
    return thread_page(found)
