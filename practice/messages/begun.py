"""This file knows what a visitor had written to somebody when the sign-in gate appeared, and fills it in again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from practice.accounts import intents
from practice.accounts.intents import Gate
from practice.accounts.models import Intent
from practice.http.pages import link
from practice.specialists.models import Specialist

from . import queries

KIND = "message"
FIELDS = ("words", "topic", "form_key")


def address(slug: str) -> str:
    """Where somebody is written to first."""
    return link("messages.new", slug=slug)


def _target(arguments: Mapping[str, Any], _fields: Mapping[str, Any]) -> str:
    return address(arguments["slug"])


def _task(arguments: Mapping[str, Any], _fields: Mapping[str, Any]) -> str:
    specialist = queries.specialist_named(arguments["slug"])
    return f"send your message to {specialist.called}" if specialist is not None else "send your message"


intents.keep_at_gate("messages.send_first", Gate(KIND, FIELDS, _target, _task))


def fields_for(slug: str) -> dict[str, Any]:
    """What this browser or person had written to them and not sent, by the names of the fields."""
    intent = intents.current_intent()
    mine = [intent] if intent is not None and _leads_to(intent, slug) else []
    found = next(iter([*mine, *(each for each in intents.begun(KIND) if _leads_to(each, slug))]), None)
    kept = intents.shown(found) if found is not None else {}
    return {name: value for name, value in kept.items() if name in FIELDS and isinstance(value, str)}


def _leads_to(intent: Intent, slug: str) -> bool:
    return intent.kind == KIND and intent.target == address(slug)


def end(specialist: Specialist) -> None:
    """It is sent: what was kept of it is wiped, also what was begun on another day or device."""
    for intent in intents.begun(KIND):
        if _leads_to(intent, specialist.slug):
            intents.complete(intent)
