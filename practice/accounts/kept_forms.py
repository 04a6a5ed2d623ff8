"""This file knows how a form survives a sign-in that ended: kept sealed for its own account, shown again, never sent.

It needs both the browser in which it was written and the account whose it is. Passwords, codes and files are not kept.
"""

from __future__ import annotations

import html
import io
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, request, session
from flask.globals import request_ctx
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from practice.http import typed
from practice.http.error_pages import page_above
from practice.store.db import NotSent, db, new_code, transactional
from practice.store.vault import open_sealed, seal
from practice.values import clock
from practice.values.text import tidy

from . import holdings, queries
from .models import LIFE_OF_AN_INTENT, Intent, User, hash_of
from .policy import Holding
from .queries import FORM
from .states import IntentState

# In the session: the token of each kept form, and whether it has been shown again.
FORMS = "kept_forms"
MOST = 3
LONGEST = 200_000  # characters of one form
LONGEST_TARGET = 500


# ---------------------------------------------------------------- at the gate


def keep(owner: User | None) -> bool:
    """Keep the form that was just sent, for `owner` or for whoever signs in here next; False when nothing was in it."""
    fields, target = typed.sent(), request.full_path.rstrip("?")
    if not any("".join(values).strip() for values in fields.values()):
        return False
    if len(target) > LONGEST_TARGET or sum(len(value) for values in fields.values() for value in values) > LONGEST:
        return False
    token = secrets.token_urlsafe(32)
    _store(target, {"fields": fields, "left_out": typed.left_out()}, owner, token)
    kept = dict(session.get(FORMS, {})) | {token: False}
    session[FORMS] = dict(list(kept.items())[-MOST:])
    return True


@transactional
def _store(target: str, payload: dict[str, Any], owner: User | None, token: str) -> None:
    """The newest words of one form take the place of earlier ones."""
    for before in _of_this_browser():
        if (before.target, before.user_id) == (target, owner.id if owner else None):
            _end(before, IntentState.DISCARDED)
    intent = Intent(code=new_code(), token_hash=hash_of(token), kind=FORM, target=target)
    intent.state = IntentState.CLAIMED if owner else IntentState.OPEN
    intent.user_id = owner.id if owner else None
    intent.sealed = seal(json.dumps(payload), _place(intent.code))
    intent.created_at, intent.expires_at = clock.now(), clock.now() + LIFE_OF_AN_INTENT
    db.session.add(intent)


def _place(code: str) -> str:
    return f"intent:{code}"


# ---------------------------------------------------------------- found again


def _of_this_browser() -> list[Intent]:
    found = [queries.intent_by_token(token) for token in reversed(list(session.get(FORMS, {})))]
    return [each for each in found if each is not None and each.is_live(clock.now())]


def waiting() -> list[Intent]:
    """The forms that this account wrote in this browser and did not send, the newest first."""
    mine = current_user.id if current_user.is_authenticated else None
    return [each for each in _of_this_browser() if mine is not None and each.user_id == mine]


def next_to_show() -> Intent | None:
    """The newest of them that has not been shown again yet."""
    unseen = {hash_of(token) for token, shown in session.get(FORMS, {}).items() if not shown}
    return next((each for each in waiting() if each.token_hash in unseen), None)


def claim(user: User) -> None:
    """What nobody's sign-in was known of when it was kept belongs to the one who signs in here."""
    if session.get(FORMS):
        _claim(user)


@transactional
def _claim(user: User) -> None:
    for intent in _of_this_browser():
        if intent.user_id is None:
            intent.move_to(IntentState.CLAIMED)
            intent.user_id = user.id


@transactional
def forget() -> None:
    """Wipe what this account left here, as at signing out."""
    for intent in waiting():
        _end(intent, IntentState.DISCARDED)


