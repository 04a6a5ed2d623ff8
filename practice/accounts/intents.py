"""This file knows how a visitor's task survives the sign-in gate: kept on the server, found by a token in the cookie.

Another room opens an intent and later asks for the current one to fill its form again. Nothing is ever sent by itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, session
from flask_login import current_user

from practice.http.reader import local_path
from practice.http.typed import is_secret
from practice.store import sealed
from practice.store.db import db, new_code, transactional
from practice.store.vault import VaultLocked, open_sealed, seal
from practice.values import clock
from practice.values.errors import NotAllowed

from . import holdings, queries
from .models import LIFE_OF_AN_INTENT, Intent, User, hash_of
from .policy import Holding
from .states import IntentState

TOKENS = "intents"
TAKEN_UP = "taken_up"
MOST = 5
LONGEST_FIELD = 10_000
LONGEST_TARGET = 500
# The fields that say in a line what somebody writes about.
TITLES = ("title", "topic")
# The field that asks for it in every form that is kept.
CALLED = "call_name"


# ---------------------------------------------------------------- at the gate


@dataclass(frozen=True)
class Gate:
    """How a form that needs an account is kept: which fields, where it is filled in again, what it is called.

    `target` and `task` are made from the view's arguments and the kept fields; the task completes "Sign in to …".
    """

    kind: str
    fields: tuple[str, ...]
    target: Callable[[Mapping[str, Any], Mapping[str, Any]], str]
    task: Callable[[Mapping[str, Any], Mapping[str, Any]], str]


_gates: dict[str, Gate] = {}


def keep_at_gate(endpoint: str, gate: Gate) -> None:
    """Register what is kept when a stranger posts to `endpoint`; secrets may not be among the fields."""
    for field in gate.fields:
        if is_secret(field):
            raise ValueError(f"{field} must not be kept")
    _gates[endpoint] = gate


def keep_request() -> Intent | None:
    """Keep the present form if its endpoint asked for that; None when there is nothing to keep."""
    gate = _gates.get(request.endpoint or "")
    if gate is None or request.method != "POST":
        return None
    fields = {name: _posted(name) for name in gate.fields if name in request.form}
    arguments = request.view_args or {}
    target = gate.target(arguments, fields)
    # No page of ours has so long an address, so there is nothing to come back to.
    if len(target) > LONGEST_TARGET:
        return None
    return open_intent(gate.kind, target, fields, task=gate.task(arguments, fields))


def _posted(name: str) -> str | list[str]:
    values = [value[:LONGEST_FIELD] for value in request.form.getlist(name)[:50]]
    return values if len(values) > 1 else values[0]


# ---------------------------------------------------------------- open, find, read


def open_intent(
    kind: str, target: str, payload: Mapping[str, Any], *, task: str = "", booking_id: int | None = None
) -> Intent:
    """Keep what this browser is doing for 48 hours; `target` is a path of ours that shows the form again.

    The same task opened again takes the place of its older self. Raises ValueError for a target that is not a page.
    """
    if local_path(target) is None:
        raise ValueError("an intent leads to a page of ours")
    owner = current_user.id if current_user.is_authenticated else None
    token = secrets.token_urlsafe(32)
    intent = _store(_Begun(kind, target, dict(payload), task, booking_id), owner, token)
    session[TOKENS] = [*_tokens_of_others(intent), _token_of(intent) or token][-MOST:]
    session.pop(TAKEN_UP, None)
    return intent


def _token_of(intent: Intent) -> str | None:
    return next((t for t in session.get(TOKENS, []) if hash_of(t) == intent.token_hash), None)


def _tokens_of_others(intent: Intent) -> list[str]:
    """The cookie's tokens of other tasks that are still alive, oldest first: the dead ones must not crowd them out."""
    alive = {each.token_hash for each in _of_this_browser()} - {intent.token_hash}
    return [t for t in session.get(TOKENS, []) if hash_of(t) in alive]


@dataclass(frozen=True)
class _Begun:
    kind: str
    target: str
    fields: dict[str, Any]
    task: str
    booking_id: int | None

    def sealed_for(self, code: str) -> str:
        return seal(json.dumps({"task": self.task, "fields": self.fields}), _place(code))


@transactional
def _store(kept: _Begun, owner: int | None, token: str) -> Intent:
    same = [i for i in _of_this_browser() if (i.kind, i.target, i.user_id) == (kept.kind, kept.target, owner)]
    intent = same[0] if same else _new(kept, owner, token)
    intent.sealed, intent.booking_id = kept.sealed_for(intent.code), kept.booking_id
    intent.created_at, intent.expires_at = clock.now(), clock.now() + LIFE_OF_AN_INTENT
    db.session.add(intent)
    db.session.flush()
    return intent


def _new(kept: _Begun, owner: int | None, token: str) -> Intent:
    state = IntentState.OPEN if owner is None else IntentState.CLAIMED
    return Intent(
        code=new_code(), token_hash=hash_of(token), kind=kept.kind, target=kept.target, user_id=owner, state=state
    )


def current_intent() -> Intent | None:
    """What this browser is in the middle of: a draft that was taken up, else the newest one; None if nothing is."""
    taken_up = session.get(TAKEN_UP)
    if taken_up and current_user.is_authenticated:
        for draft in queries.drafts_for(current_user):
            if draft.code == taken_up:
                return draft
    return next(iter(_of_this_browser()), None)


