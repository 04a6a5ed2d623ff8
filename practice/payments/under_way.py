"""This file knows what is on its way between us and the card processor, and what got stuck on that way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from practice.store.db import db
from practice.values import clock

from .models import MoneyOperation, StripeEvent

# Failures in a row after which staff look.
TROUBLES_STAFF = 6
# What is due is told within seconds, and a few failures later at most; what takes longer does not end by itself.
PASSES_WITHIN = timedelta(hours=2)

UNTOLD = and_(MoneyOperation.done_at.is_(None), MoneyOperation.dropped_at.is_(None))
UNREAD = StripeEvent.processed_at.is_(None)


def is_anything() -> bool:
    """Whether a difference between our books and the card processor's passes by itself: something is being told, or
    read. What is stuck explains none."""
    since = clock.now() - PASSES_WITHIN
    told = (UNTOLD, MoneyOperation.attempts < TROUBLES_STAFF, MoneyOperation.created_at > since)
    read = (UNREAD, StripeEvent.attempts < TROUBLES_STAFF, StripeEvent.received_at > since)
    waits = (select(MoneyOperation.id).where(*told), select(StripeEvent.id).where(*read))
    return any(db.session.scalar(each.limit(1)) is not None for each in waits)


def stuck() -> Iterator[str]:
    """A sentence for each thing that nobody told or read for so long, or tried again and again; in two questions."""
    before = clock.now() - PASSES_WITHIN
    untold = select(MoneyOperation.code, MoneyOperation.attempts).where(
        UNTOLD, _is_stuck(MoneyOperation.attempts, MoneyOperation.due_at < before)
    )
    for code, attempts in db.session.execute(untold.order_by(MoneyOperation.id)):
        tried = f"was tried {attempts} times" if attempts else "has been due for hours"
        yield f"Operation {code} {tried}, and nobody told the card processor."
    unread = select(StripeEvent.id, StripeEvent.attempts).where(
        UNREAD, _is_stuck(StripeEvent.attempts, StripeEvent.due_at < before)
    )
    for name, attempts in db.session.execute(unread.order_by(StripeEvent.received_at)):
        tried = f"was tried {attempts} times" if attempts else "has been here for hours"
        yield f"Message {name} {tried}, and nobody looked at it."


def _is_stuck(attempts: Any, is_late: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(attempts >= TROUBLES_STAFF, is_late)
