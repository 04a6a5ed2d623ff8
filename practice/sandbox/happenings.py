"""This file knows what the sandbox tells about: events, ordinary and thin, and when each is delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from practice.store.db import db
from practice.values import clock

from .models import SandboxDue, SandboxObject
from .objects import PLATFORM, Call, listing, load, make, shown
from .routing import route

# How messages are delivered, as somebody chose on the payment page: when, how often, in which order.
AT_ONCE, REPEATED, LATE, NEVER = "at_once", "repeated", "late", "never"
LATE_BY = timedelta(minutes=10)
DELIVER = "deliver"


def tell(kind: str, row: SandboxObject, how: str = AT_ONCE, **was: Any) -> SandboxObject:
    """An ordinary event about an object as it is now; `was` is what changed in it."""
    body: dict[str, Any] = {
        "type": kind, "api_version": None, "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
        "data": {"object": shown(row.body)} | ({"previous_attributes": was} if was else {}),
    }  # fmt: skip
    if row.account != PLATFORM:
        body["account"] = row.account
    event = make("event", body, parent=kind)
    plan_delivery(event, how)
    return event


def tell_thin(kind: str, account: str, *, names_it: bool = True) -> SandboxObject:
    """A thin event about a payout account; of some kinds the message does not even name it."""
    url = f"/v2/core/accounts/{account}"
    about = {"id": account, "type": "v2.core.account", "url": url} if names_it else None
    event = make(
        "v2.core.event",
        {"type": kind, "context": None, "reason": None, "related_object": about, "_named": {"account_id": account}},
        parent=account,
    )
    plan_delivery(event, AT_ONCE)
    return event


def plan_delivery(event: SandboxObject, how: str) -> None:
    """When the message leaves: now, now twice with the last first, in ten minutes, or never."""
    if how == NEVER:
        return
    at = clock.now() + (LATE_BY if how == LATE else timedelta())
    places = (-event.number, -event.number) if how == REPEATED else (0,)
    for place in places:
        db.session.add(SandboxDue(kind=DELIVER, target=event.id, due_at=at, place=place))
    db.session.flush()


def later(kind: str, target: str, after: timedelta) -> None:
    """Have something happen by itself."""
    db.session.add(SandboxDue(kind=kind, target=target, due_at=clock.now() + after))
    db.session.flush()


@route("GET /v1/events", "EventListParams")
def events(call: Call) -> dict[str, Any]:
    kinds = call.params.get("types") or [kind for kind in (call.params.get("type"),) if kind]
    return listing("event", call, "/v1/events", of=kinds)


@route("GET /v2/core/events/<id>", "v2.core.EventRetrieveParams")
def thin_event(call: Call) -> dict[str, Any]:
    row = load(call.path["id"], "v2.core.event")
    return row.body | {"data": row.body["_named"], "changes": None, "snapshot_event": None}