def begun(kind: str) -> list[Intent]:
    """Everything of this kind that this browser or the signed-in person, on whatever device, is in the middle of."""
    own = queries.drafts_for(current_user) if current_user.is_authenticated else ()
    return list({each.id: each for each in (*_of_this_browser(), *own) if each.kind == kind}.values())


def _of_this_browser() -> list[Intent]:
    """Live intents behind the cookie's tokens, newest first; those that another account claimed are not shown."""
    found = [queries.intent_by_token(token) for token in reversed(session.get(TOKENS, []))]
    mine = (None, current_user.id if current_user.is_authenticated else None)
    return [i for i in found if i is not None and i.is_live(clock.now()) and i.user_id in mine]


def payload(intent: Intent) -> dict[str, Any]:
    """The kept fields; empty once the intent has ended. Raises `VaultLocked`."""
    fields: dict[str, Any] = _opened(intent).get("fields", {})
    return fields


def shown(intent: Intent) -> dict[str, Any]:
    """The same to fill the form again: empty also while it cannot be read, so that the page opens."""
    fields: dict[str, Any] = _opened_for_page(intent).get("fields", {})
    return fields


def task(intent: Intent) -> str:
    """What the person is doing, to complete "Sign in to …"; empty when it has no name, or cannot be read."""
    return str(_opened_for_page(intent).get("task", ""))


def called(intent: Intent) -> str:
    """What somebody asked to be called there, for whoever asks the same again; empty where they were not asked."""
    return str(shown(intent).get(CALLED, ""))


def preview(intent: Intent) -> tuple[str, str]:
    """What was written, shown back to its writer: its title, and the longest text; empty where there is none."""
    written = {name: v.strip() for name, v in shown(intent).items() if isinstance(v, str)}
    title = next((written[name] for name in TITLES if written.get(name)), "")
    longest = max((v for v in written.values() if " " in v and v != title), key=len, default="")
    return title, longest


def _opened(intent: Intent) -> dict[str, Any]:
    if not intent.sealed:
        return {}
    found: dict[str, Any] = json.loads(open_sealed(intent.sealed, _place(intent.code)))
    return found


def _opened_for_page(intent: Intent) -> dict[str, Any]:
    try:
        return _opened(intent)
    except VaultLocked as locked:
        current_app.logger.error("%s: a draft", locked.code)
        return {}


def _place(code: str) -> str:
    return f"intent:{code}"


sealed.keep(sealed.Column(Intent, "sealed", _place))


def take_up(intent: Intent) -> None:
    """Make one of the signed-in person's drafts the current one in this browser."""
    session[TAKEN_UP] = intent.code


# ---------------------------------------------------------------- change


@transactional
def claim(intent: Intent, user: User) -> None:
    """Make the intent `user`'s own; claiming twice is nothing, somebody else's raises `NotAllowed`."""
    if intent.user_id == user.id:
        return
    if intent.user_id is not None:
        raise NotAllowed("This draft belongs to another account.")
    intent.move_to(IntentState.CLAIMED)
    intent.user_id = user.id


def claim_all(user: User) -> Intent | None:
    """Everything this browser had open becomes `user`'s; what comes back is the newest."""
    return _claim_all(user) if session.get(TOKENS) else None  # most who sign in began nothing before


@transactional
def _claim_all(user: User) -> Intent | None:
    found = _open_ones()
    for intent in found:
        claim(intent, user)
    return found[0] if found else None


def _open_ones() -> list[Intent]:
    found = [queries.intent_by_token(token) for token in reversed(session.get(TOKENS, []))]
    return [i for i in found if i is not None and i.user_id is None and i.is_live(clock.now())]


@transactional
def release_all(user: User) -> None:
    """It was the wrong account: what this browser brought goes back to the browser."""
    for intent in _of_this_browser():
        if intent.user_id == user.id:
            intent.move_to(IntentState.OPEN)
            intent.user_id = None


@transactional
def complete(intent: Intent) -> None:
    """The person pressed the last button; what was kept is wiped."""
    _end(intent, IntentState.COMPLETED)


@transactional
def discard(intent: Intent) -> None:
    """The person does not want it any more; what was kept is wiped."""
    _end(intent, IntentState.DISCARDED)


@transactional
def discard_claimed(user: User) -> int:
    """Wipe all drafts of `user`, as on leaving a shared computer; how many there were."""
    wiped = 0
    # The list of the page is cut; what is wiped is not.
    while drafts := queries.drafts_for(user, with_forms=True):
        for intent in drafts:
            _end(intent, IntentState.DISCARDED)
        wiped += len(drafts)
    return wiped


holdings.lets_go(Holding.DRAFTS)(discard_claimed)


@transactional
def expire(limit: int = 500) -> int:
    """Wipe what nobody came back for within 48 hours; how many there were."""
    found = queries.expired_intents(clock.now(), limit)
    for intent in found:
        _end(intent, IntentState.EXPIRED)
    return len(found)


def _end(intent: Intent, state: IntentState) -> None:
    intent.move_to(state)
    intent.sealed = ""
