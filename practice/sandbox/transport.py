"""This file knows the way from Stripe's package into the sandbox, and how it breaks where a fault was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from flask import Flask, has_app_context
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from practice.store.db import db

from .faults import Fault, take
from .models import SandboxFault
from .wire import FAILS, Sandbox

Answered = tuple[int, Mapping[str, str], str]
BEFORE = {
    Fault.TIMEOUT_BEFORE: TimeoutError("no answer"),
    Fault.AWAY: TimeoutError("nobody answers"),
    Fault.RESET_BEFORE: ConnectionResetError("the line broke"),
}
AFTER = {
    Fault.TIMEOUT_AFTER: TimeoutError("no answer"),
    Fault.RESET_AFTER: ConnectionResetError("the line broke"),
}
INSTEAD = {Fault.TOO_MANY: (429, "rate_limit"), Fault.IN_USE: (409, "idempotency_key_in_use")}
FAILURES = {Fault.FAILED_BEFORE: "before", Fault.FAILED_AFTER: "after"}


class Way:
    """The sandbox of an application as `Gateway` reaches it. `pause` waits; tests let time pass otherwise."""

    def __init__(self, app: Flask, pause: Callable[[float], object] = time.sleep) -> None:
        self.app, self.pause, self.sandbox = app, pause, Sandbox(app)

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: str, *, patience: float) -> Answered:
        """One request and its answer, unless something goes wrong with it."""
        if has_app_context() and db.session().info.get("in_transaction"):
            raise RuntimeError("Stripe is asked inside a transaction")
        parts = urlsplit(url)
        with self.app.app_context():
            fault = take(f"{method.upper()} {parts.path}")
        kind = Fault(fault.kind) if fault else None
        if kind in BEFORE:
            raise BEFORE[kind]
        if kind in INSTEAD:
            status, code = INSTEAD[kind]
            return status, {}, f'{{"error": {{"type": "invalid_request_error", "code": "{code}"}}}}'
        answered = self._answered(method, url, headers, body, FAILURES.get(kind) if kind else None)
        if kind in AFTER:
            raise AFTER[kind]
        if fault and kind == Fault.SLOW:
            self._wait(fault, patience)
        return answered

    def _wait(self, fault: SandboxFault, patience: float) -> None:
        self.pause(min(fault.seconds, patience))
        if fault.seconds > patience:
            raise TimeoutError("no answer in time")

    def _answered(self, method: str, url: str, headers: Mapping[str, str], body: str, fails: str | None) -> Answered:
        parts = urlsplit(url)
        environ = EnvironBuilder(
            path=parts.path,
            query_string=parts.query,
            method=method.upper(),
            headers=Headers(dict(headers)),
            data=body or None,
            environ_overrides={FAILS: fails} if fails else {},
        ).get_environ()
        answer = Response.from_app(self.sandbox, environ, buffered=True)
        return answer.status_code, dict(answer.headers), answer.get_data(as_text=True)
