"""This file knows what can be asked and taken back of letters about one thing that wait for their hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from practice.store.db import db

from .outbox import MailState, OutboxMail, lapse


def waits(recipient_id: int, thing: str, template: str) -> bool:
    """Whether such a letter has still to leave for them."""
    asked = select(OutboxMail.id).where(*_of(recipient_id, thing, template), OutboxMail.state == MailState.WAITING)
    return db.session.scalar(asked.limit(1)) is not None


def left_at(recipient_id: int, thing: str, template: str) -> datetime | None:
    """When the last one of this kind left for them, or was put into their account."""
    gone = OutboxMail.state.in_((MailState.SENT, MailState.KEPT))
    asked = select(func.max(OutboxMail.sent_at)).where(*_of(recipient_id, thing, template), gone)
    found: datetime | None = db.session.scalar(asked)
    return found


def take_back(event_key: str, recipient_id: int) -> bool:
    """Let the letter about exactly this not leave; True where it waited, False where there was none any more.

    Raises `HasLeft` where it is on its way, or has gone.
    """
    mine = (OutboxMail.event_key == event_key, OutboxMail.recipient_id == recipient_id)
    if lapse(*mine, OutboxMail.begun_at.is_(None)):
        return True
    gone = OutboxMail.state.in_((MailState.SENT, MailState.KEPT, MailState.WAITING))
    if db.session.scalar(select(OutboxMail.id).where(*mine, gone)) is not None:
        raise HasLeft
    return False


def take_all_back(things: list[str], recipient_ids: list[int]) -> None:
    """Nothing about these things that has not begun to leave reaches any of these people, by mail or inside."""
    whose = (OutboxMail.recipient_id.in_(recipient_ids), OutboxMail.about.in_(things))
    lapse(*whose, OutboxMail.begun_at.is_(None))


class HasLeft(Exception):
    """The letter is on its way, so what it is about stays true."""


def _of(recipient_id: int, thing: str, template: str) -> tuple[ColumnElement[bool], ...]:
    return OutboxMail.recipient_id == recipient_id, OutboxMail.about == thing, OutboxMail.template == template
