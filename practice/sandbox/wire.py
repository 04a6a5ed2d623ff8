"""This file knows how a request to the sandbox is read and answered: as a WSGI application, one transaction for each.

Keys are kept as Stripe keeps them. First API: the first answer to work that had begun is the answer for ever, failures
included, until a day has gone. Second API: a success is not repeated, what failed is done anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from sqlalchemy import delete
from werkzeug.wrappers import Request, Response

from practice.providers.stripe_gateway.client import API_VERSION
from practice.store.db import db, insert_once, transaction
from practice.values import clock

from .models import SandboxAnswer
from .objects import Call, Refusal, expanded, shown
from .routing import Route, matched

KEY = "sk_test_sandbox"
FAILS = "practice.sandbox.fails"  # in the environment of a request that shall end in Stripe's own failure
# A day for the first API, by which it may have forgotten; the second remembers for a month.
REMEMBERS = {"v1": timedelta(hours=24), "v2": timedelta(days=30)}
REUSED = Refusal(
    "Keys for idempotent requests can only be used with the same parameters they were first used with.",
    kind="idempotency_error",
    began=False,
)
BROKEN = Refusal("Something went wrong on Stripe's end.", status=500, kind="api_error")

Check = Callable[[Route, Mapping[str, Any]], None]


class Sandbox:
    """Stripe's API as a WSGI application on the database of `app`; `check` looks at the parameters of each request."""

    def __init__(self, app: Flask, check: Check | None = None) -> None:
        self.app, self.check = app, check

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer one request. A context of its own means a session of its own: what the caller reads stays as it is."""
        with self.app.app_context():
            return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            _check_sender(request)
            route, path = matched(request.method, request.path)
            params = _params(request)
            if self.check:
                self.check(route, params)
            call = Call(params, request.headers.get("Stripe-Account", ""), path)
            key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
            with transaction():
                status, text, is_repeated = _once(request, key, call.account, lambda: _done(route, call, request))
        except Refusal as refusal:
            status, text, is_repeated = refusal.status, _refused(refusal), False
        headers = {"Request-Id": f"req_{secrets.token_hex(8)}", "Stripe-Version": API_VERSION}
        if is_repeated:
            headers["Idempotent-Replayed"] = "true"
        return Response(text, status, headers, mimetype="application/json")


def _check_sender(request: Request) -> None:
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        raise Refusal("Invalid API Key provided.", status=401, began=False)
    if request.headers.get("Stripe-Version") != API_VERSION:
        raise Refusal(f"This sandbox speaks {API_VERSION} only.", "invalid_version", began=False)


def _done(route: Route, call: Call, request: Request) -> str:
    """Do it; the text of the answer. Refused for whatever Stripe would refuse, before anything is written."""
    if request.environ.get(FAILS) == "before":
        raise BROKEN
    body = route.answer(call)
    expand = call.params.get("expand") or []
    if request.environ.get(FAILS) == "after":
        raise BROKEN
    return json.dumps(shown(expanded(body, expand)))


def _once(request: Request, key: str, account: str, work: Callable[[], str]) -> tuple[int, str, bool]:
    """What `work` answers, or what was answered under this key before."""
    version = request.path.split("/")[1]
    if not key:
        return 200, work(), False
    name, mark = f"{version}:{account}:{key}", _fingerprint(request)
    _forget(name, clock.now() - REMEMBERS[version])
    # Whoever comes second with a key waits here until the first is done, and finds its answer.
    is_first = insert_once(SandboxAnswer, key=name, fingerprint=mark, status=0, text="", created_at=clock.now())
    answer = db.session.get_one(SandboxAnswer, name, populate_existing=True)
    if not is_first:
        if answer.fingerprint != mark:
            raise REUSED
        return answer.status, answer.text, True
    answer.status, answer.text = _tried(work, keeps_failures=version == "v1")
    return answer.status, answer.text, False


def _fingerprint(request: Request) -> str:
    whole = f"{request.method} {request.path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(whole).hexdigest()


def _forget(name: str, before: datetime) -> None:
    db.session.execute(delete(SandboxAnswer).where(SandboxAnswer.key == name, SandboxAnswer.created_at <= before))


def _tried(work: Callable[[], str], *, keeps_failures: bool) -> tuple[int, str]:
    try:
        return 200, work()
    except Refusal as refusal:
        if not (refusal.began and keeps_failures):
            raise
        return refusal.status, _refused(refusal)


def _refused(refusal: Refusal) -> str:
    error = {"type": refusal.kind, "code": refusal.code, "param": refusal.param, "message": refusal.message}
    return json.dumps({"error": {name: value for name, value in error.items() if value}})


# ---------------------------------------------------------------- parameters


def _params(request: Request) -> dict[str, Any]:
    """What was sent: written out for the second API, as a form for the first and in addresses."""
    if request.method == "POST" and request.path.startswith("/v2/"):
        return dict(json.loads(request.get_data(as_text=True) or "{}"))
    text = request.get_data(as_text=True) if request.method == "POST" else request.query_string.decode()
    return unfolded(parse_qsl(text, keep_blank_values=True))


def unfolded(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0][c]=d` as mappings in lists in mappings."""
    whole: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+", name)
        place = whole
        for step in path:
            place = place.setdefault(step, {})
        if name.endswith("[]"):
            place.setdefault(last, {})[str(len(place.get(last, {})))] = value
        else:
            place[last] = value
    return {name: _listed(value) for name, value in whole.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_listed(each) for each in value.values()]
    return {name: _listed(each) for name, each in value.items()}
