"""This file knows what must always hold of letters: none is in between, none is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, select

from practice.store.checks import check
from practice.store.db import db
from practice.values import clock

from .outbox import MailState, OutboxMail, is_next

# A worker looks every second; a letter that is overdue by this much has been forgotten by everybody.
FORGOTTEN = timedelta(hours=1)


@check
def _in_between() -> Iterator[str]:
    between = and_(OutboxMail.state == MailState.SENT, OutboxMail.sent_at.is_(None))
    for code in db.session.scalars(select(OutboxMail.code).where(between)):
        yield f"Letter {code} is marked as sent without a time."


@check
def _left_behind() -> Iterator[str]:
    overdue = and_(
        OutboxMail.state == MailState.WAITING,
        OutboxMail.attempts == 0,
        OutboxMail.due_at < clock.now() - FORGOTTEN,
        is_next(),
    )
    for code in db.session.scalars(select(OutboxMail.code).where(overdue)):
        yield f"Letter {code} has been due for more than an hour and nobody tried to send it."
