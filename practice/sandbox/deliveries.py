"""This file knows how the sandbox's messages reach the product: signed, through its own addresses, tried again."""

from __future__ import annotations

import contextvars
import hashlib
import hmac
import json
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from practice.config import settings
from practice.store.db import db, transaction
from practice.values import clock

from .happenings import DELIVER
from .models import SandboxDue, SandboxObject
from .objects import shown

# Where each kind of message goes; another secret signs each.
ADDRESSES = {"event": "/payments/webhooks/stripe", "v2.core.event": "/payments/webhooks/stripe/thin"}
# After each try that was not answered with 200, for three days.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 720, 720, 720, 720, 720))


def secret(kind: str) -> str:
    """What signs messages of a kind: the same for all processes of one product, and nobody else's."""
    mark = hmac.new(settings().secret_keys[0].encode(), f"sandbox {kind}".encode(), hashlib.sha256)
    return "whsec_" + mark.hexdigest()


def sealed_message(event: str) -> tuple[str, bytes, str]:
    """Where a message goes, its bytes, and the header that signs them at this moment."""
    row = db.session.scalars(select(SandboxObject).where(SandboxObject.id == event)).one()
    body, stamp = json.dumps(shown(row.body)).encode(), int(clock.now().timestamp())
    mark = hmac.new(secret(row.kind).encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()
    return ADDRESSES[row.kind], body, f"t={stamp},v1={mark}"


def deliver(number: int) -> int:
    """Try one delivery; the status that came back. Anything but 2xx is tried again later, until it is given up."""
    event = db.session.scalars(select(SandboxDue.target).where(SandboxDue.number == number)).one()
    status = _posted(current_app._get_current_object(), *sealed_message(event))  # type: ignore[attr-defined]
    with transaction() as session:
        row = session.get_one(SandboxDue, number, with_for_update=True)
        row.attempts += 1
        if 200 <= status < 300 or row.attempts > len(WAITS):
            row.done_at = clock.now()
        else:
            row.due_at = clock.now() + WAITS[row.attempts - 1]
    return status


def waiting() -> list[int]:
    """The deliveries that are due, in the order in which they leave."""
    due = (SandboxDue.kind == DELIVER, SandboxDue.done_at.is_(None), SandboxDue.due_at <= clock.now())
    rows = select(SandboxDue.number).where(*due).order_by(SandboxDue.place, SandboxDue.number)
    return list(db.session.scalars(rows))


def _posted(app: Flask, path: str, body: bytes, signature: str) -> int:
    """Post as somebody outside would: with no context left over from whoever does the work here."""
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    environ = EnvironBuilder(
        path=path, method="POST", base_url=settings().base_url, data=body, headers=Headers(headers)
    ).get_environ()
    db.session.rollback()
    return contextvars.Context().run(Response.from_app, app.wsgi_app, environ, buffered=True).status_code
