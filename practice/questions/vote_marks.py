"""This file knows how the browser and the network of a vote are noted: keyed hashes that mean nothing beyond one
question, and whether an author or asker was signed in from here."""

from __future__ import annotations

import hmac
from hashlib import sha256

from practice.accounts import access
from practice.bookings import visitors
from practice.config import settings

from .actions.helping import Seen
from .models import Answer


def seen_here(answer: Answer) -> Seen:
    """What is noted of the present request for a vote on this answer."""
    visitor = visitors.visitor()
    people = [person for person in (answer.specialist.user, answer.question.asker) if person is not None]
    return Seen(
        browser_key=_of_question(answer, visitor.browser_key),
        network_key=_of_question(answer, visitor.network_key),
        is_theirs=any(access.was_in_this_network(person) for person in people),
    )


def _of_question(answer: Answer, key: str) -> str | None:
    if not key:
        return None
    return hmac.new(settings().audit_key, f"vote {answer.question.code} {key}".encode(), sha256).hexdigest()