@holdings.lets_go(Holding.DRAFTS)
def end_all(user: User) -> None:
    """Wipe what was kept for this account, in whatever browser it was written."""
    mine = (Intent.user_id == user.id, Intent.kind == FORM, Intent.state == IntentState.CLAIMED)
    for intent in db.session.scalars(select(Intent).where(*mine)).all():
        _end(intent, IntentState.DISCARDED)


@transactional
def finish(intent: Intent) -> None:
    """It was sent, by the press of a button."""
    _end(intent, IntentState.COMPLETED)


def note_sent(answer: Response) -> Response:
    """A form that went through is kept no longer."""
    if request.method == "POST" and session.get(FORMS) and answer.status_code in (302, 303):
        here = request.full_path.rstrip("?")
        for intent in waiting():
            if intent.target == here:
                finish(intent)
    return answer


def _end(intent: Intent, state: IntentState) -> None:
    intent.move_to(state)
    intent.sealed = ""


# ---------------------------------------------------------------- shown again


def opened(intent: Intent) -> dict[str, Any]:
    """{"fields": {name: values}, "left_out": words} of a kept form."""
    found: dict[str, Any] = json.loads(open_sealed(intent.sealed, _place(intent.code)))
    return found


def page_of(intent: Intent) -> str:
    """The page on which the form stands."""
    return page_above(intent.target.partition("?")[0])


def words_of(intent: Intent) -> list[str]:
    """What was written: for a form whose page is gone, to copy."""
    return [text for text in typed.written(opened(intent)["fields"]) if " " in text]


def page_with(intent: Intent) -> Response | None:
    """The form's own page, filled in as its view fills in a form that is not right yet; None if there is none now, or
    one without the field in which something was written.

    The view is asked as if the form were sent, while nothing can be stored and no form is right: the page is left.
    """
    # The request is swapped inside its own context: a second context would bring another session, nonce, reader and
    # database session, each to be carried over by hand, and Flask has no door for asking a view again.
    token = next(each for each in session[FORMS] if hash_of(each) == intent.token_hash)
    session[FORMS] = {**session[FORMS], token: True}
    kept = opened(intent)
    g.shown_again = {"code": intent.code, "left_out": kept["left_out"]}
    fields = MultiDict((name, value) for name, values in kept["fields"].items() for value in values)
    with _as_sent(intent.target, fields):
        answer = _answer()
    if answer is None or answer.status_code not in (200, 409, 422) or not _is_filled_in(answer, intent):
        g.pop("shown_again")
        return None
    answer.status_code = 200
    return answer


def _is_filled_in(answer: Response, intent: Intent) -> bool:
    """Whether all that was written stands on that page."""
    there = _in_one_line(html.unescape(answer.get_data(as_text=True)))
    return all(_in_one_line(tidy(text)) in there for text in words_of(intent))


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _answer() -> Response | None:
    try:
        if request.routing_exception is not None or request.endpoint is None:
            return None
        view: Any = current_app.view_functions[request.endpoint]
        return current_app.make_response(view(**request.view_args or {}))
    except NotSent:
        return None
    except Exception as error:
        answer: Any = current_app.handle_user_exception(error)
        return current_app.make_response(answer)


@contextmanager
def _as_sent(target: str, fields: MultiDict[str, str]) -> Iterator[None]:
    """The request as it was when the form was sent; what it may do is nothing."""
    before, doors = request_ctx.request, request_ctx.url_adapter
    path, _, query = target.partition("?")
    body = urlencode(list(fields.items(multi=True))).encode()
    environ = {name: value for name, value in before.environ.items() if not name.startswith("werkzeug.")}
    environ |= {"REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(body)}
    environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
    request_ctx.request = current_app.request_class(environ)
    request_ctx.url_adapter = current_app.create_url_adapter(request_ctx.request)
    request_ctx.match_request()
    g.only_shown = g.csrf_valid = True
    try:
        yield
    finally:
        request_ctx.request, request_ctx.url_adapter = before, doors
        g.pop("only_shown")
        g.pop("csrf_valid")
